"""The encoding of a text, by the letters and the short words of its language. Pure.

A byte of 0x80 to 0xFF is another letter in each encoding of one byte a character. The one is right
in which all of them are letters of one language, small ones within words, and marks where marks can
be.
"""

from __future__ import annotations

import re
from functools import cache
from math import log
from typing import NamedTuple
from unicodedata import combining

SAMPLE = 4_000
"""Bytes from which an encoding is told."""

_WESTERN = ("cp1252", "cp850", "mac_roman")
_CENTRAL = ("cp1250", "iso8859_2", "cp852", "mac_latin2")
_BALTIC = ("cp1257", "iso8859_4", "cp775")
_TURKISH = ("cp1254", "cp857")
_CYRILLIC = ("cp1251", "koi8_u", "cp866")
# A line a language: its family of encodings, its letters that are not ASCII with their share in the
# Universal Declaration of Human Rights (%, at least 1), and common short words in ASCII. "xx" are
# names and words from elsewhere.
_LANGUAGES = """
de w ä33 ü32 ö20 ß14 é1 | der die und das ist nicht ein von zu mit den auf im
fr w é71 à17 ê6 è3 ù2 â2 ô1 û1 ç2 î1 œ1 ï1 ë1 | le la les de des et est un une du que pour dans
es w ó36 í26 á18 ú5 é8 ñ6 ü1 | el la los de que y en un una por con del se
pt w ç20 ã19 í10 é8 à5 õ6 á7 ê4 ó4 ú2 â2 ü1 | o a os de que e do da em um para com se
it w à62 è14 ù6 é5 ò9 ì5 î1 | il la di che e un una per non con del della
nl w ë60 é20 ï12 ö3 ü3 è2 | de het een en van is dat niet op te in
da w æ38 å33 ø28 é1 | og er det en af til der som ikke med for den
no w å52 ø30 æ14 é2 ò1 ô1 | og er det en av til som ikke med for den
sv w ä50 ö26 å22 é2 | och att det en som av till inte med den
fi w ä88 ö10 å1 | ja on ei se joka tai oli kun
is w ð29 þ13 á13 í10 é8 ó8 ö7 æ6 ú3 ý2 | og er en til sem af hann ekki
ca w ó27 é20 à17 è9 í10 ú6 ç5 ò5 ï2 ·1 ü1 | el la els de que i en un una per amb
gl w ó38 á20 ú10 í12 ñ9 é5 ï1 | o a os de que e do da en un unha para
ga w á30 í27 ú14 é14 ó13 | agus an na le ar go is
sq w ë85 ç12 | dhe i e në me se
en w é45 ï8 è8 ñ8 ö6 ü6 ç5 á4 ó4 ê2 ô2 | the of and to in is that for
xx w é8 è4 à4 ä4 ö4 ü4 á4 ó4 í4 ñ4 ç4 å3 ø3 ß2 ã2 õ1 ê2 ô2 â2 î1 û1 ú2 ï1 ë2 æ2 ò1 ù1 ì1 ý1 ÿ1 œ1 |
pl c ł24 ż13 ą14 ó12 ś12 ę11 ć6 ń4 ź1 | i w z na do nie jest to o przez
cs c á24 í19 é9 ě9 ý8 ž8 č7 ř6 š5 ů4 ú2 ť1 ň1 ď1 ó1 | a v na se je to s z do o by
sk c á25 ý11 ž9 č9 é9 ú8 ť7 š6 í8 ľ4 ô2 ň1 ď1 ä1 ĺ1 ó1 | a v na sa je to s z do o by
hu c é34 á30 ő7 ö8 ü6 ó8 í4 ű2 ú1 | a az egy nem hogy van meg
hr c č32 š21 ž18 ć18 đ9 | i u je na se da za su od s
sl c č42 š29 ž27 ć1 đ1 | in je na v se da za so od
ro c ă39 ţ20 ş17 î16 â8 | de la cu pe un o nu este care din
lt b ė21 ų14 ą11 ž11 š14 į9 ę5 ū7 č4 | ir kad su yra tai kaip o bet turi
lv b ī26 ā33 ē11 š11 ņ4 ū5 ļ4 ģ1 ķ1 ž2 č1 | un ir ar no uz par to ka
et b õ40 ä26 ü23 ö6 š1 ž1 | ja on ei et see kui oma
vi v ̣15 ̀15 ́14 ư10 ê10 đ7 ô7 ơ7 ̉7 â5 ̃3 ă1 | cho trong theo con hay khi
tr t ı42 ş17 ü15 ç9 ğ9 ö6 â1 İ1 | ve bir bu ile da de her
ru y о11 е9 и9 а8 н7 т6 в6 с6 р4 л4 д3 п3 м3 к3 я2 у2 б2 ы2 ь2 г2 ч2 ж1 й1 з1 х1 ю1 щ1 ц1 ш1 э1 ф1 |
uk y о10 а9 н9 і6 и6 в6 т5 р4 с4 е4 д4 у3 п3 л3 я3 м2 к2 б2 з2 ю2 г1 ь1 ж1 х1 ч1 ї1 ц1 й1 є1 ш1 щ1 |
bg y а12 о10 и10 е9 н8 в7 т7 с5 р5 д4 к3 л3 п3 б2 з2 ч2 я2 м1 ъ1 у1 г1 ж1 щ1 ц1 й1 х1 ш1 ю1 |
sr y а13 о10 и9 е7 н6 в5 р5 у5 с5 т4 д4 п3 к3 м3 л3 ј2 б2 з2 ч1 њ1 г1 ш1 ц1 љ1 ж1 х1 ђ1 ћ1 |
be y а18 н8 ы5 і5 р4 в4 е4 о4 с4 д3 я3 л3 к3 п3 ц3 у3 м3 т3 б2 з2 ў2 г2 ч2 ь1 х1 ж1 ю1 й1 э1 ш1 ё1 |
el g α11 ι8 ε7 τ7 ο7 ν6 κ5 ρ4 σ4 η4 π4 ς3 υ3 ί3 μ3 δ2 λ2 θ2 ω2 έ2 ά2 ή2 ό1 γ1 χ1 ώ1 ύ1 ξ1 φ1 β1 ζ1 |
he h ו14 י11 ה8 ל8 א6 ת6 ב5 ש4 ר4 כ4 ד3 מ3 ע3 ח3 ם3 נ3 ז2 פ2 ס1 ן1 ק1 ג1 צ1 ט1 ף1 ך1 |
ar a ا16 ل12 ي7 م6 و6 ت5 ن4 ة4 ر4 ع4 د3 ق3 أ3 ح3 ه3 ف2 ب2 س2 ك2 ج1 إ1 ش1 خ1 ض1 ص1 ى1 ذ1 ز1 ط1 ء1 |
fa a ا15 د9 ي8 ر8 م7 و7 ه6 ن6 ت5 ب4 ك3 ق3 س2 ش2 ل2 ع2 ح2 ز2 ج1 خ1 آ1 ف1 گ1 ص1 ض1 ط1 ئ1 چ1 ذ1 پ1 ظ1 |
"""
_FAMILIES = {"w": _WESTERN, "c": _CENTRAL, "b": _BALTIC, "t": _TURKISH, "v": ("cp1258",)}
_FAMILIES |= {"y": _CYRILLIC, "g": ("cp1253",), "h": ("cp1255",), "a": ("cp1256",)}
# Logarithms: how much likelier an encoding is before a letter was read.
_PRIORS = {
    "cp1252": 0.0,
    "cp1258": -1.2,
    "cp1250": -0.9,
    "cp1257": -1.2,
    "cp1254": -1.2,
    "cp1251": -1.0,
    "cp1253": -1.0,
    "cp1255": -1.0,
    "cp1256": -1.0,
    "koi8_u": -1.5,
    "cp866": -2.0,
    "iso8859_2": -2.0,
}
_RARE = -4.0
"""Prior of all others: of old systems."""
_STRANGER = 0.002
"""Share of a letter that a language does not have."""
_WORD = 0.7
"""For each short word of the language."""
_MOST_WORDS = 8
_CAPITAL, _CAPITAL_WITHIN = -1.0, -4.0
_MARK, _MARK_WITHIN = -1.5, -7.0

