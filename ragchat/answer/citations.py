"""Citations as marks in the answer, and the places that they lead to; pure.

In the style "native" Claude says which search result a stretch of its answer is drawn from, and
the marks are ours, numbered as they first come up. In the style "text" Claude writes the marks
itself, with the passages' numbers.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from ingest.conversation import SourceRef
from ingest.document import Hit, MemoryPassage
from ingest.text.sentences import is_spaceless
from ragchat.claude.wire import Answer, Cited, Prompt, Text

_MARK = re.compile(r"\[(\d{1,3})\]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)[^`].*?\1", re.DOTALL)
_TAIL = re.compile(r"\s*(?:\|\s*)?\Z")
_FOLDED = str.maketrans("‘’‚‛“”„‟«»′″", '\'\'\'\'""""""\'"')


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """A hit of the request, with its number `n` in the answer.

    `quotes` are the words that Claude cites.
    """

    n: int
    hit: Hit
    cited: bool
    quotes: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether the passage has all quotes verbatim."""
        return all(quote_found(quote, self.hit.passage.text) for quote in self.quotes)

    @property
    def reference(self) -> SourceRef:
        """The reference that is stored with the answer: a hash in place of the text."""
        passage = self.hit.passage
        stored = SourceRef(
            n=self.n,
            kind=passage.kind,
            id=passage.id,
            source="",
            hash=hashlib.sha256(passage.text.encode()).hexdigest(),
            score=self.hit.score,
            cited=self.cited,
        )
        if isinstance(passage, MemoryPassage):
            return replace(
                stored,
                source=passage.title,
                conversation=passage.conversation,
                time=passage.time,
            )
        return replace(
            stored,
            source=passage.source,
            start_line=passage.start_line,
            end_line=passage.end_line,
            page=passage.page,
            place=passage.place,
        )


class Marker:
    """Inserts the marks into an answer while it streams."""

    def __init__(self, prompt: Prompt) -> None:
        self._native = prompt.style == "native"
        self._passages = len(prompt.hits)
        self._numbers: dict[int, int] = {}
        self._held = ""
        self._line = ""
        self._just_marked: set[int] = set()

    def feed(self, event: Text | Cited) -> str:
        """Return the text to show for an event. The end of a text is held back, since a mark comes
        before its white space, or within a table's row.
        """
        if isinstance(event, Text):
            return self._text(event.text)
        number = self.number(event.passage_index)
        if number is None or number in self._just_marked:
            return ""
        self._just_marked.add(number)
        # A fence closes its block only if it is alone on its line.
        mark = f"\n[{number}]" if _FENCE.match(self._line) else f"[{number}]"
        self._line += mark
        return mark

    def _text(self, text: str) -> str:
        # A parenthesis right behind a mark would make a link of it.
        if self._just_marked and not self._held and text.startswith("("):
            text = f" {text}"
        self._just_marked.clear()
        text = self._held + text
        tail = _TAIL.search(text) if self._native else None
        kept = tail.start() if tail else len(text)
        self._held = text[kept:]
        self._line = (self._line + text[:kept]).rpartition("\n")[2]
        return text[:kept]

    def close(self) -> str:
        """Return the text that was held back."""
        held, self._held = self._held, ""
        return held

    def number(self, passage: int) -> int | None:
        """Return the number of a passage in this answer, in the order of first citations."""
        if not self._native or not 0 <= passage < self._passages:
            return None
        return self._numbers.setdefault(passage, len(self._numbers) + 1)


def marked(answer: Answer, prompt: Prompt) -> tuple[str, tuple[AnswerSource, ...]]:
    """Return the answer with its marks, and all passages of the prompt as sources, ordered by their
    numbers.
    """
    marker = Marker(prompt)
    parts: list[str] = []
    quotes: dict[int, list[str]] = {}
    for piece in answer.pieces:
        parts.append(marker.feed(Text(piece.text)))
        for citation in piece.citations:
            parts.append(marker.feed(Cited(citation.passage_index, citation.quote)))
            quotes.setdefault(citation.passage_index, []).append(citation.quote)
    text = "".join([*parts, marker.close()])
    if prompt.style == "native":
        cited = [index for index in quotes if marker.number(index) is not None]
        numbers = {index: marker.number(index) or 0 for index in cited}
        rest = (index for index in range(len(prompt.hits)) if index not in numbers)
        numbers |= {index: len(cited) + n for n, index in enumerate(rest, start=1)}
    else:
        cited = _marks_of(text, len(prompt.hits))
        numbers = {index: index + 1 for index in range(len(prompt.hits))}
    sources = (
        AnswerSource(
            n=numbers[index],
            hit=hit,
            cited=index in cited,
            quotes=tuple(dict.fromkeys(filter(None, quotes.get(index, ())))),
        )
        for index, hit in enumerate(prompt.hits)
    )
    return text, tuple(sorted(sources, key=lambda source: source.n))


def quote_found(quote: str, text: str) -> bool:
    """Return whether a text has a quotation verbatim, but for white space and quote marks."""
    wanted = _folded(quote)
    before = r"(?<!\w)" if _ends_a_word(wanted[:1]) else ""
    after = r"(?!\w)" if _ends_a_word(wanted[-1:]) else ""
    return bool(wanted) and re.search(before + re.escape(wanted) + after, _folded(text)) is not None


def _ends_a_word(letter: str) -> bool:
    """Return whether a letter next to another continues its word, as in scripts with spaces."""
    return letter.isalnum() and not is_spaceless(letter)


def _marks_of(text: str, passages: int) -> list[int]:
    numbers = (int(match[1]) for match in _MARK.finditer(_CODE.sub(" ", text)))
    return [number - 1 for number in numbers if 1 <= number <= passages]


def _folded(text: str) -> str:
    return " ".join(text.translate(_FOLDED).split())
