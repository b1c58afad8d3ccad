"""A source opened where it can be read: a file in the editor at its line, a text in the pager."""

from __future__ import annotations

import os
import pydoc
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_AT_LINE: Mapping[str, str] = {
    "code": "--goto {path}:{line}",
    "codium": "--goto {path}:{line}",
    "subl": "{path}:{line}",
    "hx": "{path}:{line}",
    "helix": "{path}:{line}",
    "zed": "{path}:{line}",
}
"""How editors take a line; the others take `+LINE PATH`, as vi, emacs, nano and micro do."""

LESS_PROMPT = "Space shows more, q goes back"


def editor_command(path: str, line: int, environment: Mapping[str, str]) -> list[str] | None:
    """Return the command that opens a file at a line in the user's editor, if one is set."""
    editor = environment.get("VISUAL") or environment.get("EDITOR")
    if not editor:
        return None
    command = shlex.split(editor)
    known = _AT_LINE.get(Path(command[0]).stem)
    if known is None:
        return [*command, f"+{line}", path]
    return [*command, *(part.format(path=path, line=line) for part in known.split())]


def open_file(path: str, line: int | None) -> bool:
    """Open a file in the editor. Returns False if no editor is set or it cannot be started."""
    command = editor_command(path, line or 1, os.environ)
    if command is None:
        return False
    try:
        return subprocess.call(command) == 0  # noqa: S603 - the user's own editor
    except OSError:
        return False


def page(text: str) -> None:
    """Show a text in the user's pager ($PAGER); `less` says how to go on and how to leave."""
    with _prompting():
        pydoc.pager(text)


@contextmanager
def _prompting() -> Iterator[None]:
    """Set the prompt of `less`, which is a lone colon else, where the user has no settings of it.

    `pydoc` does so itself from Python 3.13 on.
    """
    if "LESS" in os.environ:
        yield
        return
    os.environ["LESS"] = f"-mPm{LESS_PROMPT}$PM{LESS_PROMPT}$"
    try:
        yield
    finally:
        del os.environ["LESS"]
