"""What people call the columns of their files: a text, the second of a pair, a label, a score, or none of these."""

from __future__ import annotations

import re
import unicodedata


def _without_accents(text: str) -> str:
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))


def _names(text: str) -> frozenset[str]:
    return frozenset(_without_accents(text).split())


TEXTS = _names(
    "text sentence sentence1 question question1 premise review comment remark content utterance message body tweet "
    "post feedback description document doc query request phrase statement transcript email sms complaint paragraph "
    "article abstract summary headline title essay story passage context input note opinion response reply caption "
    "snippet text1 texta s1 firsttext anchor reviewbody comments reviews texts sentences messages tweets titel satz "
    "kommentar beschreibung nachricht texte phrases avis commentaire texto frase comentario mensaje testo "
    "текст отзыв комментарий сообщение предложение 文本 评论 内容 句子 テキスト 本文 문장 리뷰 نص metin tekst"
)
PLAIN_TEXTS = ("text", "sentence", "sentence1", "text1", "texta", "question1", "premise", "question")
"""Names that are the text whatever other texts there are."""
HEADINGS = _names("title titel headline subject caption summary abstract snippet")
"""Of these, what stands over a text: a column of much longer ones may be that text."""
LABELS = (
    _names("label labels goldlabel gold truelabel labelid classlabel"),
    _names(
        "class classes category categories target intent sentiment emotion topic tag polarity stance verdict decision "
        "judgement judgment annotation klasse kategorie etiquette etiqueta classe clase categoria stimmung urteil "
        "isspam spam toxic istoxic isduplicate duplicate paraphrase isparaphrase correct iscorrect relevant isrelevant "
        "ismatch quality entailment relation output y метка класс категория тональность 标签 类别 分类 情感 ラベル "
        "カテゴリ 레이블 etichetta rotulo etiket etykieta"
    ),
    _names(
        "score rating ratings stars grade points similarity opinion answer outcome result type group value evaluation "
        "bewertung punkte sterne severity priority level status rank"
    ),
)
"""Names of labels, the plainest first: a later one counts where a file has none of the earlier."""
SCORES = _names(
    "score scores rating ratings stars grade points similarity sim value price percent percentage probability "
    "bewertung punkte sterne relevance strength intensity"
)
"""Names of what is measured: numbers under them are a score."""
CLASSES = _names("class classes category categories intent topic tag type group version release klasse kategorie code")
"""Names of what is sorted: numbers under them are classes."""
PAIRS = {
    "text": ("pair", "textpair", "text2", "textb", "hypothesis", "secondtext"),
    "text1": ("text2",),
    "texta": ("textb",),
    "s1": ("s2",),
    "firsttext": ("secondtext",),
    "sentence": ("sentence2", "pair"),
    "sentence1": ("sentence2",),
    "question1": ("question2",),
    "question": ("passage", "sentence", "context", "answertext", "paragraph", "answer", "reply", "response"),
    "premise": ("hypothesis", "claim"),
    "query": ("document", "passage", "doc", "paragraph", "answer", "response", "text", "title"),
    "claim": ("evidence",),
    "prompt": ("response", "completion", "answer", "reply"),
    "post": ("reply", "response"),
    "tweet": ("reply", "response"),
    "message": ("reply", "response"),
    "comment": ("reply", "response"),
    "utterance": ("reply", "response"),
    "reference": ("hypothesis", "candidate", "prediction"),
    "source": ("translation",),
    "anchor": ("positive",),
    "left": ("right",),
}
"""Name of a first text -> names that make a column its second; so do `1` and `2`, `a` and `b` behind one name."""
OTHERS = _names(
    "id idx index uid uuid guid key row no nr number num date time timestamp datetime when day month year created at "
    "createdat updated url link user userid username author name source lang language device platform country city "
    "version price split fold set partition subset unnamed0"
)
"""Names of what is neither."""
SPLITS = _names("split fold set partition subset datasplit dataset")
"""Names of the column that says which rows are trained on."""
PARTS = {
    "train": _names("train training tr learn"),
    "dev": _names("dev devel development val valid validation eval evaluation"),
    "test": _names("test testing holdout heldout"),
}
"""What such a column says, in words that people use."""
_KNOWN = TEXTS | frozenset().union(*LABELS) | SCORES | CLASSES | OTHERS | {n for names in PAIRS.values() for n in names}


_REMARK = re.compile(r"(?<=\S)\s*[(\[][^)\]]*[)\]]\s*$")
"""`(required)` behind a name, `(1 to 5)`."""


def plain(name: object) -> str:
    """A name without case, accents, spaces, signs and a remark in brackets behind it, as the lists above have it."""
    name = _REMARK.sub("", str(name))
    return re.sub(r"[\W_]+", "", _without_accents(name.casefold())) or name.strip()


def head(name: object) -> str:
    """What a compound name is a kind of: its last word, as in `review_text`, `starRating`, `Product category`."""
    words = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+", _REMARK.sub("", str(name)))
    return plain(words[-1]) if len(words) > 1 else ""


def is_among(name: object, names: frozenset[str]) -> bool:
    """Whether a column's name is one of `names`, or a kind of one."""
    return plain(name) in names or head(name) in names


def is_known(name: object) -> bool:
    """Whether this is a column's name that people use; several words apart from one another may be a text."""
    return plain(name) in _KNOWN or (" " not in _REMARK.sub("", str(name)).strip() and head(name) in _KNOWN)
