"""Every page, empty and with runs, in light and dark, under axe: nothing serious but what Streamlit itself draws."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard.app import NAVIGATION
from tests.benchmarks.site import settled

TITLES = tuple(title for pages in NAVIGATION.values() for _, title, _ in pages)
OF_STREAMLIT = {
    "list": "the groups of the navigation stand in its <ul> without being <li>",
    "listitem": "the pages of the navigation stand in no <ul> of their own",
}
"""Rules that Streamlit's own markup breaks, and where; everything else has to hold."""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.flaky(reruns=1)]


def violations(page, options: dict | None = None) -> list[str]:
    """What axe calls serious or critical on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    shown = {"resultTypes": ["violations"]}  # what holds need not be written out: that took half of the time
    return [
        f"{found['id']}: {node['html'][:160]} {node['any'][0]['message'][:160] if node['any'] else ''}"
        for found in Axe().run(page, options=shown | (options or {})).response["violations"]
        if found["impact"] in ("serious", "critical") and found["id"] not in OF_STREAMLIT
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("runs", [False, True], ids=["empty", "with runs"])
def test_pages_have_no_serious_violation(server, page, runs):
    if runs:
        make_runs()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(server)
    found = {}
    for title in TITLES:
        page.get_by_role("link", name=title, exact=True).click()
        settled(page, "MobileBERT Lab" if title == "Home" else title)
        found[title, "light"] = violations(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme == 'dark'")
        found[title, "dark"] = violations(page, {"runOnly": ["color-contrast"]})  # all else is as in light
        page.emulate_media(color_scheme="light")
    assert not {where: said for where, said in found.items() if said}


def make_runs() -> None:
    """One finished and one failed, as their workers leave them."""
    finished = Store().create(RunConfig(task="demo-intents"), name="done")
    for step in range(0, 30, 10):
        finished.append_metrics({"step": step, "loss": 1.0, "eval_loss": 1.0, "eval_accuracy": step / 30})
    finished.set_status(state="finished", step=30, of=30, metrics={"accuracy": 0.9}, majority={"accuracy": 0.17})
    Store().create(RunConfig(task="demo-intents"), name="not done").set_status(state="failed", error="the disk is full")


def test_table_of_runs_works_by_click_and_by_key(server, page):
    from playwright.sync_api import expect

    make_runs()
    page.goto(f"{server}/runs")
    done = page.get_by_role("row").filter(has=page.get_by_role("button", name="done", exact=True))
    done.get_by_text("demo-intents").click()
    expect(done.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="not done", exact=True).focus()
    page.keyboard.press("Enter")
    expect(done.get_by_role("checkbox")).not_to_be_checked()
    expect(page.get_by_text("the disk is full").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(done.get_by_role("checkbox")).to_be_checked()
    delete = page.get_by_role("button", name="Delete", exact=True)
    delete.click()
    page.get_by_role("button", name="Cancel").click()
    expect(delete).to_be_focused()
    delete.click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("button", name="not done", exact=True)).to_be_focused()


def test_chosen_runs_stay_in_sight_however_many_there_are(server, page):
    runs = [Store().create(RunConfig(task="demo-intents"), name=f"run {number}") for number in range(14)]
    for run in runs:
        run.set_status(state="failed", error="the disk is full")
    page.goto(f"{server}/runs?run={runs[0].id}&run={runs[1].id}")
    names = [page.get_by_role("button", name=f"run {number}", exact=True) for number in (0, 1)]
    older, newer = (name.bounding_box() for name in names)
    frame = page.locator(".frame").bounding_box()
    assert frame["y"] < newer["y"] < newer["y"] + newer["height"] <= older["y"] + 1
    assert older["y"] + older["height"] <= frame["y"] + frame["height"] + 1


def test_navigation_on_a_phone_gives_way_once_a_page_is_chosen(server, page):
    from playwright.sync_api import expect

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # Streamlit's own first draw may close the drawer again.
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Sweeps", exact=True).click()
    expect(page.get_by_role("heading", name="Sweeps", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Runs", exact=True)).not_to_be_in_viewport()
    # The bar with its button lies over the page: on a phone, a tablet, and wherever the navigation is closed.
    for width in (390, 700, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
        bar, title = page.get_by_test_id("stHeader").bounding_box(), page.get_by_role("heading", level=1).bounding_box()
        assert bar["y"] + bar["height"] <= title["y"], width
