"""What every forked worker finds loaded: libraries, dictionary and corpus, out of the garbage collector's way."""

from core.loading import loaded_for_good

with loaded_for_good():
    import sklearn.metrics  # noqa: F401

    import core.train.fit
    import core.worker  # noqa: F401
    from core.augment.english.dictionary import load_synonyms
    from core.demo.corpora import build_corpus

    load_synonyms("careful")
    build_corpus("demo-intents")
