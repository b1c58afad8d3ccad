"""The library for asyncio: each call runs in a thread, so that the event loop goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

from ragchat.library.library import Library

if TYPE_CHECKING:
    from ingest.document import Hit, Passage
    from ingest.intake.report import Report
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.chat import ChatEvent
    from ragchat.library.chat_options import ChatOptions
    from ragchat.library.filters import Filters, MemoryFilters
    from ragchat.library.ingest_keywords import IngestKeywords


class AsyncLibrary:
    """An open library for asyncio; the methods are those of `Library`, and so are their errors.

    >>> async def longest(home):
    ...     async with AsyncLibrary.open(home) as library:
    ...         return [hit.source for hit in await library.search("the longest pier")]
    >>> asyncio.run(longest(home))[0].endswith("pier.md")
    True

    `library` is the synchronous library, for quick calls: `collections`, `sources`.
    """

    def __init__(self, library: Library) -> None:
        self.library = library

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        settings: Mapping[str, object] = MappingProxyType({}),
        on_wait: Callable[[str], None] = lambda line: None,
    ) -> _Opening:
        """Open a library, with `await` or `async with`; see `Library.open`. `on_wait` is called in
        another thread.
        """
        return _Opening(partial(Library.open, home, settings=settings, on_wait=on_wait))

    async def close(self) -> None:
        """Close the files."""
        await asyncio.to_thread(self.library.close)

    async def __aenter__(self) -> AsyncLibrary:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def search(
        self, query: str, *, top_k: int | None = None, **filters: Unpack[Filters]
    ) -> list[Hit]:
        """Return the passages that answer a query, best first; see `Library.search`."""
        return await asyncio.to_thread(self.library.search, query, top_k=top_k, **filters)

    async def recall(
        self, query: str, *, top_k: int | None = None, **filters: Unpack[MemoryFilters]
    ) -> list[Hit]:
        """Search past conversations alone; see `Library.recall`."""
        return await asyncio.to_thread(self.library.recall, query, top_k=top_k, **filters)

    async def read(
        self, passage: str, *, neighbours: int = 1, collections: Sequence[str] | None = None
    ) -> list[Passage]:
        """Return a passage between its neighbours; see `Library.read`."""
        read = partial(self.library.read, neighbours=neighbours, collections=collections)
        return await asyncio.to_thread(read, passage)

    async def ingest(
        self,
        paths: str | Path | Iterable[str | Path],
        **options: Unpack[IngestKeywords],
    ) -> Report:
        """Bring the library up to date with files and folders; see `Library.ingest`.

        A cancelled call stops after the batch in hand.
        """
        cancelled = threading.Event()
        stop = options.get("stop", lambda: False)
        options["stop"] = lambda: cancelled.is_set() or stop()
        try:
            return await asyncio.to_thread(partial(self.library.ingest, **options), paths)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def ask(
        self,
        question: str,
        options: ChatOptions | None = None,
        *,
        files: Iterable[str | Path] = (),
    ) -> CheckedAnswer:
        """Ask Claude, and return the answer; see `Library.ask`.

        When the call is cancelled, what came until then is remembered, marked as interrupted.
        """
        from ragchat.answer.checked_answer import CheckedAnswer

        last: ChatEvent | None = None
        async with aclosing(self.stream(question, options, files=files)) as events:
            async for event in events:
                last = event
        if not isinstance(last, CheckedAnswer):
            raise TypeError("the events of an answer end with the answer")
        return last

    async def stream(
        self,
        question: str,
        options: ChatOptions | None = None,
        *,
        files: Iterable[str | Path] = (),
    ) -> AsyncGenerator[ChatEvent, None]:
        """Ask Claude, and yield what happens; see `Library.stream`.

        Use it in `contextlib.aclosing`, so that leaving the loop early ends the answer.
        """
        steps = _Steps(self.library.stream(question, options, files=files))
        try:
            while (event := await asyncio.to_thread(steps.next)) is not None:
                yield event
        finally:
            await asyncio.shield(asyncio.to_thread(steps.close))


class _Opening:
    """A library that is being opened: awaited, or the context of `async with`, which closes it."""

    def __init__(self, open_library: Callable[[], Library]) -> None:
        self._open_library = open_library
        self._opened: AsyncLibrary | None = None

    def __await__(self) -> Generator[Any, None, AsyncLibrary]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncLibrary:
        self._opened = await self._open()
        return self._opened

    async def __aexit__(self, *_: object) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _open(self) -> AsyncLibrary:
        return AsyncLibrary(await asyncio.to_thread(self._open_library))


class _Steps:
    """A generator that is advanced in one thread at a time; closing waits for a step to end."""

    def __init__(self, events: Generator[ChatEvent, None, None]) -> None:
        self._events = events
        self._lock = threading.Lock()

    def next(self) -> ChatEvent | None:
        with self._lock:
            return next(self._events, None)

    def close(self) -> None:
        with self._lock:
            self._events.close()
