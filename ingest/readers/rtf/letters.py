"""The letters of Rich Text Format, which are bytes in a code page, or numbers. Pure.

Rich Text Format 1.9.1, "Unicode RTF" and "Character Set".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.readers.rtf.tables import SIGNS
from ingest.readers.rtf.words import MACHINES, State, code_page

_SIGNS_OF_FONTS = range(0xF000, 0xF100)


@dataclass(slots=True)
class Letters:
    """Bytes and numbers as they come. `code_page` is that of the file, for fonts without one."""

    code_page: str = "cp1252"
    _raw: bytearray = field(default_factory=bytearray)
    _to_skip: int = 0  # bytes, for programs that do not know what a number before them means
    _half: int = 0  # the first of two numbers that make one character

    def use(self, word: str, number: int | None) -> bool:
        """Take in a word that names the code page of the file; False for other words."""
        if word not in MACHINES and word != "ansicpg":
            return False
        self.code_page = MACHINES.get(word) or code_page(f"cp{number}")
        return True

    def add(self, raw: bytes) -> None:
        """Add bytes."""
        skipped = min(self._to_skip, len(raw))
        self._to_skip -= skipped
        self._raw += raw[skipped:]

    def skip_none(self) -> None:
        """Leave out no more bytes: a group has begun or ended."""
        self._to_skip = 0

    def taken(self, state: State) -> str:
        """Return the bytes so far as text, in the code page of their font, and forget them."""
        page = state.page or self.code_page
        is_sign = page == SIGNS and len(self._raw) == 1
        text = "•" if is_sign else self._raw.decode(page, "replace")
        self._raw.clear()
        return text

    def numbered(self, number: int, state: State) -> str:
        """Return the character of a number, "" after the first of two that make one."""
        self._to_skip = state.skips
        if 0xD800 <= number < 0xDC00:
            self._half = number
            return ""
        if 0xDC00 <= number < 0xE000:
            if not self._half:
                return ""
            number = 0x10000 + ((self._half - 0xD800) << 10) + number - 0xDC00
        self._half = 0
        return "•" if number in _SIGNS_OF_FONTS else chr(number)