_AS_LETTERS = bytes(byte if byte < 0x80 else 0xFF for byte in range(256))  # ÿ
_ASCII_WORD = re.compile(r"(?<!\w)[a-z]{1,6}(?!\w)")
_FINALS = frozenset("ςךםןףץةى")
_MARKS = {
    "start": frozenset("“„‘‚«»¿¡‹›–—§©"),
    "end": frozenset("”’“»«…®™°%‹›ªº—–€"),
    "number": frozenset("°€¤£½¼¾²³±×§º·µ¹‰ª"),
    "between": frozenset("’·\xad‘"),
}


class _Language(NamedTuple):
    latin: bool
    codecs: tuple[str, ...]
    letters: dict[str, float]
    words: frozenset[str]


def encoding_of(raw: bytes, *, latin: bool = True) -> str:
    """Return the likeliest codec of a text that is not UTF-8; with `latin`, of those for Latin
    letters alone.
    """
    raw = raw[:SAMPLE]
    words = set(_ASCII_WORD.findall(raw.translate(_AS_LETTERS).decode("latin-1").lower()))
    best, most = "cp1252", float("-inf")
    texts: dict[str, list[tuple[str, float]]] = {}
    for language in _languages():
        if latin and not language.latin:
            continue
        known = min(len(words & language.words), _MOST_WORDS) * _WORD
        for codec in language.codecs:
            signs = texts.get(codec) or texts.setdefault(
                codec, _signs(raw.decode(codec, "replace"))
            )
            score = _PRIORS.get(codec, _RARE) + known
            score += sum(
                by + (log(language.letters.get(sign, _STRANGER)) if sign else 0)
                for sign, by in signs
            )
            if score > most:
                best, most = codec, score
    return best


