"""How a command ends before its time: Ctrl-C, a closed terminal (SIGHUP), a closing machine
(SIGTERM).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

CLOSING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def heard(*numbers: signal.Signals) -> list[signal.Signals]:
    """Those of the signals that this process listens to: `nohup` turns SIGHUP off, for one."""
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def closing_signals() -> Iterator[Callable[[], bool]]:
    """The first SIGTERM or SIGHUP is a KeyboardInterrupt, others are one with it; what is given
    says whether it has come.
    """
    came = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not came.is_set():
            came.set()
            raise KeyboardInterrupt

    with _listening(heard(*CLOSING), interrupt):
        yield came.is_set


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What comes while this lasts is heard at its end; only the main thread ever hears any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)

    try:
        with _listening(heard(signal.SIGINT, *CLOSING), note):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


@contextmanager
def stop_asked() -> Iterator[Callable[[], bool]]:
    """Any of the signals asks for a stop at the next good moment; what is given says whether one
    has. A second Ctrl-C does not wait for it.
    """
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.set()

    with _listening(heard(signal.SIGINT, *CLOSING), ask):
        yield asked.is_set


@contextmanager
def _listening(
    numbers: list[signal.Signals], listener: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    before = {number: signal.signal(number, listener) for number in numbers}
    try:
        yield
    finally:
        for number, listened in before.items():
            signal.signal(number, listened)
