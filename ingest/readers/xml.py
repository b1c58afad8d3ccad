"""XML as a stream of events; the only file that imports an XML parser for documents.

A document that declares entities of its own is refused, and nothing outside of it is ever fetched:
no external entities, no billion laughs.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.entities import html5
from typing import Literal, NamedTuple
from xml.parsers import expat

from ingest.errors import ReadError

_STEP = 65_536
_RELATED = "/relationships "


class Event(NamedTuple):
    """A tag that opens or closes, or text. Names are without their namespace."""

    kind: Literal["open", "close", "text"]
    name: str
    """The tag's; of text, the text itself."""
    attributes: dict[str, str]


def events(raw: bytes) -> Iterator[Event]:
    """Yield the contents of a document, in order; nothing for an empty one.

    ReadError where it is broken, or declares entities.
    """
    for event, _ in events_with_lines(raw):
        yield event


def events_with_lines(raw: bytes) -> Iterator[tuple[Event, int]]:
    """Yield the same, each with the line that it begins on."""
    if not raw:
        return
    found: list[tuple[Event, int]] = []
    parser = _parser(found)
    try:
        for start in range(0, len(raw), _STEP):
            parser.Parse(raw[start : start + _STEP], start + _STEP >= len(raw))
            yield from found
            found.clear()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise ReadError("damaged: open it in its program and save it again") from error


def _parser(found: list[tuple[Event, int]]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def opened(tag: str, attributes: dict[str, str]) -> None:
        named = {_local(name): value for name, value in attributes.items()}
        # A slide has an id of its own beside that of the relationship.
        related = {
            f"r:{_local(name)}": value for name, value in attributes.items() if _RELATED in name
        }
        found.append((Event("open", _local(tag), named | related), parser.CurrentLineNumber))

    def closed(tag: str) -> None:
        found.append((Event("close", _local(tag), {}), parser.CurrentLineNumber))

    def said(text: str) -> None:
        begins = parser.CurrentLineNumber - text.count("\n")  # it is handed on at its end
        found.append((Event("text", text, {}), begins))

    def skipped(name: str, is_parameter: bool) -> None:
        # Declared elsewhere, in a list that is not fetched; those of HTML are known.
        letters = "" if is_parameter else html5.get(f"{name};", "")
        found.append((Event("text", letters, {}), parser.CurrentLineNumber))

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = said
    parser.SkippedEntityHandler = skipped
    parser.StartDoctypeDeclHandler = _doctype
    return parser


def _doctype(name: str, system: str | None, public: str | None, has_own: int) -> None:
    del name, system, public
    if has_own:
        raise ReadError("declares entities of its own: do not trust where it comes from")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
