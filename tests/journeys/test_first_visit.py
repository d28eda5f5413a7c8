"""A first visit in a real browser: start the demo, watch it finish, read the cluster page."""

from __future__ import annotations

import re
import time

import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard import preloading
from dashboard.app import NAVIGATION

# A loaded machine can stall a browser; what is made once more is listed at the end of the report.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.flaky(reruns=1)]


def test_the_demo_is_started_watched_and_its_clusters_read(server, page):
    from playwright.sync_api import expect

    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(server)
    page.get_by_role("button", name="Run the one-minute demo").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    # Attached, not visible: the table is a canvas, and the text of its cells is there for screen readers alone.
    expect(page.get_by_text(re.compile(r"\d+ of \d+|step \d+|starting|queued|loading", re.I)).first).to_be_attached()

    # The run belongs to no page: it goes on while nobody looks, and is found again.
    watched = page.url
    page.goto("about:blank")
    (info,) = Store().list()
    assert info.state in ("queued", "running")
    deadline = time.monotonic() + 240
    while Store().list()[0].state in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.5)
    (info,) = Store().list()
    assert info.state == "finished", info.status.error if info.status else info.reason
    page.goto(watched)
    expect(page.get_by_text("finished", exact=False).first).to_be_attached()

    page.get_by_role("link", name="Clusters").click()
    expect(page.get_by_role("heading", name="Clusters")).to_be_visible()
    expect(page.get_by_text("silhouette", exact=False).first).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()

    text = page.inner_text("body")
    assert "Traceback" not in text
    outside = [url for url in requests if not url.startswith((server, "data:", "blob:"))]
    assert not outside, f"the page asked for {outside[:3]}"


def test_what_happens_to_runs_elsewhere_is_seen_on_an_open_page(server, page):
    from playwright.sync_api import expect

    page.goto(f"{server}/runs")
    expect(page.get_by_text("No run yet")).to_be_visible()
    run = Store().create(RunConfig(task="demo-intents"), name="begun in a shell")
    expect(page.get_by_text("begun in a shell").first).to_be_visible()
    run.set_meta(tags=["tagged in a shell"])  # news of a run that stays in its state: the table alone is drawn anew
    expect(page.get_by_text("tagged in a shell").first).to_be_visible()
    run.set_status(state="failed", error="the disk of the shell is full")
    expect(page.get_by_text("the disk of the shell is full").first).to_be_visible()
    assert "could not be shown" not in page.inner_text("body")
    Store().delete(run.id)
    expect(page.get_by_text("No run yet")).to_be_visible()


def test_what_other_pages_are_drawn_with_comes_in_while_home_is_read(server, page):
    page.goto(server)
    page.wait_for_function("window.labReady")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name.split('/').pop())")
    assert set(preloading.parts()) <= set(loaded)


@pytest.mark.parametrize(
    "path", ["" if name == "home" else name for pages in NAVIGATION.values() for name, *_ in pages]
)
def test_every_page_opens_by_its_own_address_and_fits_the_screen(server, page, path):
    from playwright.sync_api import expect

    page.goto(f"{server}/{path}")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0)
        assert page.locator('[data-testid="stException"]').count() == 0
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{overflow} px are clipped at the side at a width of {width}"


def test_a_moved_slider_shows_the_text_at_once_and_the_sample_follows(server, page):
    from playwright.sync_api import expect

    page.goto(f"{server}/augmentation?style=paper&methods=typo&usual=false&text=" + "+".join(["wonderful"] * 20))
    typo_words = page.get_by_role("row").filter(has_text="words changed")
    expect(typo_words).to_be_visible()
    edited = page.locator(".lab-table").first.locator("ins")
    sampled, before = typo_words.inner_text(), edited.count()
    slider = page.get_by_role("slider").last
    for _ in range(4):  # from 10 to 30 % of the letters
        slider.press("ArrowRight")
    expect(edited.nth(before)).to_be_attached()
    expect(typo_words).not_to_have_text(sampled)
    assert "strength=30" in page.url
    assert "text=wonderful" in page.url
