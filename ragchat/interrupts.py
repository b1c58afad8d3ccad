"""How a command ends early: Ctrl-C, a closed terminal (SIGHUP), a system shutdown (SIGTERM).

Each context manager replaces the handlers for as long as it lasts.
"""

from __future__ import annotations

import errno
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

INTERRUPTED = 130
"""The exit code of a command that ended early."""

CLOSING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def terminal_is_gone() -> bool:
    """Return whether a standard stream belongs to a terminal that was closed.

    The kernel fails reads and writes there, at times before SIGHUP arrives, and always where
    SIGHUP is ignored.
    """
    if sys.platform == "win32":
        return False
    import termios

    for descriptor in range(3):
        try:
            termios.tcgetattr(descriptor)
        except termios.error as error:
            if error.args[0] == errno.EIO:
                return True
    return False


@contextmanager
def closing_signals() -> Iterator[Callable[[], bool]]:
    """Raise KeyboardInterrupt at the first SIGTERM or SIGHUP, and ignore later ones.

    Yields a function that returns whether one has arrived.
    """
    arrived = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not arrived.is_set():
            arrived.set()
            raise KeyboardInterrupt

    with _handling(_not_ignored(*CLOSING), interrupt):
        yield arrived.is_set


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back all signals until the block ends. Other threads than the main one receive none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        del frame
        held.append(number)

    try:
        with _handling(_not_ignored(signal.SIGINT, *CLOSING), hold):
            yield
    finally:
        for number in held:
            signal.raise_signal(number)


@contextmanager
def stop_asked(on_ask: Callable[[], None] = lambda: None) -> Iterator[Callable[[], bool]]:
    """Take any signal as a request to stop at the next safe point, and call `on_ask` once.

    Yields a function that returns whether one has arrived. A second Ctrl-C raises
    KeyboardInterrupt at once.
    """
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        if not asked.is_set():
            asked.set()
            on_ask()

    with _handling(_not_ignored(signal.SIGINT, *CLOSING), ask):
        yield asked.is_set


def ignore_signals() -> None:
    """Ignore all signals from now on: the exit code is known."""
    for number in (signal.SIGINT, *CLOSING):
        signal.signal(number, signal.SIG_IGN)


def _not_ignored(*numbers: signal.Signals) -> list[signal.Signals]:
    """Return the signals that this process handles: `nohup`, for one, has SIGHUP ignored."""
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def _handling(
    numbers: list[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    with ExitStack() as previous:  # which restores all, also when one signal raises meanwhile
        for number in numbers:
            previous.callback(signal.signal, number, signal.getsignal(number))
            signal.signal(number, handler)
        yield
