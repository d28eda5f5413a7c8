"""Clusters by mouse and keyboard in a real browser: lasso, click, search, play."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import RunConfig
from core.runs.folder.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.flaky(reruns=1)]
ROWS, CLASSES, STEPS = 1_000, 4, (0, 20, 40)
FIND = """() => {
  const find = (root) => { for (const e of root.querySelectorAll('*')) {
    if (e.pictures) return e.pictures;
    const inside = e.shadowRoot && find(e.shadowRoot);
    if (inside) return inside; } return null; };
  window.P = find(document); return P !== null; }"""


@pytest.fixture
def pair(server):
    """Two runs of 1,000 rows, four classes well apart at the end."""
    labels = np.arange(ROWS) % CLASSES
    for loss in ("ce", "joint"):
        rng = np.random.default_rng(0)
        run = Store().create(RunConfig().replace({"train.loss": loss, "run.name": loss}))
        run.set_status(state="finished", step=STEPS[-1], of=STEPS[-1])
        run.save_eval_rows([{"row": i, "text": f"<b>bold</b> text {i}", "label": int(c)} for i, c in enumerate(labels)])
        for step in STEPS:
            pooled = step / 4 * np.eye(CLASSES, 16)[labels] + rng.normal(size=(ROWS, 16))
            run.save_embeddings(step, pooled, np.eye(CLASSES)[labels], labels, np.arange(ROWS))


def test_lasso_click_search_and_play_work_in_all_pictures_at_once(server, page, pair):
    from playwright.sync_api import expect

    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{server}/clusters")
    expect(page.get_by_text("No difference between").first).to_be_visible()
    answer = page.get_by_text("No difference between").first.bounding_box()
    assert answer["y"] < page.locator(".grid canvas").first.bounding_box()["y"]  # the answer stands in the first sight
    pictures, count = page.locator(".grid canvas"), page.locator(".count")
    expect(pictures).to_have_count(2)
    assert page.evaluate(FIND)

    # A lasso round one class in the second picture chooses the same rows in both, and lists them.
    box = pictures.nth(1).bounding_box()
    place = page.evaluate("(() => { const p = P.panels[1]; return [p.x[0], p.y[0]]; })()")
    x, y = box["x"] + 1 + place[0], box["y"] + 1 + place[1]
    page.mouse.move(x - 70, y - 70)
    page.mouse.down()
    for dx, dy in ((70, -70), (70, 70), (-70, 70), (-70, -60)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    expect(count).to_contain_text("chosen")
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()
    chosen = page.evaluate("[...P.chosen].sort((a, b) => a - b)")
    inside = page.evaluate(
        "(() => { const p = P.panels[1], x = p.x[0], y = p.y[0]; return [...Array(P.n).keys()].filter("
        "i => Math.abs(p.x[i] - x) < 60 && Math.abs(p.y[i] - y) < 60); })()"
    )
    assert set(inside) <= set(chosen)
    assert 0 in chosen

    # A click opens the row; markup in it stays text.
    page.mouse.click(x, y)
    opened = page.locator(".st-key-opened_row")
    expect(opened).to_be_visible()
    expect(opened).to_contain_text("<b>bold</b> text")

    # A slide tells classes by shape, as the page does: a shape for each in the legend, and one among the points.
    shapes = "new Set([...P.svg().querySelectorAll('path')].map((one) => one.getAttribute('d'))).size"
    assert page.evaluate(shapes) == 2 * CLASSES

    # Another colour keeps the selection.
    page.get_by_text("Distortion", exact=True).click()
    expect(page.locator(".legend")).to_contain_text("true neighbours")
    assert page.evaluate("[...P.chosen].sort((a, b) => a - b)") == chosen

    # Play: at least 15 pictures a second, ends at the last step, the server is not asked meanwhile.
    page.evaluate("P.drawn = 0")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("!P.playing", timeout=30_000)
    seconds = (len(STEPS) - 1) * 0.8
    assert page.evaluate("P.drawn") >= 15 * seconds
    assert page.evaluate("P.at") == len(STEPS) - 1

    # One scale for all steps leaves room around early ones; at a scale of its own a picture fills its frame.
    filled = """P.panels.map(p => Math.max((Math.max(...p.x) - Math.min(...p.x)) / (p.width - 28),
        (Math.max(...p.y) - Math.min(...p.y)) / (p.height - 28)))"""
    page.get_by_role("button", name="Own scale").click()
    page.evaluate("P.at = 0; P.refresh(); new Promise(requestAnimationFrame)")
    assert page.evaluate(filled) == pytest.approx([1, 1], abs=0.01)
    page.get_by_role("button", name="Own scale").click()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert max(page.evaluate(filled)) < 0.75
    page.evaluate("P.at = P.last(); P.refresh()")

    # By keyboard: the slider goes from kept step to kept step, a picture from point to point.
    page.get_by_label("Training step").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".step")).to_have_text("step 20")
    page.wait_for_url("**step=20")
    pictures.nth(0).focus()
    for key in ("Escape", "ArrowRight", "c"):
        page.keyboard.press(key)
    expect(count).to_have_text(f"{ROWS // CLASSES} chosen")

    page.get_by_label("Search texts").fill("text 99")
    expect(count).to_have_text("11 chosen")  # 99 and 990 to 999
    assert not problems
