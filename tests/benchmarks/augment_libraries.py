"""The other libraries: installed into environments of their own, given the data they ask for, and timed there.

Run as a script it is the inside of such an environment: it times one library and prints JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__)
# Arguments of pip, a call each. torch is pinned wherever it is asked for: left free it brings gigabytes of CUDA.
# TextAttack's requirements send pip looking for versions that no longer build, so they are named one by one.
LIBRARIES = {
    "nlpaug": [["nlpaug==1.1.11", "nltk==3.10.4"]],
    "textaugment": [["textaugment==3.0.0", "nltk==3.10.4"]],
    "textattack": [
        ["--no-deps", "textattack==0.3.11"],
        [
            "torch==2.13.0",
            "transformers==4.57.1",
            "datasets==5.0.1",
            "nltk==3.10.4",
            "numpy==2.4.6",
            "scikit-learn==1.9.1",
            "scipy",
            "pandas",
            "lru-dict",
            "editdistance",
            "terminaltables",
            "word2number",
            "num2words",
            "lemminflect",
            "tqdm",
            "more-itertools",
            "click",
            "filelock",
            "setuptools<81",
            "flair==0.15.1",
            "jieba",
            "Levenshtein",
            "pinyin==0.4.0",
            "OpenHowNet",
            "language-tool-python",
            "bert-score==0.3.13",
        ],
    ],
}
LEXNAMES = (
    "adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition "
    "noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person "
    "noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state "
    "noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition "
    "verb.consumption verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social "
    "verb.stative verb.weather adj.ppl"
)


PIECE = 250
"""Texts timed at once: few milliseconds, so that some of a busy machine's rounds are not interrupted."""


def time_round(run: Callable[[list[str]], object], cut: list[list[str]], best: list[float]) -> None:
    """One pass over all pieces; `best` keeps each one's shortest time."""
    for place, piece in enumerate(cut):
        begin = time.perf_counter()
        run(piece)
        best[place] = min(best[place], time.perf_counter() - begin)


def pieces(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + PIECE] for start in range(0, len(texts), PIECE)]


def per_second(run: Callable[[list[str]], object], texts: list[str], rounds: int = 5) -> float:
    """Texts a second, each piece in its best of `rounds`, after some texts to warm up."""
    run(texts[: len(texts) // 10])
    cut = pieces(texts)
    best = [float("inf")] * len(cut)
    for _ in range(rounds):
        time_round(run, cut, best)
    return len(texts) / sum(best)


def library(name: str, texts: list[str]) -> dict[str, float]:
    """Runs inside the library's own environment."""
    if name == "nlpaug":
        import nlpaug.augmenter.char as character
        import nlpaug.augmenter.word as word

        synonym, keyboard, swap = (
            word.SynonymAug(aug_src="wordnet"),
            character.KeyboardAug(),
            word.RandomWordAug("swap"),
        )
        return {
            "nlpaug SynonymAug": per_second(lambda t: [synonym.augment(text) for text in t], texts, 5),
            "nlpaug KeyboardAug": per_second(lambda t: [keyboard.augment(text) for text in t], texts, 15),
            "nlpaug RandomWordAug swap": per_second(lambda t: [swap.augment(text) for text in t], texts, 15),
        }
    if name == "textaugment":
        from textaugment import EDA

        eda = EDA(random_state=13)
        return {
            "textaugment EDA synonym": per_second(lambda t: [eda.synonym_replacement(text) for text in t], texts, 5),
            "textaugment EDA swap": per_second(lambda t: [eda.random_swap(text) for text in t], texts, 15),
        }
    from textattack.augmentation import CharSwapAugmenter, WordNetAugmenter

    augmenters = {
        "TextAttack WordNetAugmenter": WordNetAugmenter(),
        "TextAttack CharSwapAugmenter": CharSwapAugmenter(),
    }
    few = texts[:1000]  # it takes its time
    return {
        label: per_second(lambda t, a=augmenter: [a.augment(text) for text in t], few, 1)
        for label, augmenter in augmenters.items()
    }


def installed(name: str, envs: Path) -> Path:
    """The library's own Python; built on the first run."""
    python = envs / name / "bin" / "python"
    if not (envs / name / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(envs / name)], check=True)
        for packages in LIBRARIES[name]:
            command = [str(python), "-m", "pip", "install", "-q", "--prefer-binary", *packages]
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
        (envs / name / "complete").touch()
    return python


def foreign(name: str, envs: Path, sentences: Path, data: Path) -> dict[str, float | str]:
    """A library's rows, or one that says in a line why there is none."""
    try:
        python = installed(name, envs)
        env = {
            **os.environ,
            "NLTK_DATA": str(data),
            "HOME": str(envs),
            "CUDA_VISIBLE_DEVICES": "",
            "HF_HUB_OFFLINE": "1",
        }
        done = subprocess.run(
            [str(python), str(HERE), name, str(sentences)],
            check=True, capture_output=True, text=True, timeout=900, env=env,
        )  # fmt: skip
        return json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines() or ["no message"]
        return {name: f"not measured: {lines[-1][:160]}"}
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return {name: f"not measured: {error}"}


def nltk_data(folder: Path, texts: list[str]) -> Path:
    """What the libraries ask nltk for: WordNet, stop words, an English tagger."""
    from core.augment.english.lexicon import FUNCTION
    from core.augment.english.wordnet import DEBIAN

    wordnet, tagger = folder / "corpora" / "wordnet", folder / "taggers" / "averaged_perceptron_tagger_eng"
    stop_words = folder / "corpora" / "stopwords"
    for path in (wordnet, stop_words, tagger):
        path.mkdir(parents=True, exist_ok=True)
    for path in DEBIAN.iterdir():
        if path.is_file():
            shutil.copy(path, wordnet)
    (wordnet / "lexnames").write_text("".join(f"{i:02d}\t{n}\t1\n" for i, n in enumerate(LEXNAMES.split())))
    (wordnet / "index.sense").write_text("")
    shutil.copytree(wordnet, folder / "corpora" / "omw-1.4", dirs_exist_ok=True)
    (stop_words / "english").write_text("\n".join(sorted(FUNCTION)))
    weights, tags, classes = _tagger(texts)
    for kind, value in (("weights", weights), ("tagdict", tags), ("classes", classes)):
        (tagger / f"averaged_perceptron_tagger_eng.{kind}.json").write_text(json.dumps(value))
    return folder


def _tagger(texts: list[str]) -> tuple[object, object, object]:
    from nltk.tag.perceptron import PerceptronTagger

    from core.augment.english.dictionary import load_synonyms
    from core.augment.english.lexicon import DETERMINERS, FUNCTION

    classes = load_synonyms("careful").classes
    penn = {"n": "NN", "ns": "NNS", "a": "JJ", "r": "RB", "ed": "VBD", "ing": "VBG"}

    def tag(word: str) -> str:
        lower = word.lower()
        return "DT" if lower in DETERMINERS else "IN" if lower in FUNCTION else penn.get(classes.get(lower, ""), "NN")

    tagger = PerceptronTagger(load=False)
    tagger.train([[(word, tag(word)) for word in text.split()] for text in texts[:500]], nr_iter=2)
    return tagger.model.weights, tagger.tagdict, sorted(tagger.classes)


if __name__ == "__main__":
    print(json.dumps(library(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))))
