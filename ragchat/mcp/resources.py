"""Sources and conversations as resources, which a user attaches by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ingest.text.amounts import counted
from ragchat.errors import UsageError
from ragchat.request.safety import safe_name

if TYPE_CHECKING:
    from ragchat.mcp.library_reader import LibraryReader

SOURCE_TEMPLATE = "ragchat://source/{collection}/{path}"
CONVERSATION_TEMPLATE = "ragchat://conversation/{collection}/{id}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A resource as it is listed."""

    uri: str
    name: str
    description: str


def listings(reading: LibraryReader) -> list[Listing]:
    """Return all resources: conversations, the latest first, then the files."""
    conversations = [
        Listing(
            _uri("conversation", collection, listed.id),
            safe_name(listed.title) or listed.id,
            f"{listed.last:%Y-%m-%d}, {counted(listed.exchanges, 'exchange')}",
        )
        for collection, listed in reading.conversations()
    ]
    sources = [
        Listing(
            _uri("source", collection, str(source.path)),
            safe_name(PurePath(source.path).name),
            safe_name(str(source.path)),
        )
        for collection, source in reading.sources()
    ]
    return [*conversations, *sources]


def read_resource(reading: LibraryReader, uri: str) -> str:
    """Return the text of a resource. Raises UsageError for one that does not exist."""
    kind, collection, name = _parts(uri)
    if kind == "source":
        return reading.source_text(collection, name)
    return reading.conversation_text(collection, name)


def _uri(kind: str, collection: str, name: str) -> str:
    encoded = (quote(part, safe="", errors="surrogateescape") for part in (collection, name))
    return f"ragchat://{kind}/{'/'.join(encoded)}"


def _parts(uri: str) -> tuple[str, str, str]:
    parts = uri.removeprefix("ragchat://").split("/")
    if uri == "/".join(parts) or len(parts) != 3 or parts[0] not in ("source", "conversation"):
        raise UsageError(f"there is no resource {uri!r}: list the resources")
    kind, *encoded = parts
    collection, name = (unquote(part, errors="surrogateescape") for part in encoded)
    return kind, collection, name
