"""A folder whose tokenizer is a file of sentencepiece's alone is read as sentencepiece itself cuts a text."""

from __future__ import annotations

import shutil

import pytest
from sentencepiece import SentencePieceProcessor
from transformers import AutoTokenizer

from core.model.files import check_files
from core.model.pieces import load_pieces
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer
from core.model.tokenizer_files import SENTENCEPIECE
from tests.tiny_encoders import make_encoder, write_unigrams

SHIFT = {"deberta-v2": 0, "albert": 0, "camembert": 4, "xlm-roberta": 1}
"""How far a piece's number in the model stands behind sentencepiece's own, as these models were published."""
FORM = {"deberta-v2": "[CLS] a [SEP] b [SEP]", "albert": "[CLS] a [SEP] b [SEP]",
        "camembert": "<s> a </s> </s> b </s>", "xlm-roberta": "<s> a </s> </s> b </s>"}  # fmt: skip
TEXTS = ("Cancel my ORDER!! don't", "two  spaces\tand a tab ", "ﬁlm ｆｕｌｌ of ①", "字 👩‍👩‍👧 x", "", "a" * 70,
         "<b>bold</b> &amp;", "send it back [ SEP ]")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = {}

    def of(kind):
        if kind not in made:
            made[kind] = make_encoder(kind, tmp_path_factory.mktemp("unigrams") / kind, sentencepiece=True)
        return made[kind]

    return of


@pytest.mark.parametrize("kind", SHIFT)
def test_pieces_and_their_numbers_are_sentencepieces_own(kind, folder):
    own = SentencePieceProcessor(model_file=str(folder(kind) / SENTENCEPIECE[kind]))
    source = resolve_model(str(folder(kind)))
    check_files(source)
    found, pieces = load_tokenizer(source), load_pieces(str(folder(kind)))
    for text in TEXTS:
        assert found.tokenize(text) == own.encode(text, out_type=str) == pieces.tokenize(text)
        numbers = found(text, add_special_tokens=False)["input_ids"]
        theirs = own.encode(text)
        assert numbers == [found.unk_token_id if number == own.unk_id() else number + SHIFT[kind] for number in theirs]
    pair = found("a", "b")
    shown = [piece.strip("▁") for piece in found.convert_ids_to_tokens(pair["input_ids"])]
    assert " ".join(filter(None, shown)) == FORM[kind]
    first = len(found("a")["input_ids"])
    types = [0] * first + [1] * (len(shown) - first)
    assert pair.get("token_type_ids") == (types if kind == "albert" else None)
    assert pieces.lengths(["a"], ["b"]) == [len(pair["input_ids"])]


@pytest.mark.parametrize("kind", SHIFT)
def test_typed_marks_are_text_with_transformers_alone_too(kind, folder, tmp_path):
    found = load_tokenizer(resolve_model(str(folder(kind))))
    found.save_pretrained(tmp_path)
    shutil.copy(folder(kind) / "config.json", tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    text = "send " + " ".join((*found.all_special_tokens, "ﬁlm"))
    assert again.tokenize(text) == found.tokenize(text)
    within = set(again(text, add_special_tokens=False)["input_ids"]) - {again.unk_token_id}
    assert not within & set(again.all_special_ids)
    words = again(text, return_offsets_mapping=True)
    assert text[slice(*words["offset_mapping"][-2])].strip() in "ﬁlm"


def test_a_vocabulary_without_capitals_is_of_a_lower_casing_model(tmp_path):
    write_unigrams("deberta-v2", tmp_path, normalization_rule_name="nmt_nfkc_cf")
    assert load_pieces(str(tmp_path)).tokenize("CANCEL My order") == load_pieces(str(tmp_path)).tokenize(
        "cancel my order"
    )


def test_what_is_no_file_of_unigrams_for_this_model_is_refused_in_a_line(tmp_path):
    write_unigrams("deberta-v2", tmp_path, model_type="bpe")
    with pytest.raises(ModelError, match=r"spm\.model cannot be read as a tokenizer: it holds no unigrams"):
        load_pieces(str(tmp_path))
    (tmp_path / "spm.model").write_bytes(b"no such thing")
    with pytest.raises(ModelError, match=r"spm\.model cannot be read as a tokenizer"):
        load_pieces(str(tmp_path))
    (tmp_path / "spm.model").rename(tmp_path / "spiece.model")
    with pytest.raises(
        ModelError, match=r"spm\.model; spiece\.model alone is not read for a model of type 'deberta-v2'"
    ):
        resolve_model(str(tmp_path))
