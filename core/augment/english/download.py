"""A click in, WordNet in the user's nltk_data folder out; says in one line what came of it, and never hangs."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

from core.augment.english.dictionary import prepare
from core.augment.english.wordnet import ZipFolder

_HOST = "raw.githubusercontent.com"
_SECONDS = 20.0
"""Of silence, after which the server is given up."""
_MOST = 60
"""Characters of a reason."""


def download_wordnet() -> tuple[bool, str]:
    """(done, message). Needs the network for 11 MB; a machine without one hears so within three seconds.

    WordNet comes to its place once its tables are built: until then whoever asks is served from the thesaurus at once.
    """
    try:
        socket.create_connection((_HOST, 443), timeout=3).close()
    except OSError:
        return False, "WordNet did not come: no answer from its server."
    root = Path.home() / "nltk_data"
    try:
        (root / "corpora").mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".wordnet-", dir=root) as folder:
            archive, place = ZipFolder(_fetched(folder)), ZipFolder(root / "corpora" / "wordnet.zip")
            prepare("nltk_data", archive, archive.stamp.replace(str(archive.path), str(place.path)))
            os.replace(archive.path, place.path)
    except (OSError, ValueError, KeyError) as error:
        return False, f"WordNet did not come: {_why(error)}."
    return True, f"WordNet is in {root}."


def _why(error: Exception) -> str:
    """In a few words, as they stand beside a result: without the address, which nltk puts before the reason."""
    said = " ".join(str(error).split()).rpartition(">: ")[2].removeprefix("Error loading wordnet: ").strip(" .")
    said = said.replace("The read operation timed out", "timed out")
    return said if len(said) <= _MOST else said[: _MOST - 1] + "…"


def _fetched(folder: str) -> Path:
    """The archive, once it is whole and has the sum that nltk's index gives. OSError, ValueError where none came."""
    import nltk
    import nltk.downloader

    nltk.downloader.NETWORK_TIMEOUT = _SECONDS  # its own two minutes outlive a visitor's patience
    nltk.download("wordnet", download_dir=folder, quiet=True, raise_on_error=True)
    return Path(folder) / "corpora" / "wordnet.zip"
