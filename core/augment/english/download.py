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


def download_wordnet() -> tuple[bool, str]:
    """(done, message). Needs the network for 11 MB; a machine without one hears so within three seconds.

    WordNet comes to its place once its tables are built: until then whoever asks is served from the thesaurus at once.
    """
    try:
        socket.create_connection((_HOST, 443), timeout=3).close()
    except OSError as error:
        return False, f"WordNet was not downloaded: {_HOST} does not answer ({error})."
    root = Path.home() / "nltk_data"
    try:
        (root / "corpora").mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".wordnet-", dir=root) as folder:
            archive, place = ZipFolder(_fetched(folder)), ZipFolder(root / "corpora" / "wordnet.zip")
            prepare("nltk_data", archive, archive.stamp.replace(str(archive.path), str(place.path)))
            os.replace(archive.path, place.path)
    except (OSError, ValueError, KeyError) as error:
        return False, f"WordNet was not downloaded: {' '.join(str(error).split())}."
    return True, f"WordNet is in {root}."


def _fetched(folder: str) -> Path:
    """The archive, once it is whole and has the sum that nltk's index gives. OSError, ValueError where none came."""
    import nltk
    import nltk.downloader

    nltk.downloader.NETWORK_TIMEOUT = _SECONDS  # its own two minutes outlive a visitor's patience
    nltk.download("wordnet", download_dir=folder, quiet=True, raise_on_error=True)
    return Path(folder) / "corpora" / "wordnet.zip"
