"""A web page that is made of another file, with the same text on the same lines. Pure."""

from __future__ import annotations

from ingest.readers.html.page import MAX_BYTES
from ingest.readers.lines import too_long


class LinedPage:
    """Parts of a page as they come. SkippedFile once they are more than a page may have."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._line = 1
        self._length = 0

    def reach(self, line: int) -> None:
        """Go on to a line of the file, if the page is not there yet."""
        if line > self._line:
            self.put("\n" * (line - self._line))

    def put(self, part: str) -> None:
        """Append a part."""
        self._parts.append(part)
        self._line += part.count("\n")
        self._length += len(part)
        if self._length > MAX_BYTES:
            raise too_long()

    def page(self) -> bytes:
        """Return all of it."""
        return "".join(self._parts).encode("utf-8", "replace")
