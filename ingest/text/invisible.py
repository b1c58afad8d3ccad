"""Characters that a reader cannot see, as classes of regular expressions: one table for what is
stored and for what is shown.

Zero-width joiners and non-joiners are not in the classes: some scripts and emoji need them, which
`joins` decides by the characters beside them.
"""

from __future__ import annotations

import re

CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
"""C0 but for tab, newline and carriage return; DEL; C1."""
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks of reading direction."""
NO_WIDTH = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
TAGS = "\U000e0000-\U000e0fff"
"""Tags and the supplementary variation selectors: they spell bytes."""
HIDDEN = f"{CONTROLS}{DIRECTION}{NO_WIDTH}{TAGS}"

SELECTORS = "\ufe00-\ufe0f"
"""One of these chooses how the character before it looks; a row of them spells bytes."""
ZWNJ, ZWJ = "\u200c", "\u200d"
JOINERS = f"{ZWNJ}{ZWJ}"

# Joiners shape words of these scripts and join emoji; after a virama a ZWJ may end the word.
# https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
_LETTER = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc]"
)
_VIRAMA = re.compile("[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]")
_EMOJI = re.compile(f"[\u2190-\u2bff\u3030\u303d\u3297\u3299{SELECTORS}\U0001f000-\U0001faff]")


def joins(before: str, joiner: str, after: str) -> bool:
    """Return whether a joiner shapes the characters on both its sides, "" at the ends of a text."""
    if _LETTER.match(before) and _LETTER.match(after):
        return True
    return joiner == ZWJ and bool(
        _VIRAMA.match(before) or (_EMOJI.match(before) and _EMOJI.match(after))
    )
