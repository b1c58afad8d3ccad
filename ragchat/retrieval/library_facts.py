"""What answers a question about the library itself: lists, outlines and counts, beside passages.

They go into a request as data, next to the passages or in their place.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from ingest.search.terms import WordQuery
from ingest.text.amounts import counted
from ragchat.query.about_library import LibraryQuestion, LibraryTopic
from ragchat.query.dates import BEGINNING, END, Interval
from ragchat.query.named_file import FileName, named_files
from ragchat.retrieval.file_outline import file_outline
from ragchat.retrieval.narrowing import narrowed

if TYPE_CHECKING:
    from ingest.document import DocumentPassage
    from ingest.records.conversations import ConversationEntry
    from ingest.records.sources import Source
    from ingest.search.scope import Scope
    from ingest.store import Store
    from ragchat.query.query import Query

MOST_FILES = 200
"""Files that are listed one by one; of more, folders are listed with how many files they hold."""
MOST_NEWEST = 20
"""Of the newest and the oldest, this many are listed."""
MOST_SHOWN = 100
"""Passages that a search is asked for at most."""
MOST_ALIKE = 5
"""Files of one name that are told apart by a list; of more, the name means none of them."""


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What the library says of itself.

    - `rows` are listed under the `heading`; names among them are untrusted.
    - `command` shows the user all of it.
    - `alone`: passages say nothing about it.
    - `passages`: those of the file that is asked for, in its order.
    - `mentioned`: how many passages there are to find, where top-k shows only some.
    - `notice`: what the user is told in place of where it comes from.
    """

    heading: str
    rows: tuple[str, ...] = ()
    command: str = ""
    alone: bool = True
    passages: tuple[DocumentPassage, ...] = ()
    mentioned: int | None = None
    notice: str = ""


def library_facts(store: Store, query: Query, scope: Scope) -> LibraryFacts | None:
    """Return what the library says of itself to a question: what it was asked of its files and
    conversations, or that nothing was said in the time asked for. None if it has nothing to say.
    """
    asked = query.about_library
    facts = _Facts(store, query, scope).of(asked) if asked is not None else None
    return facts or _nothing_said(store, query, scope)


def _nothing_said(store: Store, query: Query, scope: Scope) -> LibraryFacts | None:
    """That nothing was said in the time that a question names, where it asks what was said then."""
    narrow = narrowed(scope, query.times)
    if narrow is None:
        return None
    rows = [store.look_up(name) for name in scope.collections]
    memory = replace(narrow, kinds=("memory",))
    if store.catalogue.times_said(rows, memory, 1, latest=True):
        return None
    named = f" {query.times.words}" if query.times.words and query.language in (None, "en") else ""
    said = f"nothing was said{named} ({span_in_words(query.times.span)})"
    others = "" if query.times.alone else "; passages of other days may follow"
    return LibraryFacts(
        f"In the past conversations {said}{others}",
        command="ragchat conversations list",
        alone=False,
        notice=said,
    )


class _Facts:
    def __init__(self, store: Store, query: Query, scope: Scope) -> None:
        self._store = store
        self._query = query
        self._scope = scope
        self._rows = [store.look_up(name) for name in scope.collections]

    def of(self, asked: LibraryQuestion) -> LibraryFacts | None:
        if asked.topic is LibraryTopic.CONVERSATIONS:
            return self._conversations() if "memory" in self._scope.kinds else None
        if asked.topic is LibraryTopic.MENTIONS:
            return self._mentions(asked.about)
        if "document" not in self._scope.kinds:
            return None
        files = self._store.catalogue.files(self._rows, self._scope)
        if asked.names_file:
            return self._named(asked, files)
        if asked.topic in (LibraryTopic.NEWEST, LibraryTopic.OLDEST):
            return _by_age(files, newest=asked.topic is LibraryTopic.NEWEST)
        if asked.topic is LibraryTopic.FILES:
            return _all_files(files)
        return self._in_time(files, added=asked.topic is LibraryTopic.ADDED)

    def _conversations(self) -> LibraryFacts:
        until = self._scope.until
        listed = [
            conversation
            for conversation in self._store.catalogue.conversations(self._rows, self._scope)
            if until is None or conversation.started.timestamp() < until
        ]
        exchanges = sum(conversation.exchanges for conversation in listed)
        heading = (
            f"{counted(len(listed), 'past conversation')} with {counted(exchanges, 'exchange')}"
            " remembered, the latest first"
        )
        return LibraryFacts(
            heading if listed else "no past conversations are remembered",
            tuple(_conversation(conversation) for conversation in listed),
            "ragchat conversations list",
        )

    def _in_time(self, files: Sequence[Source], *, added: bool) -> LibraryFacts | None:
        if not self._query.times.intervals:
            return None
        span, time = self._query.times.span, _added if added else _changed
        found = [file for file in files if span.start <= time(file) < span.end]
        what = "added to the library" if added else "last changed, by the dates of the files,"
        heading = f"{counted(len(found), 'file')} of {len(files):,} {what} {span_in_words(span)}"
        found.sort(key=time, reverse=True)
        facts = _listed(heading, found, "ragchat sources list --sort read")
        # Where no file is of that time, "what was added in May?" may be asked of a text.
        return replace(facts, alone=bool(found))

    def _named(self, asked: LibraryQuestion, files: Sequence[Source]) -> LibraryFacts | None:
        names = [FileName(file.path, file.title) for file in files]
        # Copies of one file are one document.
        found = {files[n].document: files[n] for n in named_files(asked.about, names)}
        named = list(found.values())
        if not named or len(named) > MOST_ALIKE:
            return None
        if len(named) > 1:
            heading = f"{counted(len(named), 'file')} may be meant by “{asked.about}”"
            return replace(_listed(heading, named, "ragchat sources list"), alone=False)
        (file,) = named
        passages = self._passages(file)
        headings = file_outline(passages, file.format)
        what = "headings, in order" if headings else "no headings were found in it"
        pages = f", {counted(file.pages, 'page')}" if file.pages else ""
        return LibraryFacts(
            f"Outline of {file.path}{_titled(file)}{pages}: {what}",
            headings,
            f"ragchat sources show {shlex.quote(str(file.path))}",
            alone=asked.topic is LibraryTopic.OUTLINE,
            passages=passages if asked.topic is LibraryTopic.SUMMARY else (),
        )

    def _passages(self, file: Source) -> tuple[DocumentPassage, ...]:
        held = (self._store.passages.of_file(row, file.path) for row in self._rows)
        return tuple(next(filter(None, held), ()))

    def _mentions(self, what: str) -> LibraryFacts | None:
        words = WordQuery(what, self._query.language)
        found = self._store.catalogue.mentions(self._rows, self._scope, words)
        said = [
            counted(found.passages, "passage") + f" in {counted(len(found.files), 'file')}"
            if "document" in self._scope.kinds
            else "",
            counted(found.exchanges, "exchange")
            + f" in {counted(found.conversations, 'past conversation')}"
            if "memory" in self._scope.kinds
            else "",
        ]
        base = _common_folder([path for path, _ in found.files])
        count = found.passages + found.exchanges
        return LibraryFacts(
            f"“{what}”, or another form of these words, is in {' and '.join(filter(None, said))};"
            f" files{_within(base)} with how many of their passages",
            tuple(f"{_shown(path, base)}: {held}" for path, held in found.files),
            f"ragchat search {shlex.quote(what)} --top-k {min(MOST_SHOWN, max(1, count))}",
            alone=False,
            mentioned=count,
        )


