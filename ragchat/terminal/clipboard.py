"""The clipboard: the platform's program, or the terminal itself (OSC 52)."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

_SECONDS = 5.0


def program(environment: Mapping[str, str] = os.environ) -> Sequence[str] | None:
    """Return the command that takes a text for the clipboard on stdin; None if there is none."""
    candidates: list[tuple[str, ...]] = []
    if sys.platform == "darwin":
        candidates.append(("pbcopy",))
    if sys.platform == "win32":
        candidates.append(("clip",))
    if environment.get("WAYLAND_DISPLAY"):
        candidates.append(("wl-copy",))
    if environment.get("DISPLAY"):
        candidates += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    found = (command for command in candidates if shutil.which(command[0]))
    return next(found, None)


def copy(command: Sequence[str], text: str) -> bool:
    """Give a text to a clipboard program. Returns whether it took it."""
    try:
        done = subprocess.run(  # noqa: S603 - one of the commands above
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def osc52(text: str) -> str:
    """Return the sequence by which a terminal sets its clipboard."""
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
