"""XML as a stream of events; the only file that imports an XML parser for documents.

A document that declares entities of its own is refused, and nothing outside of it is ever fetched:
no external entities, no billion laughs.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    if not raw:
        return
    found: list[Event] = []
    parser = _parser(found)
    try:
        for start in range(0, len(raw), _STEP):
            parser.Parse(raw[start : start + _STEP], start + _STEP >= len(raw))
            yield from found
            found.clear()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise ReadError("damaged: open it in its program and save it again") from error


def _parser(found: list[Event]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def opened(tag: str, attributes: dict[str, str]) -> None:
        named = {_local(name): value for name, value in attributes.items()}
        # A slide has an id of its own beside that of the relationship.
        related = {
            f"r:{_local(name)}": value for name, value in attributes.items() if _RELATED in name
        }
        found.append(Event("open", _local(tag), named | related))

    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda tag: found.append(Event("close", _local(tag), {}))
    parser.CharacterDataHandler = lambda text: found.append(Event("text", text, {}))
    parser.StartDoctypeDeclHandler = _doctype
    return parser


def _doctype(name: str, system: str | None, public: str | None, has_own: int) -> None:
    del name, system, public
    if has_own:
        raise ReadError("declares entities of its own: do not trust where it comes from")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
