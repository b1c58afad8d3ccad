"""Cleaning of text before a terminal sees it: nothing to obey, nothing hidden.

CWE-150: a document, a file name or an answer must not move the cursor, set the clipboard (OSC 52),
hide a link (OSC 8) or turn the reading direction. The states are those of ECMA-48 and of Paul
Williams' parser for DEC terminals (vt100.net/emu/dec_ansi_parser), without the parts that act.
"""

from __future__ import annotations

import re
from typing import Literal

from ingest.text.invisible import HIDDEN, JOINERS, SELECTORS, ZWJ, ZWNJ, joins

LOST = "\ufffd"
"""In place of a character of which only a half came."""
LONGEST_SEQUENCE = 4096
"""Characters after which a sequence that never ends is taken to be over."""

_State = Literal["text", "escape", "csi", "intermediate", "string"]

_INTRODUCER = re.compile("[\x1b\x90\x98\x9b\x9d-\x9f]")
_OPENS: dict[str, _State] = {"\x1b": "escape", "\x9b": "csi"}
_AFTER_ESCAPE: dict[str, _State] = {
    "[": "csi",
    **dict.fromkeys("]PX^_", "string"),
    **dict.fromkeys(map(chr, range(0x20, 0x30)), "intermediate"),
    **{c: "text" for c in map(chr, range(0x30, 0x7F)) if c not in "[]PX^_"},
}
# Each matches what belongs to the sequence; group 1 is the character that ends it. Any other
# character ends it too, and is then read as text.
_BODY = {
    "csi": re.compile("[\x00-\x08\x0b-\x17\x19\x1c-\x1f\x7f -?]*([@-~])?"),
    "intermediate": re.compile("[ -/]*([0-~])?"),
    "string": re.compile("[^\x07\n\x18\x1a\x1b\x80-\x9f]*([\x07\x9c])?"),
}

# A carriage return overwrites the line; a line separator would be a line end that we do not count.
_HIDDEN = re.compile(f"[{HIDDEN}\r\u2028\u2029]+")
_JOINER_OR_SELECTOR = re.compile(f"[{JOINERS}{SELECTORS}]")
_SELECTOR = re.compile(f"[{SELECTORS}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class StreamCleaner:
    """`clean` over a text that comes in pieces, cut anywhere.

    The joined results of `feed` and `close` are `clean` of the joined pieces. Only a joiner at the
    end of a piece is held back, until it is known what it joins; of an open sequence the kind is
    remembered. The time is linear in the text.
    """

    def __init__(self) -> None:
        self._state: _State = "text"
        self._room = LONGEST_SEQUENCE
        self._before = ""
        self._held = ""

    def feed(self, delta: str) -> str:
        """Return the part of `delta` that may be shown."""
        shown: list[str] = []
        at = 0
        while at < len(delta):
            if self._state == "text":
                at = self._text(delta, at, shown)
            elif self._state == "escape":
                at = self._escape(delta, at)
            else:
                at = self._sequence(delta, at, _BODY[self._state])
        text = self._held + "".join(shown)
        self._held = text[-1:] if text.endswith((ZWNJ, ZWJ)) else ""
        return self._without_strays(text, len(text) - len(self._held))

    def close(self) -> str:
        """Return the characters held back: an open sequence is dropped, and the next
        `feed` begins a new text.
        """
        rest = self._without_strays(self._held, len(self._held))
        self._open("text")
        self._before = self._held = ""
        return rest

    def _without_strays(self, text: str, end: int) -> str:
        """Return text[:end] without joiners that join nothing and rows of variation selectors."""
        if not _JOINER_OR_SELECTOR.search(text, 0, end):
            self._before = text[end - 1 : end] or self._before
            return text[:end]
        kept: list[str] = []
        for at, character in enumerate(text[:end]):
            if character in JOINERS:
                stray = not joins(self._before, character, text[at + 1 : at + 2])
            else:
                stray = bool(_SELECTOR.match(character) and _SELECTOR.match(self._before))
            if not stray:
                kept.append(character)
                self._before = character
        return "".join(kept)

    def _open(self, state: _State) -> None:
        self._state = state
        self._room = LONGEST_SEQUENCE

    def _text(self, delta: str, at: int, shown: list[str]) -> int:
        introducer = _INTRODUCER.search(delta, at)
        end = introducer.start() if introducer else len(delta)
        shown.append(_SURROGATE.sub(LOST, _HIDDEN.sub("", delta[at:end])))
        if introducer:
            self._open(_OPENS.get(introducer[0], "string"))
            return end + 1
        return end

    def _escape(self, delta: str, at: int) -> int:
        state = _AFTER_ESCAPE.get(delta[at])
        self._open(state or "text")
        return at + 1 if state else at

    def _sequence(self, delta: str, at: int, body: re.Pattern[str]) -> int:
        match = body.match(delta, at, at + self._room)
        end = match.end() if match else at
        self._room -= end - at
        if not self._room or end < len(delta) or (match and match[1]):
            self._open("text")
        return end


def encodable(text: str) -> str:
    """Return a text in which pairs of surrogates are one character, and single ones `LOST`."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean(text: str) -> str:
    """Return `text` without anything that a terminal obeys or that cannot be seen.

    Escape sequences are removed whole, 7-bit and 8-bit, up to their end, the end of the line or
    `LONGEST_SEQUENCE` characters. Removed are also control characters but tab and newline, marks of
    reading direction, tags and characters without width, but not the joiners that words of some
    scripts and emoji need. A surrogate becomes U+FFFD.
    """
    cleaner = StreamCleaner()
    return cleaner.feed(text) + cleaner.close()


def one_line(text: str) -> str:
    """Return `clean(text)` with every run of white space, newlines too, as one space."""
    return " ".join(clean(text).split())
