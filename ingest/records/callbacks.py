"""Functions that SQLite calls: Ctrl-C in one is lost on its way through SQLite, and kept here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import wraps

Function = tuple[int, Callable[..., str]]
"""The number of its arguments, and the function."""

_thread = threading.local()


def noting_interrupts(functions: Mapping[str, Function]) -> Iterator[tuple[str, Function]]:
    """Yield the functions, each noting a KeyboardInterrupt that stops it."""
    for name, (count, function) in functions.items():
        yield name, (count, _noting(function))


def _noting(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def call(*values: object) -> str:
        try:
            return function(*values)
        except KeyboardInterrupt:
            _thread.interrupted = True
            raise

    return call


def was_interrupted() -> bool:
    """Return whether Ctrl-C stopped a function in this thread since this was last asked."""
    interrupted = bool(getattr(_thread, "interrupted", False))
    _thread.interrupted = False
    return interrupted
