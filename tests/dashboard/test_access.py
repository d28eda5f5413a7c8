"""Other websites cannot speak to the dashboard, and the dashboard speaks to nobody outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboard.served import COMMANDS, serve

PAGES = Path(__file__).resolve().parents[2] / "pages"
PLACES = ("/", "/runs", "/_stcore/health", "/_stcore/host-config", "/media/0123.csv", "/static/x.js", "/nowhere")
STRANGERS = (
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "localhost.evil.example",
    "0.0.0.0:{port}", "127.0.0.2:{port}", "10.0.0.7:{port}", "[::2]:{port}", "127.0.0.1@evil.example",
    "evil.example/127.0.0.1", "127.0.0.1:{port}:{port}", "127.0.0.1:port", "", "[::1].evil.example:{port}", "[::1]x",
)  # fmt: skip
OWN = ("127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "LocalHost", "localhost.:{port}", "127.0.0.1:9000")
FOREIGN = (
    "http://evil.example", "http://evil.example:{port}", "http://127.0.0.1:9999", "http://127.0.0.1",
    "http://localhost:{port}", "null", "file://", "http://127.0.0.1:{port}.evil.example", "chrome-extension://abc",
    "http://user@127.0.0.1:{port}", "http://127.0.0.1:{port}/runs", "http://127.0.0.1:x",
)  # fmt: skip


@pytest.fixture(scope="module", params=COMMANDS)
def served(request, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("served"), request.param) as running:
        yield running


@pytest.mark.parametrize("host", STRANGERS)
def test_another_name_opens_nothing(served, host):
    host = host.format(port=served.port)
    answers = {place: served.ask(place, host) for place in PLACES}
    answers["upload"] = served.ask("/_stcore/upload_file/a/b", host, "PUT", b"x")
    answers["removal"] = served.ask("/_stcore/upload_file/a/b", host, "DELETE")
    answers["socket"] = served.open_socket(host, Origin=f"http://{host}")
    answers["socket of a program"] = served.open_socket(host)
    assert {code for code in answers.values() if code != 400} <= {403}, answers  # 400: no request at all


@pytest.mark.parametrize("host", OWN)
def test_own_names_open_pages_and_sockets(served, host):
    host = host.format(port=served.port)
    assert served.ask("/", host) == 200
    assert served.open_socket(host, Origin=f"http://{host}") == 101


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_origin_opens_nothing_and_nobody_is_asked_about_it(served, origin):
    origin = origin.format(port=served.port)
    answers = {place: served.ask(place, Origin=origin) for place in PLACES}
    answers["upload"] = served.ask("/_stcore/upload_file/a/b", None, "PUT", b"x", Origin=origin)
    answers["upload's question"] = served.ask("/_stcore/upload_file/a/b", None, "OPTIONS", Origin=origin)
    answers["socket"] = served.open_socket(Origin=origin)
    assert set(answers.values()) == {403}, answers
    assert served.heard() == ""


def test_two_names_at_once_are_none(served):
    request = f"GET / HTTP/1.1\r\nHost: {served.name}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert served.raw(request.encode()).split(b" ")[1] in (b"400", b"403")
    assert served.raw(b"GET / HTTP/1.0\r\n\r\n").split(b" ")[1] in (b"400", b"403")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_website_may_link_here_but_not_fetch_or_frame(served, site):
    link = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert served.ask("/runs", **link) == 200
    assert served.ask("/runs", **{**link, "Sec_Fetch_Dest": "iframe"}) == 403
    assert served.ask("/media/0123.csv", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image") == 403


def test_pages_are_drawn_and_nothing_leaves_the_machine(served, request):
    every = [path.stem for path in sorted(PAGES.glob("*.py")) if path.stem != "home"]
    first = request.node.callspec.params["served"] == next(iter(COMMANDS))  # once is enough: the pages are the same
    for page in ("", *(every if first else every[:1])):
        assert served.visit(page) > 3
    served.open_socket("evil.example", Origin="http://evil.example")
    assert served.heard() == ""


def test_operator_adds_names_and_origins_without_a_call_outside(tmp_path):
    added = {
        "STREAMLIT_SERVER_ALLOWED_HOSTS": "lab.example *.inside.example",
        "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "https://portal.example",
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",  # noqa: S104 - what an operator may do
    }
    with serve(tmp_path, "streamlit run", **added) as served:
        for host in ("lab.example", "a.inside.example:80", served.name):
            assert served.ask("/", host) == 200
            assert served.open_socket(host, Origin=f"http://{host}") == 101
        assert served.open_socket("lab.example", Origin="https://lab.example") == 403  # another server, on port 443
        assert served.open_socket("lab.example", Origin="https://lab.example", X_Forwarded_Proto="https") == 101
        assert served.open_socket(Origin="https://portal.example") == 101
        assert served.ask("/", "evil.example") == 403
        assert served.open_socket(Origin="https://evil.example") == 403
        assert served.heard() == ""


def test_listener_hears_a_call(tmp_path):
    """The silence above is not that of a deaf listener."""
    import subprocess
    import sys

    from tests.dashboard.served import LISTENER

    (tmp_path / "sitecustomize.py").write_text(LISTENER)
    call = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    environment = {"PYTHONPATH": str(tmp_path), "HEARD": str(tmp_path / "heard")}
    subprocess.run([sys.executable, "-c", call], env=environment, check=False)
    assert "192.0.2.1" in (tmp_path / "heard").read_text()
