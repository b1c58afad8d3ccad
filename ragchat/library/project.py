"""Settings of a project: `.ragchat.toml`, found in the current folder or one above it.

The author of the project wrote the file. So it may set little, can name nothing outside of its
folder, and is used only after the user has agreed to its content, which is kept by its hash.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import InvalidName
from ingest.files import write_whole
from ingest.records.collections import require_name
from ragchat.config_files import user_config_path
from ragchat.errors import UsageError
from ragchat.settings import ProjectSettings, nearest, valid

NAME = ".ragchat.toml"
ALLOWED = ("collection", "model", "scope", "system", "system_file")
MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Project:
    """A project's file, read once, so that the hashed bytes are the ones used."""

    path: Path
    content: bytes


def find(folder: Path | None = None) -> Project | None:
    """Return the project of a folder, the current one by default. Raises UsageError for a file that
    cannot be read.
    """
    try:
        start = folder or Path.cwd()
    except OSError:  # the current folder was deleted
        return None
    for place in (start, *start.parents):
        path = place / NAME
        if path.is_file():
            return Project(path, _read(path))
    return None


def settings(project: Project) -> dict[str, Any]:
    """Return what a project sets. Raises UsageError for a setting that it may not set."""
    try:
        values = tomllib.loads(project.content.decode())
    except ValueError as error:  # both decoders' errors are ValueErrors
        raise UsageError(f"cannot read {project.path} ({error}): fix the file") from error
    for name in values:
        if name not in ALLOWED:
            near = nearest(name, ALLOWED)
            advice = f"did you mean {near}?" if near else f"it may set {', '.join(ALLOWED)}"
            raise UsageError(f"{project.path} sets {name!r}, which a project may not: {advice}")
    if "system_file" in values:
        file = values.pop("system_file")
        if "system" in values:
            raise UsageError(f"{project.path} sets system and system_file: use one")
        values["system"] = _prompt(project, file)
    for name, value in values.items():
        valid(name, value, str(project.path))
    try:
        if "collection" in values:
            require_name(values["collection"])
    except InvalidName as error:
        raise UsageError(f"{project.path}: {error}") from error
    return values


def settings_of_project(notice: Callable[[str], None]) -> ProjectSettings | None:
    """Return the settings of the current project, None if there is none that the user trusts.

    `notice` is called with a line where the user has not decided yet.
    """
    project = find()
    decision = decided(project) if project else False
    if project is None or decision is False:
        return None
    if decision is None:
        state = "has changed and is not used" if _was_trusted(project) else "is not used yet"
        notice(f"{project.path} {state}: `ragchat config trust` shows it and asks")
        return None
    return ProjectSettings(str(project.path), settings(project))


def decided(project: Project) -> bool | None:
    """Return whether the user trusts this content of the file; None where they have not decided."""
    entry = _decisions().get(str(project.path))
    if not isinstance(entry, dict):
        return None
    if entry.get("trusted") is False:
        return False
    return True if entry.get("sha256") == _digest(project) else None


def _was_trusted(project: Project) -> bool:
    """Return whether the user trusted what the file said before."""
    entry = _decisions().get(str(project.path))
    return isinstance(entry, dict) and entry.get("trusted") is True


def decide(project: Project, *, trusted: bool) -> None:
    """Keep what the user decided: trust is for this content, distrust for the file."""
    decisions = _decisions()
    decisions[str(project.path)] = {"trusted": trusted, "sha256": _digest(project)}
    path = _decisions_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps(decisions, indent=1))
    except OSError as error:
        raise UsageError(f"cannot write {path} ({error.strerror}): check permissions") from error


def _decisions_path() -> Path:
    return user_config_path().parent / "trusted.json"


def _decisions() -> dict[str, Any]:
    with suppress(OSError, ValueError):
        kept = json.loads(_decisions_path().read_text(encoding="utf-8"))
        if isinstance(kept, dict):
            return kept
    return {}


def _digest(project: Project) -> str:
    """Return a hash of all that the file says, the prompt it names included."""
    digest = hashlib.sha256(project.content)
    with suppress(UsageError):
        digest.update(str(settings(project).get("system", "")).encode())
    return digest.hexdigest()


def _prompt(project: Project, name: object) -> str:
    folder = project.path.parent.resolve()
    if not isinstance(name, str) or not name:
        raise UsageError(f"{project.path} sets system_file to {name!r}: name a file")
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder) and path.is_file()
    except (OSError, ValueError):
        inside = False
    if not inside:
        raise UsageError(f"{project.path} names {name!r}, which is not a file in its folder")
    return _read(path).decode("utf-8", "replace")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror}): check permissions") from error
    if len(content) > MOST_BYTES:
        raise UsageError(f"{path} has more than {MOST_BYTES:,} bytes: shorten it")
    return content
