"""Letters of TeX's T1 fonts (Cork encoding) in a PDF that does not say which they are.

pdfLaTeX sets `\\usepackage[T1]{fontenc}` in bitmap fonts unless others are installed. Their letters
have codes and no names, and a reader of the PDF takes the codes for Latin-1: "wzięło" comes as
"wzi¦ªo". English, and nearly all of French and German, have the same codes in both.
"""

from __future__ import annotations

import re

_CORK = dict(
    zip(
        range(0x80, 0xC0),
        "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£",
        strict=True,
    )
)
_CORK |= {0x17: "\u200c", 0x19: "ı", 0xD7: "Œ", 0xDF: "ẞ", 0xF7: "œ", 0xFF: "ß"}
_INSIDE = re.compile(
    r"(?<=[a-zà-öø-ÿ])[\x19\x80-\x84\x86-\x90\x98-\x9f¡-§©-¬®±-³¶¹º»¼]+(?=[a-zà-öø-ÿ])"
)
"""Signs that are never between small letters. Without those that are in other texts: cp1252's
quotes and dashes, TeX's separate accents, and the dot of Catalan."""
_ENOUGH = 3
"""Words with such signs on a page; a damaged page has one or two."""


def with_tex_letters(text: str) -> str:
    """Return the text of a page with the letters of T1 fonts, one for each, if it has such."""
    found = sum(1 for _ in zip(range(_ENOUGH), _INSIDE.finditer(text), strict=False))
    return text.translate(_CORK) if found == _ENOUGH else text
