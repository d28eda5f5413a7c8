"""Whether the model hub is to be asked, and whether it answers: found out at once, not after a minute."""

from __future__ import annotations

import os


def offline() -> bool:
    """Whether the environment says that the hub is not to be asked."""
    return any(os.environ.get(key, "").upper() in ("1", "ON", "YES", "TRUE") for key in _OFFLINE_KEYS)


_OFFLINE_KEYS = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def hub_reachable(timeout: float = 2.0) -> bool:
    """Does the hub's endpoint (HF_ENDPOINT, or huggingface.co) answer HTTP within `timeout` seconds, all told?

    False at once with HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE set. Runs in a thread, since looking up a name can
    outlast any socket timeout. Proxies of the environment are used.
    """
    if offline():
        return False
    import threading
    import urllib.error
    import urllib.request

    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    if not endpoint.startswith(("http://", "https://")):
        return False
    answered = threading.Event()
    finished = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(endpoint, method="HEAD")  # noqa: S310 - scheme checked above
        try:
            urllib.request.urlopen(request, timeout=timeout).close()  # noqa: S310 - scheme checked above
            answered.set()
        except urllib.error.HTTPError as error:
            if error.code < 500:  # it answered: a 403 or 405 to HEAD is still a hub
                answered.set()
        except (OSError, ValueError):
            pass
        finally:
            finished.set()

    threading.Thread(target=ask, name="hub-probe", daemon=True).start()
    finished.wait(timeout)
    return answered.is_set()
