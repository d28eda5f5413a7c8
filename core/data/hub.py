"""The model hub's GLUE and BoolQ in, rows out, through `datasets`."""

from __future__ import annotations

from core.data.rows import DataError, Rows
from core.tasks import Task

HUB_SPLITS = {
    "dev": "validation",
    "matched": "validation_matched",
    "mismatched": "validation_mismatched",
    "train": "train",
}
# The hub's GLUE renames MRPC's columns, and calls every label `label`.
HUB_COLUMNS = {"MRPC": ("sentence1", "sentence2"), "MNLI": ("premise", "hypothesis")}


def read_split(task: Task, split: str) -> Rows:
    """All rows of one split. DataError says at once when the hub does not answer."""
    from core.model.source import hub_reachable

    if task.hub is None:
        raise DataError(f"{task.name} is not on the model hub")
    online = hub_reachable()
    repository, configuration = task.hub
    import datasets
    from datasets.utils.logging import disable_progress_bar

    disable_progress_bar()
    # `datasets` reads its offline flag once, on import; without it, a download is tried for most of a minute.
    datasets.config.HF_HUB_OFFLINE = not online
    try:
        table = datasets.load_dataset(repository, configuration, split=HUB_SPLITS[split])
    except Exception as error:
        if not online:
            raise DataError(
                f"{task.name} is read from the model hub, which cannot be reached; set LAB_DATA to a folder "
                f"with {'boolq/' if task.origin == 'boolq' else f'glue/{task.name}/'}, or take a demo task"
            ) from None
        raise DataError(f"the model hub's {repository} could not be loaded: {error}") from error
    columns = HUB_COLUMNS.get(task.name, task.columns)
    labels = table["answer" if task.origin == "boolq" else "label"]
    cast = float if task.is_regression else int
    return Rows(
        list(table[columns[0]]),
        list(table[columns[1]]) if task.is_pair else None,
        [cast(label) for label in labels],
    )
