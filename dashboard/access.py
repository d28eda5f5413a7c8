"""Who may speak to the dashboard: its own pages under its own names, and no other website's.

A browser lets any website send requests to 127.0.0.1, and a website whose name is made to point here (DNS rebinding)
may even read the answers. So each request, of pages, sockets, uploads and media alike, must name this server as its
Host and must not come from another origin. `server.allowedHosts` and `server.corsAllowedOrigins`, both Streamlit's own
settings, add names and origins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.server_util import is_allowed_origin
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

OWN_NAMES = ("127.0.0.1", "localhost", "::1")
"""What this machine is called from itself, whatever the operator adds."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w-]+(\.[\w-]+)*\.?)(:\d{1,5})?", re.ASCII)
"""A name or an address, and a port: Streamlit's own check passes over what else stands in a Host."""
_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
REFUSED_HOST = "This server does not go by that name; whoever runs it can add it to server.allowedHosts."
REFUSED_ORIGIN = "Another website asked for this; whoever runs this server can add it to server.corsAllowedOrigins."


def middleware() -> list[Middleware]:
    """What `st.App` puts before everything else. Streamlit's own check of sockets gets to know the own names."""
    names: Iterable[str] = config.get_option("server.allowedHosts") or ()
    config.set_option("server.allowedHosts", list(dict.fromkeys((*OWN_NAMES, *names))))
    return [Middleware(AccessGuard)]


class AccessGuard:
    """Refuses what does not come from the dashboard's own pages, before anything else looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        why = refusal(Headers(scope=scope), _SCHEMES[scope["scheme"]])
        if why is None:
            await self.app(_without_origin(scope), receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why})
        else:
            await PlainTextResponse(why, status_code=403)(scope, receive, send)


def refusal(headers: Headers, scheme: str = "http") -> str | None:
    """Why a request with these headers is turned away; None where it may pass."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]) or not is_host_allowed(hosts[0]):
        return REFUSED_HOST
    origins = headers.getlist("origin")
    if any(not (is_same(origin, scheme, hosts[0]) or is_allowed_origin(origin)) for origin in origins):
        return REFUSED_ORIGIN
    foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if foreign and not origins and not _is_followed_link(headers):
        return REFUSED_ORIGIN
    return None


def is_same(origin: str, scheme: str, host: str) -> bool:
    """Whether an origin is the very server that a request was made to, its port included."""
    try:
        page, asked = urlsplit(origin), urlsplit(f"{scheme}://{host}")
        if page.path or page.query or page.fragment or "@" in page.netloc:
            return False
        usual = _PORTS.get(scheme)
        return (page.scheme, page.hostname, page.port or usual) == (scheme, asked.hostname, asked.port or usual)
    except ValueError:
        return False


def _is_followed_link(headers: Headers) -> bool:
    """A link on another website may open the dashboard, as a page of its own and not inside theirs."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _without_origin(scope: Scope) -> Scope:
    """A socket's origin has been judged: Streamlit, to judge one, would ask an outside service for our own address."""
    if scope["type"] == "http":
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() != b"origin"]}
