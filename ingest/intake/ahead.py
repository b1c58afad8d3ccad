"""Files are read and cut in a thread, while the model embeds the ones before.

Embedding runs outside of Python, so that the thread has the interpreter to itself meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T], size: Callable[[T], int], most: int) -> Generator[T, None, None]:
    """Yield the items in their order; a thread makes them before they are asked for, until those
    that wait have a size of `most` together. As many may have been taken from there at once.

    Raises what making an item raises, after the items before it. The iterator is used, and closed,
    in the thread alone; that has ended when this generator is exhausted or closed.
    """
    waiting = _Waiting(size, most)
    thread = threading.Thread(target=_make, args=(items, waiting), name="ahead", daemon=True)
    thread.start()
    try:
        yield from waiting
    finally:
        waiting.end()
        thread.join()


def _make(items: Iterator[T], waiting: _Waiting[T]) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            if not waiting.put(item):
                break
    except BaseException as raised:  # noqa: BLE001 - it is raised where the items are used
        error = raised
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
        waiting.end(error)


class _Waiting(Generic[T]):
    """Items between the thread that makes them and the one that uses them."""

    def __init__(self, size: Callable[[T], int], most: int) -> None:
        self._size = size
        self._most = most
        self._items: deque[T] = deque()
        self._total = 0
        self._ended = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def put(self, item: T) -> bool:
        """Add an item, as soon as there is room; return False where no more are wanted."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._total < self._most)
            if self._ended:
                return False
            self._items.append(item)
            self._total += max(1, self._size(item))
            self._changed.notify_all()
        return True

    def end(self, error: BaseException | None = None) -> None:
        """Note that no item is added any more; `error` is raised after the last one."""
        with self._changed:
            self._ended = True
            self._error = error
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        while taken := self._take():
            yield from taken
        if self._error is not None:
            raise self._error

    def _take(self) -> list[T]:
        """Return all that wait, as soon as one does: thousands of unchanged files come at once, and
        one hand-over for each costs more than to look at it. Nothing is returned at the end.
        """
        with self._changed:
            # In short waits, so that Ctrl-C is heard.
            while not self._items and not self._ended:
                self._changed.wait(0.1)
            taken = list(self._items)
            self._items.clear()
            self._total = 0
            self._changed.notify_all()
        return taken
