"""What a click does to runs: start, stop, resume, clone, delete; it leads to a page or leaves a sentence to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.config import RunConfig
from core.plan.recipes import RECIPES
from core.runs import sweep
from core.runs.executors import launcher_of, submit_all
from core.runs.folder.store import Run, RunError, RunInfo, Store
from core.runs.local.launcher import LocalLauncher
from core.runs.sweep import Arm
from dashboard import state
from dashboard.shared import formatting, markup, run_words

ROOT = Path(__file__).resolve().parent.parent


def page(name: str) -> Path:
    """The file of a page, as `st.switch_page` and `st.page_link` take it."""
    return ROOT / "pages" / f"{name}.py"


def launcher() -> LocalLauncher:
    return LocalLauncher(Store())


def start(configs: Sequence[RunConfig]) -> list[Run]:
    """Make a run of each configuration and put them into the queue: all, or none and a RunError that says why not."""
    store, runs = Store(), []
    try:
        for config in configs:
            runs.append(store.create(config))
    except RunError:
        for run in runs:
            store.delete(run.id)
        raise
    submit_all(runs)
    return runs


def start_and_show(configs: Sequence[RunConfig]) -> None:
    """Start, then go and watch; where that is impossible, say why on the spot."""
    try:
        runs = start(configs)
    except RunError as error:
        st.error(markup.escape_markdown(str(error)))
        return
    show([run.id for run in runs])


def compare(configs: Sequence[RunConfig]) -> None:
    """Go to the comparison of these configurations: of runs that are there or under way, else of new ones."""
    known = {}
    for info in reversed(Store().list()):
        if info.config and info.state in ("queued", "running", "finished"):
            known[info.config.replace({"run.name": ""})] = info.id
    wanted = [config.replace({"run.name": ""}) for config in configs]
    missing = [config for config, bare in zip(configs, wanted, strict=True) if bare not in known]
    try:
        started = iter([run.id for run in start(missing)])
    except RunError as error:
        st.error(markup.escape_markdown(str(error)))
        return
    show([known.get(bare) or next(started) for bare in wanted], "clusters")


def start_sweep(base: RunConfig, arms: Sequence[Arm], seeds: Sequence[int], name: str) -> None:
    """Make and queue a sweep's runs, all or none, then show how it goes; where that is impossible, say why."""
    try:
        made = sweep.create_sweep(Store(), base, arms, seeds, name)
        submit_all(made.runs)
    except RunError as error:
        st.error(markup.escape_markdown(str(error)))
        return
    state.session().sweep = made.id
    st.rerun()


def stop_sweep(found: sweep.SweepInfo) -> None:
    _say(lambda: sweep.stop_sweep(Store(), found), "The sweep is stopped.")


def show(run_ids: Sequence[str], where: str = "runs") -> None:
    """Go to a page with these runs chosen."""
    state.session().selected = list(run_ids)
    st.switch_page(page(where), query_params={state.RUN_PARAMETER: list(run_ids)})


def stop(run: Run, name: str) -> None:
    _say(lambda: launcher_of(run).stop(run), f"{name} is stopped.")


def stop_all(run_ids: Sequence[str]) -> None:
    """Stop several runs; say how many were, and why others were not."""
    _say_of_all(run_ids, lambda run: launcher_of(run).stop(run), ("is stopped", "are stopped"))


def resume(run: Run, name: str) -> None:
    _say(lambda: launcher_of(run).resume(run), f"{name} waits to go on.")


def resume_all(run_ids: Sequence[str]) -> None:
    """Go on with several runs; say how many do, and why others do not."""
    _say_of_all(run_ids, lambda run: launcher_of(run).resume(run), ("waits to go on", "wait to go on"))


def move(run_id: str, place: int) -> None:
    """Give a waiting run another place in the queue, counted from 1."""
    _say(lambda: launcher().move(Store().get(run_id), place), "")


def set_slots(count: int) -> None:
    """How many runs may run at once, from now on."""
    work = launcher()
    _say(lambda: setattr(work, "slots", count), "")


def describe(run: Run, **changes: object) -> None:
    """Change a run's name, notes or tags."""
    _say(lambda: run.set_meta(**changes), "")


def delete_all(names: Mapping[str, str], size: int) -> None:
    """Delete these runs (id -> name), `size` bytes in all, and say what is gone."""
    gone = []
    for run_id, name in names.items():
        try:
            Store().delete(run_id)
            gone.append(name)
        except RunError as error:
            state.queue_message(str(error))
        state.session().metrics.pop(run_id, None)
    if len(gone) == len(names):
        what = gone[0] if len(gone) == 1 else f"{len(gone)} runs"
        state.queue_message(f"{what} deleted, {formatting.byte_size(size)} freed.")


def clone(run: Run) -> None:
    """Open the launch form filled as this run was."""
    state.session().pending = run.config().replace({"run.name": ""})
    st.switch_page(page("launch"))


def _say(act: Callable[[], object], done: str) -> None:
    try:
        act()
        if done:
            state.queue_message(done)
    except RunError as error:
        state.queue_message(str(error))


def _say_of_all(run_ids: Sequence[str], act: Callable[[Run], object], done: tuple[str, str]) -> None:
    """`done` is what is said of one run and of several."""
    refused: dict[str, None] = {}
    count = 0
    for run_id in run_ids:
        try:
            act(Store().get(run_id))
            count += 1
        except RunError as error:
            refused[str(error)] = None
    said = [f"{count} run{'' if count == 1 else 's'} {done[count != 1]}."] if count else []
    state.queue_message(" ".join([*said, *refused]))


def offer_demo(
    infos: Sequence[RunInfo], nothing_yet: str, on_its_way: str = "No run has finished yet; one is on its way."
) -> None:
    """An empty page's next step: wait for the run that is active, or start the one-minute demo."""
    if any(run_words.is_active(info) for info in infos):
        markup.empty(on_its_way)
        return
    with markup.empty(nothing_yet), st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Run the one-minute demo", type="primary"):
            start_and_show(RECIPES["quick-demo"].configs)
        st.page_link(page("launch"), label="Choose settings", icon=":material/rocket_launch:")
