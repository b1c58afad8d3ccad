"""The sources of an answer, as lines for the screen."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ingest.conversation import SourceRef
from ingest.document import DocumentPassage, Hit, MemoryPassage, Passage
from ragchat.cleaning import one_line
from ragchat.terminal.parts import shortened
from ragchat.terminal.snippets import beginning

if TYPE_CHECKING:
    from ragchat.answer.citations import AnswerSource

EARLIER = "earlier: "
"""Before what something newer changed."""

LEAST_PLACE = 8
"""Cells of where a passage comes from, however narrow the window is."""

SHORT_ID = 8
"""Characters of an exchange's id that are shown; of 100,000 exchanges two share them by a chance of
about two thirds, and then `forget` asks for more of it."""


def passage_of(source: AnswerSource | SourceRef) -> Passage:
    """The passage of a source; of a stored one only where it comes from, without its text."""
    if not isinstance(source, SourceRef):
        return source.hit.passage
    if source.kind == "memory":
        return MemoryPassage(
            id=source.id,
            title=source.source,
            asked="",
            conversation=source.conversation or "",
            time=source.time,
        )
    return DocumentPassage(
        id=source.id,
        source=source.source,
        text="",
        start_line=source.start_line,
        end_line=source.end_line,
        page=source.page,
        place=source.place,
    )


def score_of(source: AnswerSource | SourceRef) -> float:
    """The score that a source was found with."""
    return source.score if isinstance(source, SourceRef) else source.hit.score


def label(passage: Passage, folder: Path) -> str:
    """Return where a passage comes from, as seen from `folder`, on one line."""
    return one_line(passage.label(shorten=partial(seen_from, folder)))


def seen_from(folder: Path, path: str) -> str:
    """A path as short as it can be said in `folder`, on one line."""
    whole = Path(path)
    return one_line(str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole))


class Line(NamedTuple):
    """A line about a passage, and the part of it that says where the passage comes from."""

    text: str
    place: str


def source_line(n: int, source: AnswerSource | SourceRef, folder: Path, width: int) -> Line:
    """`[1] docs/a.md:12-40  0.83  heading`; without a heading, how the text begins. What something
    newer changed is marked as `earlier: …`.
    """
    passage = passage_of(source)
    changed = not isinstance(source, SourceRef) and source.hit.changed is not None
    shown = heading(passage) or ("" if _titled(passage) else beginning(passage.text))
    head = f"[{n}] {EARLIER if changed else ''}"
    return _line(head, label(passage, folder), f"  {score_of(source):.2f}", shown, width)


def hit_line(n: int, hit: Hit, folder: Path, width: int) -> Line:
    """As `source_line`, of a passage whose text follows; for an exchange with the short id that
    `forget` takes.
    """
    passage = hit.passage
    head = f"[{n}] {EARLIER if hit.changed else ''}"
    key = f" {passage.id[:SHORT_ID]}" if isinstance(passage, MemoryPassage) else ""
    return _line(head, label(passage, folder), f"{key}  {hit.score:.2f}", heading(passage), width)


def _line(head: str, place: str, score: str, shown: str, width: int) -> Line:
    """The place is shortened where the id and the score would not fit behind it: a path in its
    middle, so that file and lines stay, a question at its end.
    """
    cut = len(" …") if shown else 0
    room = max(LEAST_PLACE, width - len(head) - len(score) - cut)
    end = len("”]") if place.startswith("[") else room // 2
    place = shortened(place, room, end=end)
    return Line(f"{head}{place}{score}  {shown}".rstrip(), place)


def heading(passage: Passage) -> str:
    """The heading of a document's passage, on one line; "" for none."""
    return one_line(passage.heading) if isinstance(passage, DocumentPassage) else ""


def _titled(passage: Passage) -> bool:
    """Return whether the title of a conversation, which is shown, is also how the exchange
    begins.
    """
    return (
        isinstance(passage, MemoryPassage)
        and bool(passage.title)
        and one_line(passage.asked).startswith(one_line(passage.title).rstrip("…"))
    )


def address(passage: Passage) -> str | None:
    """The address of a file that is on this machine, for terminals that open links."""
    if not isinstance(passage, DocumentPassage):
        return None
    try:
        path = Path(passage.source)
        return path.as_uri() if path.is_file() else None
    except (OSError, ValueError):
        return None