def _signs(text: str) -> list[tuple[str, float]]:
    """Return the letters that are not ASCII, in small letters, with what speaks against each by its
    place; of marks "" and how little they fit.
    """
    found = []
    for at, sign in enumerate(text):
        if sign.isascii() or sign == "\xa0":
            continue
        before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
        if (sign.isalpha() and sign not in "ªº") or combining(sign):
            found.append((sign.lower()[:1], _against(sign, before, after)))
        else:
            found.append(("", _MARK if _fits(sign, before, after) else _MARK_WITHIN))
    return found


def _against(letter: str, before: str, after: str) -> float:
    """Return what speaks against a letter at its place: a capital, or one for the end of words."""
    if letter in _FINALS and after.isalpha():
        return _CAPITAL_WITHIN
    if not letter.isupper():
        return 0.0
    return _CAPITAL_WITHIN if before.islower() else _CAPITAL


def _fits(mark: str, before: str, after: str) -> bool:
    if before.isalpha() and after.isalpha():
        return mark in _MARKS["between"]
    return (
        (mark in _MARKS["start"] and not before.isalnum())
        or (mark in _MARKS["end"] and not after.isalnum())
        or (mark in _MARKS["number"] and (before.isdigit() or after.isdigit()))
    )


@cache
def _languages() -> tuple[_Language, ...]:
    found = []
    for line in _LANGUAGES.strip().split("\n"):
        head, _, words = line.partition("|")
        _, family, *letters = head.split()
        shares = {letter[0]: int(letter[1:]) / 100 for letter in letters}
        found.append(
            _Language(family in "wcbtv", _FAMILIES[family], shares, frozenset(words.split()))
        )
    return tuple(found)
