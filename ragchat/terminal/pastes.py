"""Long pasted texts, each shown on the line as a marker in its place."""

from __future__ import annotations

from ingest.text.amounts import bytes_shown, counted

MOST_LINES = 40
MOST_CHARACTERS = 4_000
"""More than this is not shown as it is: about two screens of 80 columns."""


class Pastes:
    """The pasted texts of one session, by their markers."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def shown(self, text: str) -> str:
        """Return a short text as it is, for a long one `[pasted: 17,000 lines, 1.1 MB]`."""
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines <= MOST_LINES and len(text) <= MOST_CHARACTERS:
            return text
        size = bytes_shown(len(text.encode("utf-8", "replace")))
        name = f"pasted: {counted(lines, 'line')}, {size}"
        marker, n = f"[{name}]", 1
        while self._texts.get(marker, text) != text:
            n += 1
            marker = f"[{name}, no. {n}]"
        self._texts[marker] = text
        return marker

    def expanded(self, line: str) -> str:
        """Return a line with the texts in place of their markers."""
        for marker, text in self._texts.items():
            line = line.replace(marker, text)
        return line

    def within(self, line: str) -> bool:
        """Return whether a line has a marker."""
        return any(marker in line for marker in self._texts)
