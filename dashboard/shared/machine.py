"""What this machine offers a run, as far as it can be told without loading torch."""

from __future__ import annotations

import os

from core.model.hub import offline
from core.processor import is_faster_in_bf16
from dashboard.shared import formatting, readers
from dashboard.shared.standby import STANDBY


def facts() -> dict[str, str]:
    """Name and value of each fact, for people."""
    from core.augment.english.dictionary import wordnet_status

    numbers = "bf16 and fp32" if is_faster_in_bf16() else "fp32"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    source, lemmas = wordnet_status()
    places = {
        "nltk_data": "WordNet from nltk_data",
        "debian": "WordNet from Debian's package",
        "builtin": "built-in thesaurus",
    }
    held, ready = STANDBY.memory(), STANDBY.is_ready()
    held_said = "starts at once: a process stands by" if ready else "a process gets ready for it"
    local = [name for name in readers.local_tasks() if not name.startswith("demo")]
    return {
        "processor": f"{cores} core{'s' if cores > 1 else ''}, computes in {numbers}",
        "synonyms": places.get(source, source) + (f", {formatting.number(lemmas)} lemmas" if lemmas else ""),
        "model hub": _hub(),
        "next run": f"{held_said}, {formatting.byte_size(held)}" if held else "loads its libraries first",
        "local data": ", ".join(local) if local else "none (LAB_DATA names a folder with GLUE files)",
    }


def _hub() -> str:
    """What is known of the hub. Nobody asks it for a look at this machine: nothing leaves it unasked."""
    if offline():
        return "not asked (HF_HUB_OFFLINE): demo, local folders and own files only"
    known = readers.hub_known()
    if known is None or not known.ready:
        return "asked only for what is chosen from it"
    return "reached" if known.value else "not reached: demo, local folders and own files only"
