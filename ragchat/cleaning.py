"""Removes from a text what a terminal would obey and what a reader could not see.

CWE-150: a document, a file name or an answer must not move the cursor, set the clipboard (OSC 52),
hide a link (OSC 8) or turn the reading direction. The states are those of ECMA-48 and of Paul
Williams' parser for DEC terminals (vt100.net/emu/dec_ansi_parser), without the parts that act.
"""

from __future__ import annotations

import re
from typing import Literal

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

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # reading direction
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065"
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # no width, or no look
    "\U000e0000-\U000e0fff"  # tags and the supplementary variation selectors
    "]+"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class StreamCleaner:
    """`clean` over a text that comes in pieces, cut anywhere.

    The joined results of `feed` and `close` are `clean` of the joined pieces. Nothing is held back:
    only the kind of the open sequence is remembered. The time is linear in the text.
    """

    def __init__(self) -> None:
        self._state: _State = "text"
        self._room = LONGEST_SEQUENCE

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
        return "".join(shown)

    def close(self) -> str:
        """End the text: an open sequence is dropped, and the next `feed` begins a new text."""
        self._open("text")
        return ""

    def _open(self, state: _State) -> None:
        self._state = state
        self._room = LONGEST_SEQUENCE

    def _text(self, delta: str, at: int, shown: list[str]) -> int:
        introducer = _INTRODUCER.search(delta, at)
        end = introducer.start() if introducer else len(delta)
        shown.append(_SURROGATE.sub("\ufffd", _HIDDEN.sub("", delta[at:end])))
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


def clean(text: str) -> str:
    """Return `text` without anything that a terminal obeys or that cannot be seen.

    Escape sequences are removed whole, 7-bit and 8-bit, up to their end, the end of the line or
    `LONGEST_SEQUENCE` characters; control characters but tab and newline, marks of reading
    direction, tags and characters without width are removed; a surrogate becomes U+FFFD.
    """
    return StreamCleaner().feed(text)


def one_line(text: str) -> str:
    """Return `clean(text)` with every run of white space, newlines too, as one space."""
    return " ".join(clean(text).split())
