"""Reading classic GLUE folders: the real files, and files with the faults that real ones have."""

from __future__ import annotations

import pytest

from core.data.local import data_root, read_split
from core.data.rows import DataError
from core.tasks import get_task

# From the list that comes with the data, header lines not counted.
COUNTS = [
    ("CoLA", "train", 8551),
    ("CoLA", "dev", 1043),
    ("SST-2", "train", 67349),
    ("SST-2", "dev", 872),
    ("MRPC", "train", 3668),
    ("MRPC", "dev", 408),
    ("STS-B", "train", 5749),
    ("STS-B", "dev", 1500),
    ("RTE", "train", 2490),
    ("RTE", "dev", 277),
    ("WNLI", "train", 635),
    ("WNLI", "dev", 71),
    ("QNLI", "train", 9999),
    ("QNLI", "dev", 5463),
    ("QQP", "train", 8999),
    ("QQP", "dev", 1000),
    ("QQP", "train_original_layout_sample", 320),
    ("MNLI", "train", 9999),
    ("MNLI", "matched", 9815),
    ("MNLI", "mismatched", 1000),
    ("MNLI", "train_original_layout_sample", 480),
    ("BoolQ", "train", 1886),
    ("BoolQ", "dev", 3270),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("task", "split", "count"), COUNTS)
def test_every_row_of_the_real_files_is_read(real_data, task, split, count):
    rows = read_split(real_data, get_task(task), split)
    assert len(rows) == count
    assert all(text.strip() for text in rows.texts)
    assert (rows.pairs is not None) == get_task(task).is_pair


@pytest.mark.real_data
def test_labels_mean_what_the_task_says(real_data):
    cola = read_split(real_data, get_task("CoLA"), "train")
    assert cola.texts[0].startswith("Our friends won't buy this analysis")
    assert cola.labels[0] == 1
    stsb = read_split(real_data, get_task("STS-B"), "train")
    assert set(map(type, stsb.labels)) == {float}
    assert 0 <= min(stsb.labels) <= max(stsb.labels) <= 5
    mnli = read_split(real_data, get_task("MNLI"), "matched")
    assert set(mnli.labels) == {0, 1, 2}


@pytest.mark.real_data
def test_quoted_cells_of_qqp_lose_their_quoting(real_data):
    raw = (real_data / "glue/QQP/train.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
    rows = read_split(real_data, get_task("QQP"), "train")
    quoted = [
        i for i, line in enumerate(raw) if line.split("\t")[3].startswith('"') and line.split("\t")[3].endswith('"')
    ]
    assert len(quoted) > 50
    for i in quoted:
        # Of each quotation mark doubled inside, one is left; of the two around the cell, none.
        assert rows.texts[i].count('"') == (raw[i].split("\t")[3].count('"') - 2) / 2


def write(tmp_path, task, split, text):
    folder = tmp_path / "glue" / task
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{split}.tsv").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_quotation_mark_is_a_character_like_any_other(tmp_path):
    root = write(tmp_path, "SST-2", "train", 'sentence\tlabel\n"a film\t1\nit is "good\t0\n')
    rows = read_split(root, get_task("SST-2"), "train")
    assert rows.texts == ['"a film', 'it is "good']
    assert rows.labels == [1, 0]


def test_a_byte_order_mark_is_not_part_of_the_header(tmp_path):
    root = write(tmp_path, "MRPC", "train", "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta b\tc d\n")
    rows = read_split(root, get_task("MRPC"), "train")
    assert (rows.texts, rows.pairs, rows.labels) == (["a b"], ["c d"], [1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sentence\tlabel\nfine\t7\n", "line 2 has the label '7'"),
        ("sentence\tlabels\nfine\t1\n", "has no column 'label'"),
        ("sentence\tlabel\nfine\t1\nbad\t1\t2\n", "line 3 has 3 columns, the header has 2"),
        ("sentence\tlabel\nfine\t1\nlone\n", "line 3 has 1 column, the header has 2"),
        ("", "is empty"),
    ],
)
def test_a_damaged_file_is_named_with_its_fault(tmp_path, text, said):
    root = write(tmp_path, "SST-2", "train", text)
    with pytest.raises(DataError, match=said):
        read_split(root, get_task("SST-2"), "train")


@pytest.mark.parametrize(
    ("score", "fine"), [("0", True), ("5.000", True), ("-1", False), ("5.2", False), ("48", False)]
)
def test_a_score_that_the_task_cannot_have_is_named_with_its_line(tmp_path, score, fine):
    root = write(tmp_path, "STS-B", "train", f"sentence1\tsentence2\tscore\na b\tc d\t2.5\na b\tc e\t{score}\n")
    if fine:
        assert read_split(root, get_task("STS-B"), "train").labels == [2.5, float(score)]
    else:
        with pytest.raises(DataError, match=rf"line 3 has the label '{score}'; STS-B's scores lie between 0 and 5"):
            read_split(root, get_task("STS-B"), "train")


def test_a_missing_split_says_where_it_belongs(tmp_path):
    with pytest.raises(DataError, match=r"glue/RTE/dev\.tsv does not exist"):
        read_split(tmp_path, get_task("RTE"), "dev")


def test_a_wrong_data_folder_is_said_to_be_wrong(monkeypatch):
    monkeypatch.setenv("LAB_DATA", "/nowhere/at/all")
    with pytest.raises(DataError, match="is not a folder"):
        data_root()
