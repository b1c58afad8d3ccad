"""Names in Latin letters as the Cyrillic script may have them; pure.

Who reads English asks for "Fyodor Lopatin" of texts that have "Фёдор Лопатин". Only names are
spelled so: other words mean what they mean in one language.
"""

from __future__ import annotations

import re
from itertools import islice, product

_SOUNDS: tuple[tuple[str, str], ...] = (
    *(("shch", "щ"), ("skyi", "ський ский"), ("sky", "ский ський"), ("skiy", "ский")),
    *(("oy", "ой"), ("ay", "ай"), ("ey", "ей")),
    *(("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш")),
    *(("yo", "ё"), ("jo", "ё"), ("io", "ё ио"), ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я")),
    *(
        ("ja", "я"),
        ("ia", "я ия"),
        ("ye", "е є"),
        ("yi", "ї"),
        ("je", "е"),
        ("iy", "ий"),
        ("ij", "ий"),
    ),
    *(("x", "кс"), ("w", "в"), ("ph", "ф"), ("ck", "к"), ("th", "т"), ("q", "к")),
    *zip("abdfklmnoprstuvz", "абдфклмнопрстувз", strict=True),
    *(
        ("g", "г ґ"),
        ("h", "г х"),
        ("e", "е э"),
        ("i", "и і"),
        ("y", "ы и й"),
        ("c", "к ц"),
        ("j", "дж й"),
    ),
)
"""Sounds by the letters that stand for them, the longest first, with what they may be."""
_SOUND = re.compile("|".join(letters for letters, _ in _SOUNDS))
_MEANT = {letters: tuple(meant.split()) for letters, meant in _SOUNDS}
MOST = 24
"""Spellings of a name that are looked up."""
_NAME = re.compile(r"[a-z]{3,20}")


def cyrillic_spellings(word: str) -> tuple[str, ...]:
    """Return how a name in small Latin letters may be written in Cyrillic ones, the likeliest
    first; nothing for other words.
    """
    if not _NAME.fullmatch(word):
        return ()
    sounds = [_MEANT[sound] for sound in _SOUND.findall(word)]
    return tuple(map("".join, islice(product(*sounds), MOST)))
