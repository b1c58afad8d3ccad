"""The marks of notes and comments: each is numbered where the text first refers to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

_REFERENCES = {"footnoteReference": "", "endnoteReference": "e", "commentReference": "c"}
_NOTES = {"footnote": "", "endnote": "e", "comment": "c"}


class Notes:
    """Marks by kind and id: "[2]", "[e1]", "[c1]"."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._pending = ""  # before the text of the note that is about to begin

    def reference(self, tag: str, of: Mapping[str, str]) -> str | None:
        """Return the mark for a tag that refers to a note; None for other tags."""
        kind = _REFERENCES.get(tag)
        if kind is None:
            return None
        key = kind + of.get("id", "")
        if key not in self._marks:
            self._counts[kind] += 1
            self._marks[key] = f"[{kind}{self._counts[kind]}]"
        return self._marks[key]

    def begin(self, tag: str, of: Mapping[str, str]) -> bool:
        """Take in a tag that begins a note; False for other tags."""
        if tag not in _NOTES:
            return False
        self._pending = self._marks.get(_NOTES[tag] + of.get("id", ""), "")
        if tag == "comment":
            author = of.get("author", "a reader")
            self._pending = f"{self._pending} Comment by {author}:".strip()
        return True

    def marked(self, text: str) -> str:
        """Return the text of a paragraph, behind its mark if it is the first of a note."""
        if text.strip() and self._pending:
            text, self._pending = f"{self._pending} {text}", ""
        return text
