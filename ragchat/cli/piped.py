"""Standard input of `ragchat ask`: read only from a pipe or a file, and announced."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.text.amounts import counted

if TYPE_CHECKING:
    from ragchat.request.user_message import UserMessage
    from ragchat.terminal.screen import Screen

SECONDS_UNTIL_NOTICE = 1.0


def is_piped() -> bool:
    """Return whether stdin is a pipe, a socket or a file."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):  # stdin may be closed or missing
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def is_terminal() -> bool:
    """Return whether a user types into stdin."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextlib.contextmanager
def waiting_for_pipe(screen: Screen) -> Iterator[None]:
    """While stdin is read: after a second without its end, say that input is awaited."""
    waiting = threading.Timer(
        SECONDS_UNTIL_NOTICE,
        screen.note,
        ["waiting for input from the pipe … (--no-stdin ignores it)"],
    )
    waiting.daemon = True
    waiting.start()
    try:
        yield
    finally:
        waiting.cancel()


def announce(screen: Screen, typed: UserMessage, with_pipe: UserMessage) -> None:
    """Say what came through the pipe: nothing for a question of one line alone. Of what is sent
    whole the price is said afterwards.
    """
    attached = [one for one in with_pipe.attachments if one not in typed.attachments]
    for one in attached:
        amount = one.label.removeprefix(f"{one.name}, ")
        use = "" if with_pipe.whole else ", searched like a document"
        screen.line(f"+ {amount} from the pipe{use}")
    lines = len(with_pipe.question[len(typed.question) :].strip().splitlines())
    if attached or not lines:
        return
    if typed.question:
        screen.line(f"+ {counted(lines, 'line')} from the pipe")
    elif lines > 1:
        screen.line(f"{counted(lines, 'line')} from the pipe")
