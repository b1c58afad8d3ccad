"""Words of the Cyrillic script as they sound in Latin letters; pure.

Names of programs, firms and people are asked for as they are spoken ("докер", "линукс") of texts
that write them in their own letters.
"""

from __future__ import annotations

import re

_LETTERS = str.maketrans(
    dict(zip("абвгґдезийклмнопрстуфхыэјіѐљњ", "abvggdeziiklmnoprstufhyejieln", strict=True))
    | {"ё": "e", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": ""}
    | {"ю": "yu", "я": "ya", "ї": "yi", "є": "ye", "ў": "u", "џ": "dzh", "ђ": "dj", "ћ": "c"}
)
_OTHERWISE = (("ks", "x"), ("dzh", "j"), ("v", "w"), ("k", "c"))
"""What the same sound may be written with."""
_CYRILLIC = re.compile("[\u0400-\u052f]")


def latin_spellings(word: str) -> tuple[str, ...]:
    """Return how a word in small Cyrillic letters may be written in Latin ones; nothing for
    others.
    """
    if not _CYRILLIC.match(word):
        return ()
    spelled = word.translate(_LETTERS)
    if not spelled.isascii():
        return ()
    others = [spelled.replace(sound, letters) for sound, letters in _OTHERWISE]
    return tuple(dict.fromkeys((spelled, *others)))
