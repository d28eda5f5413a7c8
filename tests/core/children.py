"""Processes that tests start, none of which may outlive them."""

import subprocess
from contextlib import contextmanager


@contextmanager
def children():
    """A list; what is put into it, of either kind of process, is killed and awaited at the end of the block."""
    started = []
    try:
        yield started
    finally:
        for child in started:
            child.kill()
        for child in started:
            if isinstance(child, subprocess.Popen):
                with child:  # closes its pipes and waits
                    pass
            else:
                child.join()
