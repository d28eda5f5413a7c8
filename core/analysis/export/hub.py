"""An exported folder in, its repository on the model hub out: where a token is present, and private unless asked."""

from __future__ import annotations

import os
from pathlib import Path

from core.model.hub import offline


def check_push(repo: str) -> str:
    """The token to push with. ValueError, before anything is worked out, where no push to `repo` can come about."""
    from huggingface_hub import get_token
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise ValueError(f"{repo!r} is no repository: {str(error).splitlines()[0]}") from None
    if "/" not in repo:
        raise ValueError(f"{repo!r} names no owner; write OWNER/NAME")
    if offline():
        raise ValueError("HF_HUB_OFFLINE is set: nothing is pushed to the hub")
    token = os.environ.get("HF_TOKEN") or get_token()
    if not token:
        raise ValueError("there is no token for the hub: set HF_TOKEN, or run `hf auth login`")
    return token


def push(folder: Path, repo: str, public: bool = False) -> str:
    """Put all files of the folder into the repository in one commit; its address. ValueError where the hub refuses.

    A repository that is not there is made, private unless `public`; one that is there keeps who may see it.
    """
    from huggingface_hub import HfApi

    token = check_push(repo)
    hub = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token)
    try:
        address = hub.create_repo(repo, private=not public, exist_ok=True)
        hub.upload_folder(repo_id=repo, folder_path=folder, commit_message=f"Add {folder.name}")
    except Exception as error:  # the client raises several libraries' own errors; all mean the same to the user
        raise ValueError(f"the hub did not take {repo}: {_said(error).replace(token, '***')}") from None
    return str(address)


def _said(error: Exception) -> str:
    """The hub's own words where it gave a reason, in a line; a token that it does not know is called that."""
    own = getattr(error, "server_message", None) or str(error).strip() or type(error).__name__
    line = " ".join(own.splitlines()[0].split())
    unknown = getattr(getattr(error, "response", None), "status_code", None) == 401
    return f"it does not accept this token (HF_TOKEN, or `hf auth login`): {line}" if unknown else line
