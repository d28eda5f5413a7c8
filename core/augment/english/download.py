"""A click in, WordNet in the user's nltk_data folder out; says in one line what came of it, and never hangs."""

from __future__ import annotations

import socket
from pathlib import Path

_HOST = "raw.githubusercontent.com"
_SECONDS = 20.0


def download_wordnet() -> tuple[bool, str]:
    """(done, message). Needs the network for 11 MB; a machine without one hears so within three seconds."""
    try:
        socket.create_connection((_HOST, 443), timeout=3).close()
    except OSError as error:
        return False, f"WordNet was not downloaded: {_HOST} does not answer ({error})."
    import nltk

    folder = Path.home() / "nltk_data"
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SECONDS)
    try:
        done = nltk.download("wordnet", download_dir=str(folder), quiet=True)
    except (OSError, ValueError) as error:
        return False, f"WordNet was not downloaded: {error}."
    finally:
        socket.setdefaulttimeout(before)
    if not done or not (folder / "corpora").exists():
        return False, "WordNet was not downloaded: nltk's server refused the file."
    return True, f"WordNet is in {folder}."
