"""Quotations in an answer, looked up verbatim in the texts of its request; pure.

Native citations come from the API with their passage; quotations between quote marks or in a block
quote are typed by the model. Both are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.text.sentences import word_count
from ragchat.answer.citations import AnswerSource, quote_found

FEWEST_WORDS = 4
"""Fewer words between quote marks are a name or a term, not a quotation."""

_MARK = re.compile(r"\[\d{1,3}\]")
_CODE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1|(`+)[^`].*?\2", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(
    r'“([^“”]{1,2000})”|«([^«»]{1,2000})»|„([^„“”]{1,2000})[“”]|"([^"\n]{1,2000})"'
    r"|「([^「」]{1,2000})」|『([^『』]{1,2000})』"
)
_BLOCK = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_BLOCK_MARK = re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE)
_ELLIPSIS = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?)\s*")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that an answer quotes; `found` if a text of its request has them verbatim."""

    text: str
    found: bool


def checked(
    answer: str, sources: Iterable[AnswerSource], given: Iterable[str]
) -> tuple[Quotation, ...]:
    """Return the quotations of an answer, each once, looked up in its sources and in `given`. Parts
    on both sides of an ellipsis are looked up by themselves.
    """
    texts = list(given)
    quotes = list(_quoted(_CODE.sub(" ", answer)))
    for source in sources:
        texts.append(source.hit.passage.text)
        quotes += source.quotes
    return tuple(Quotation(quote, _found(quote, texts)) for quote in dict.fromkeys(quotes))


def _found(quote: str, texts: Sequence[str]) -> bool:
    parts = [part.strip(" .,;:。，、；：！？") for part in _ELLIPSIS.split(quote)]
    return any(all(quote_found(part, text) for part in parts if part) for text in texts)


def _quoted(answer: str) -> Iterator[str]:
    blocks = [_BLOCK_MARK.sub("", match[0]) for match in _BLOCK.finditer(answer)]
    inline = (next(filter(None, match.groups())) for match in _QUOTED.finditer(answer))
    for block in (*blocks, *inline):
        text = " ".join(_MARK.sub("", block).split()).strip('"“”„«»「」『』 ')
        if word_count(text) >= FEWEST_WORDS:
            yield text
