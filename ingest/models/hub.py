"""Models of the Hugging Face hub: those that are on this machine, and fetching one when asked to.

The only file that imports huggingface_hub.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingest.errors import ModelError

ORGANISATION = "sentence-transformers"
"""Whose model a hub name without an owner is, as in sentence-transformers itself."""

FETCHED = ("*.safetensors", "*.json", "*.txt", "*.model")
"""Weights of the kind that holds no code, configuration and vocabulary; nothing else is taken."""
LEFT_OUT = ("onnx/*", "openvino/*")
"""The same model for other programs."""

_NAME = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*(?:@[0-9a-f]{40})?", re.ASCII)


def find(name: str, what: str) -> Path:
    """The folder of a hub model that is on this machine; nothing is connected to.

    `name` is `OWNER/MODEL`, or `MODEL` of sentence-transformers, and may end with `@COMMIT`;
    `what` it is goes into the message of the ModelError that says how to get a missing one.
    """
    try:
        return _snapshot(name, what, local=True)
    except OSError as error:
        command = "rebuild" if what != "embedding model" else f"rebuild --model {name}"
        raise ModelError(
            f"the {what} {name} is not on this machine: fetch it with "
            f"`ragchat {command} --download`, or give the absolute path of its folder"
        ) from error


def download(name: str, what: str) -> str:
    """Fetch a hub model, unless it is on this machine; its name with the commit that it has.

    Other tools that use the hub's cache find it there, too. Raises ModelError.
    """
    try:
        folder = _snapshot(name, what, local=True)
    except OSError:
        folder = _fetched(name, what)
    return f"{_parts(name)[0]}@{folder.name}"


def _fetched(name: str, what: str) -> Path:
    try:
        return _snapshot(name, what, local=False)
    except ModelError:
        raise
    except Exception as error:  # of the network, of the disk, or the hub's own
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"cannot fetch the {what} {name} ({why}): check its name and the network"
        ) from error


def _snapshot(name: str, what: str, *, local: bool) -> Path:
    """Raises OSError where a model is not found."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"the {what} {name} is neither an absolute path nor a name of the hub: write "
            "OWNER/MODEL, or OWNER/MODEL@COMMIT with all 40 digits"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    repository, commit = _parts(name)
    try:
        # With the same patterns each time: a snapshot counts as whole by what they name.
        found = snapshot_download(
            repository,
            revision=commit or None,
            local_files_only=local,
            allow_patterns=list(FETCHED),
            ignore_patterns=list(LEFT_OUT),
        )
    except HFValidationError as error:
        raise ModelError(
            f"the {what} {name} is not a name on the hub: write OWNER/MODEL"
        ) from error
    return Path(found)


def _parts(name: str) -> tuple[str, str]:
    """The repository with its owner, and the commit or ""."""
    repository, _, commit = name.partition("@")
    return (repository if "/" in repository else f"{ORGANISATION}/{repository}"), commit
