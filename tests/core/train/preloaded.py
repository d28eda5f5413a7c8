"""What every forked worker finds loaded: the libraries and the dictionary, out of the garbage collector's way."""

import gc

import core.train.fit
import core.worker  # noqa: F401
from core.augment.english.dictionary import load_synonyms

load_synonyms("careful")
gc.collect()
gc.freeze()
