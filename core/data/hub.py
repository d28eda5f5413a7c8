"""A benchmark's rows from the model hub, through `datasets`."""

from __future__ import annotations

from core.data.local import label_id
from core.data.rows import DataError, Rows
from core.tasks import Task


def read_split(task: Task, split: str) -> Rows:
    """All rows of one split. DataError says at once when the hub does not answer."""
    from core.model.hub import hub_reachable

    table = task.hub
    if table is None:
        raise DataError(f"{task.name} is not on the model hub")
    online = hub_reachable()
    import datasets
    from datasets.utils.logging import disable_progress_bar

    disable_progress_bar()
    # `datasets` reads its offline flag once, on import; without it, a download is tried for most of a minute.
    datasets.config.HF_HUB_OFFLINE = not online
    try:
        rows = datasets.load_dataset(table.repository, table.configuration, split=table.splits.get(split, split))
    except Exception as error:
        if not online:
            raise DataError(
                f"{task.name} is read from the model hub, which cannot be reached; set LAB_DATA to a folder "
                f"with {task.files.path.rpartition('/')[0] + '/' if task.files else 'its files'}, or take a demo task"
            ) from None
        raise DataError(f"the model hub's {table.repository} could not be loaded: {error}") from error
    columns = table.columns or task.columns
    where = f"{table.repository} ({split})"
    return Rows(
        list(rows[columns[0]]),
        list(rows[columns[1]]) if task.is_pair else None,
        [label_id(task, label, where, row) for row, label in enumerate(rows[table.label], start=1)],
    )
