"""Where tools keep their conversations on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from ingest.transcripts.formats import FORMATS

_ENVIRONMENT = {"CLAUDE_CONFIG_DIR": ".claude", "CODEX_HOME": ".codex"}
_CLAUDE_CODE = "claude-code"
_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ENCODED = re.compile(r"-.*|[A-Za-z]--.*")
"""How Claude Code writes the path of a project in the name of a folder."""

TOOLS = tuple(known.origin for known in FORMATS if known.folders)
"""The tools whose folders are known."""


def folders_of(tool: str) -> list[Path]:
    """The folders and files of a tool that are there."""
    known = next(known for known in FORMATS if known.origin == tool)
    return [path for path in map(_placed, known.folders) if path.exists()]


def takes_of_tool(path: Path) -> Callable[[Path], bool] | None:
    """Which files count in a folder that was named, if it is one where a tool keeps conversations,
    or lies in one; None for other folders.
    """
    if is_claude_projects(path):
        return is_session_file
    for known in FORMATS:
        for folder in map(_placed, known.folders):
            if path == folder or folder in path.parents:
                return is_session_file if known.origin == _CLAUDE_CODE else lambda _: True
    return None


def is_claude_projects(path: Path) -> bool:
    """Return whether a folder is the one of Claude Code, or a copy: it is called `projects`, and
    its folders have encoded paths for names.
    """
    if path.name != "projects":
        return False
    try:
        with os.scandir(path) as entries:
            folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return False
    return bool(folders) and all(map(_ENCODED.fullmatch, folders))


def is_session_file(path: Path) -> bool:
    """Return whether Claude Code keeps a session in it, or what Claude remembers of the project:
    neither results of tools nor the work of subagents.
    """
    if path.suffix == ".jsonl":
        return bool(_SESSION.fullmatch(path.stem))
    return is_memory_file(path)


def is_memory_file(path: Path) -> bool:
    """Return whether it is what Claude Code remembers of a project: a document."""
    return path.suffix == ".md" and path.parent.name == "memory"


def belongs_to_session(path: Path) -> bool:
    """Return whether a folder holds what tools and subagents did in a session beside it."""
    return bool(_SESSION.fullmatch(path.name)) and path.with_name(f"{path.name}.jsonl").is_file()


def _placed(folder: str) -> Path:
    for variable, beginning in _ENVIRONMENT.items():
        if folder.startswith(f"{beginning}/") and (given := os.environ.get(variable)):
            return Path(given).expanduser().resolve() / folder[len(beginning) + 1 :]
    return (Path.home() / folder).resolve()
