"""Documents that are editions of one another are shown once, the newest first; pure.

Twelve versions of a policy would fill a request, and the newest might not be among them. Two files
are editions if their names differ in nothing but a version, a date or "final", or their titles are
the same, and nearly all of their words are. Numbered bills are not: a new one replaces none before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePath

from ingest.document import DocumentPassage, Hit, Passage
from ragchat.query.rules import edition_words, older_words
from ragchat.query.wording import Wording, wording

SAME_PASSAGE = 0.8
"""Passages that share this much of their words, figures aside, are one passage of two editions.
Chosen by hand, as the next, on the pairs of tests/pure/test_editions.py."""
RECORD = 0.2
"""From this share of differing figures among all of their words on, two passages are two records
(bills, payslips), each of which counts: those tried have 0.23 to 0.43, editions of a text 0.12."""
SAME_FILE = 0.7
"""The same for the words of the files: minutes of two meetings share a form, not their words."""
FIRST_YEAR = 1900
"""A number above it may be a year."""
SHORTEST = 3
"""Letters that the name of a file must have left, without its version."""

_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?:v|ver|rev|version|r)?\d+[a-z]?")
_DIGITS = re.compile(r"\d+")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Key = tuple[str, ...]
ReadWords = Callable[[str], frozenset[str]]
"""Returns the words of a file by its path."""


def edition_name(source: str) -> Key | None:
    """The name of a file without its version or date; None for a name that has neither."""
    name = name_without_version(source)
    return None if name in (_plain(source), (source,)) else name


def fold_editions(
    hits: Sequence[Hit], asked: str, read_words: ReadWords, further: Sequence[Hit] = ()
) -> tuple[Hit, ...]:
    """The hits, best first, with passages of editions folded into that of the newest.

    The newest takes the best position and score. Where the question names an edition by its number,
    or asks for "the old version", all are kept, and those marked as changed. `further` are hits
    that were not among the best: the newest edition of one of these comes in.
    """
    groups = _groups(hits, further, cache(read_words))
    if not groups:
        return tuple(hits)
    folded: dict[str, Hit | None] = {}
    for group in groups:
        folded |= _folded(group, hits, asked)
    shown: list[Hit] = []
    for hit in hits:
        kept = folded.get(hit.passage.id, hit)
        if kept is not None and kept.passage.id not in {one.passage.id for one in shown}:
            shown.append(kept)
    return tuple(shown)


def _folded(group: Sequence[Hit], hits: Sequence[Hit], asked: str) -> dict[str, Hit | None]:
    """Return what is shown in place of each hit of a group: itself, the newest, or nothing."""
    newest, *older = _newest_first(group)
    wanted = set(_DIGITS.findall(asked))
    if older_words() & set(_PART.findall(asked.casefold())):
        named = older
    else:
        named = [hit for hit in older if wanted & _version(hit) - _version(newest)]
    if named:  # an older edition is asked for
        marked = {hit.passage.id: replace(hit, changed=_modified(newest)) for hit in named}
        return {hit.passage.id: marked.get(hit.passage.id, hit) for hit in group}
    ids = {hit.passage.id for hit in group}
    first = next(hit for hit in hits if hit.passage.id in ids)
    shown = replace(newest, score=max(newest.score, first.score), earlier=tuple(older))
    return {key: shown if key == first.passage.id else None for key in ids}


def _newest_first(group: Sequence[Hit]) -> list[Hit]:
    """The editions by the numbers in their names, where all have them, or by their files' dates."""
    numbers = {hit.passage.id: _numbers(hit) for hit in group}
    comparable = len({len(found) for found in numbers.values()}) == 1

    def age(hit: Hit) -> tuple[tuple[int, ...], datetime, str]:
        passage = hit.passage
        return numbers[passage.id] if comparable else (), _modified(hit), passage.id

    return sorted(group, key=age, reverse=True)


def _numbers(hit: Hit) -> tuple[int, ...]:
    numbers = tuple(int(digits) for digits in _DIGITS.findall(_name(hit.passage.origin)))
    # A date may be written from its day on: 07-03-2026.
    day_first = len(numbers) > 2 and numbers[-1] > FIRST_YEAR > numbers[-3]
    return (*numbers[:-3], *numbers[:-4:-1]) if day_first else numbers


def _groups(hits: Sequence[Hit], further: Sequence[Hit], read_words: ReadWords) -> list[list[Hit]]:
    """The hits that are one passage of several editions, one of them at least among the best."""
    groups: list[list[Hit]] = []
    texts = cache(wording)
    for hit in _of_one_name([*hits, *further]):
        for group in groups:
            if all(_is_edition(hit.passage, other.passage, texts, read_words) for other in group):
                group.append(hit)
                break
        else:
            groups.append([hit])
    best = {hit.passage.id for hit in hits}
    return [
        group for group in groups if len(group) > 1 and any(hit.passage.id in best for hit in group)
    ]


def _of_one_name(hits: Sequence[Hit]) -> list[Hit]:
    """The hits of documents that share the name, but for its version, or the title with another."""
    documents = [hit for hit in hits if isinstance(hit.passage, DocumentPassage)]
    files = {hit.source: hit.title for hit in documents}
    names = Counter(name_without_version(source) for source in files)
    titles = Counter(title for title in files.values() if title)
    return [
        hit
        for hit in documents
        if names[name_without_version(hit.source)] > 1 or titles[hit.title] > 1
    ]


def _is_edition(
    one: Passage, other: Passage, read_text: Callable[[str], Wording], read_words: ReadWords
) -> bool:
    if one.origin == other.origin:
        return False
    by_name = name_without_version(one.origin) == name_without_version(other.origin)
    if not by_name and (one.title != other.title or not one.title):
        return False
    said = [read_text(passage.text) for passage in (one, other)]
    if not _alike(*(words.words - words.figures for words in said), share=SAME_PASSAGE):
        return False
    if _are_records(*said):
        return False
    return _alike(read_words(one.origin), read_words(other.origin), share=SAME_FILE)


def _are_records(one: Wording, other: Wording) -> bool:
    """Return whether two passages of the same words differ in too many figures for editions."""
    return len(one.figures ^ other.figures) >= RECORD * len(one.words | other.words)


def _alike(one: frozenset[str], other: frozenset[str], *, share: float) -> bool:
    return len(one & other) >= share * max(1, len(one | other))


def _modified(hit: Hit) -> datetime:
    passage = hit.passage
    modified = passage.modified if isinstance(passage, DocumentPassage) else None
    return modified or _LONG_AGO


def _version(hit: Hit) -> set[str]:
    return set(_DIGITS.findall(_name(hit.passage.origin)))


def _name(source: str) -> str:
    """The folders and the name of a file, without its suffix."""
    path = PurePath(source)
    return "/".join((*path.parent.parts[1:], path.stem))


def _plain(source: str) -> Key:
    return tuple(_PART.findall(_name(source).casefold()))


@cache
def name_without_version(source: str) -> Key:
    """The words of a path without versions and dates; the path itself if too little is left."""
    known = edition_words()
    words = tuple(
        word for word in _plain(source) if not _NUMBER.fullmatch(word) and word not in known
    )
    stem = [word for word in words if word in PurePath(source).stem.casefold()]
    return words if sum(map(len, stem)) >= SHORTEST else (source,)
