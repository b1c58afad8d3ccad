"""Changes to config.toml that keep its comments and order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.files import write_whole
from ragchat.errors import UsageError
from ragchat.settings import RENAMED


def put(path: Path, name: str, value: str | int | float) -> None:
    """Set `name` in the file, which is made if it is missing. Raises UsageError."""
    document = _read(path)
    for old, new in RENAMED.items():
        if new == name:
            document.pop(old, None)
    document[name] = value
    _write(path, document)


def remove(path: Path, name: str) -> bool:
    """Take `name` out of the file. Returns whether it was there. Raises UsageError."""
    document = _read(path)
    names = [name, *(old for old, new in RENAMED.items() if new == name)]
    found = [known for known in names if document.pop(known, None) is not None]
    if found:
        _write(path, document)
    return bool(found)


def _read(path: Path) -> Any:  # noqa: ANN401 - tomlkit's document is a dict of its own types
    import tomlkit

    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (OSError, ValueError) as error:  # its parse errors are ValueErrors
        raise UsageError(f"cannot read {path} ({error}): fix the file or remove it") from error


def _write(path: Path, document: Any) -> None:  # noqa: ANN401
    import tomlkit

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, tomlkit.dumps(document))
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({error.strerror}): check the folder's permissions"
        ) from error
