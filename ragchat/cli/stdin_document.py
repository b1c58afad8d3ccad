"""Standard input of `ragchat ingest -`: a document under a name."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ragchat.errors import UsageError

_STDIN = Path("-")

_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def without_stdin(paths: Sequence[Path]) -> list[Path]:
    """Return the paths that are files and folders."""
    return [path for path in paths if path != _STDIN]


def stdin_document(paths: Sequence[Path], name: str) -> dict[str, bytes]:
    """Return what comes through standard input under its name, if `-` is among the paths."""
    from ingest.intake.discovery import MAX_BYTES
    from ingest.text.cleaning import masked

    if _STDIN not in paths:
        if name:
            raise UsageError("--name is for what comes through a pipe: add - to the paths")
        return {}
    if not name:
        raise UsageError("a document from a pipe needs a name: `ragchat ingest - --name NAME`")
    if not _NAME.fullmatch(name) or name.startswith(".") or masked(name) != name:
        raise UsageError("--name: give a name as for a file, such as notes.md, without a folder")
    if sys.stdin is None:
        raise UsageError("standard input is closed: pipe a text into it")
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        most = f"{MAX_BYTES // 2**20} MB"
        raise UsageError(f"more than {most} came through the pipe: save parts of it")
    if not raw.strip():
        raise UsageError("nothing came through the pipe: check the command before it")
    return {name: raw}