def _all_files(files: Sequence[Source]) -> LibraryFacts:
    passages = sum(file.chunks for file in files)
    if not files:
        return LibraryFacts("no documents are in the library", (), "ragchat ingest FOLDER")
    heading = f"{counted(len(files), 'file')} with {counted(passages, 'passage')} in the library"
    return _listed(heading, files, "ragchat sources list")


def _by_age(files: Sequence[Source], *, newest: bool) -> LibraryFacts:
    dated = sorted(files, key=_added if newest else _changed, reverse=newest)[:MOST_NEWEST]
    what = "were added or read again last" if newest else "have not changed for the longest time"
    heading = f"Of {counted(len(files), 'file')}, these {what}"
    return _listed(heading, dated, "ragchat sources list --sort read")


def _listed(heading: str, files: Sequence[Source], command: str) -> LibraryFacts:
    base = _common_folder([file.path for file in files])
    heading = f"{heading}{_within(base)}"
    if len(files) > MOST_FILES:
        folders = Counter(Path(_shown(file.path, base)).parts[0] for file in files)
        rows = tuple(f"{name}: {counted(n, 'file')}" for name, n in folders.most_common())
        return LibraryFacts(f"{heading}, by folder", rows, command)
    return LibraryFacts(heading, tuple(_file(file, base) for file in files), command)


def _file(file: Source, base: PurePath | None) -> str:
    dates = f"changed {_day(_changed(file))}, added {_day(_added(file))}"
    return f"{_shown(file.path, base)}{_titled(file)}: {counted(file.chunks, 'passage')}, {dates}"


def _conversation(listed: ConversationEntry) -> str:
    said = counted(listed.exchanges, "exchange")
    return f"{_day(listed.last)} “{listed.title or listed.id}”: {said}"


def _titled(file: Source) -> str:
    own = file.title.strip()
    return f" “{own}”" if own and own not in (file.path.name, file.path.stem) else ""


def _changed(file: Source) -> datetime:
    return datetime.fromtimestamp(file.mtime_ns / 1e9).astimezone()


def _added(file: Source) -> datetime:
    return datetime.fromtimestamp(file.read_at).astimezone()


def _day(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d}"


def span_in_words(span: Interval) -> str:
    """A time in words: "since 2026-05-01", "on 2026-05-01", "from … to before …"."""
    first, after = span.start.astimezone(), span.end.astimezone()
    if span.end == END:
        return f"since {_day(first)}"
    if span.start == BEGINNING:
        return f"before {_day(after)}"
    if (after - first).days <= 1:
        return f"on {_day(first)}"
    return f"from {_day(first)} to before {_day(after)}"


def _common_folder(paths: Sequence[PurePath]) -> PurePath | None:
    """The folder that all files are below, if there is one that says something."""
    if len(paths) < 2:
        return None
    try:
        common = PurePath(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # on different drives
        return None
    return common if len(common.parts) > 1 else None


def _within(base: PurePath | None) -> str:
    return f" (in {base})" if base is not None else ""


def _shown(path: Path, base: PurePath | None) -> str:
    return str(path.relative_to(base)) if base is not None else str(path)
