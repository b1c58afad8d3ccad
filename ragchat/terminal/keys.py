"""The keyboard between two prompts."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


@contextmanager
def quiet_keys(keys: TextIO | None) -> Iterator[None]:
    """Do not echo the keys that are pressed meanwhile, which would disturb the painting.

    They are kept for the next prompt as they are: a terminal that collects lines would make a
    newline of Enter, which the prompt takes for Ctrl-J, and lose Ctrl-D. Ctrl-C works as ever.
    Without a stdin there are none.
    """
    with _keys_by_line(keys, by_line=False):
        yield


@contextmanager
def keys_by_line(keys: TextIO | None) -> Iterator[None]:
    """Let a line be typed and seen, also within `quiet_keys`."""
    with _keys_by_line(keys, by_line=True):
        yield


def lines_typed_early(keys: TextIO | None) -> list[str]:
    """Return the lines that were typed before this process took over the keyboard.

    The terminal has made a newline of the Enter after each, which the prompt would take for Ctrl-J.
    A line that was only begun stays for the prompt.
    """
    if sys.platform == "win32" or keys is None or not _are_ours(keys):
        return []
    import termios

    typed = b""
    if termios.tcgetattr(keys)[3] & termios.ICANON:
        while select.select([keys], [], [], 0)[0] and (line := os.read(keys.fileno(), 65536)):
            typed += line
    return [line for line in typed.decode("utf-8", "replace").splitlines() if line.strip()]


@contextmanager
def _keys_by_line(keys: TextIO | None, *, by_line: bool) -> Iterator[None]:
    if sys.platform == "win32" or keys is None or not _are_ours(keys):
        yield
        return
    import termios

    before = termios.tcgetattr(keys)
    read, local = termios.ICRNL, termios.ECHO | termios.ICANON
    changed = [before[0] & ~read, *before[1:3], before[3] & ~local, *before[4:]]
    if by_line:
        changed[0] |= read
        changed[3] |= local
    termios.tcsetattr(keys, termios.TCSANOW, changed)
    try:
        yield
    finally:
        with suppress(termios.error):  # it may have been closed
            termios.tcsetattr(keys, termios.TCSANOW, before)


def _are_ours(keys: TextIO) -> bool:
    """Return whether it is the terminal of this process, and the process is in front.

    Setting a terminal from the background would stop the process.
    """
    try:
        return keys.isatty() and os.tcgetpgrp(keys.fileno()) == os.getpgrp()
    except OSError:  # a terminal, but of other processes
        return False
