"""The numbers of lists and headings in a Word document, which it does not write but counts.

ECMA-376, part 1, 17.9 (numbering).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.readers.numerals import roman
from ingest.readers.opc import is_on
from ingest.readers.xml import events

DEEPEST = 9
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting"
    " taiwaneseCountingThousand ideographDigital koreanDigital2".split()
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ALPHABETS = {
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "hebrew1": "אבגדהוזחטי",
    "arabicAbjad": "أبجدهوزحطي",
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテト",
    "ganada": "가나다라마바사아자차카타파하",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(slots=True)
class Level:
    """A level of a list: "%1.%2." shows the numbers of the first two levels."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False  # all numbers of a label are decimal


@dataclass(slots=True)
class Numbers:
    """Counts the paragraphs of all lists as they come."""

    levels: dict[int, dict[int, Level]] = field(default_factory=dict)  # by abstract list
    lists: dict[int, int] = field(default_factory=dict)  # list to abstract list
    _counts: dict[int, list[int | None]] = field(default_factory=dict)  # by abstract list
    restarted: dict[int, dict[int, int]] = field(default_factory=dict)  # starts of one list

    def is_blank(self, number: int, depth: int) -> bool:
        """Whether a list marks its paragraphs with nothing: they go on with an item above."""
        level = self.levels.get(self.lists.get(number, -1), {}).get(depth)
        return level is not None and level.form == "bullet" and level.text.isspace()

    def label(self, number: int, depth: int) -> str:
        """Return the number before the next paragraph of a list; "" for a bullet or none."""
        abstract = self.lists.get(number, -1)
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, [None] * DEEPEST)
        for at, start in self.restarted.pop(number, {}).items():
            counts[at] = start - 1
        now = counts[depth]
        counts[depth] = level.start if now is None else now + 1
        counts[depth + 1 :] = [None] * (DEEPEST - depth - 1)
        if level.form in ("bullet", "none"):
            return ""
        text = level.text or f"%{depth + 1}."
        for at in range(DEEPEST):
            if f"%{at + 1}" in text:
                own = levels.get(at, Level())
                count = counts[at]
                form = "decimal" if level.legal else own.form
                shown = _shown(own.start if count is None else count, form)
                text = text.replace(f"%{at + 1}", shown)
        return text.strip()


def numbers(raw: bytes) -> Numbers:
    """Return the lists of `word/numbering.xml`."""
    found = Numbers()
    abstract = number = at = -1
    for kind, tag, of in events(raw):
        if kind != "open":
            continue
        if tag == "abstractNum":
            abstract, number = _integer(of.get("abstractNumId")), -1
        elif tag == "num":
            number, abstract = _integer(of.get("numId")), -1
        elif tag in ("lvl", "lvlOverride"):
            at = min(_integer(of.get("ilvl")), DEEPEST - 1)
            if tag == "lvl" and abstract >= 0:
                found.levels.setdefault(abstract, {})[at] = Level()
        elif number >= 0:
            _note_list(found, number, at, tag, of.get("val", ""))
        elif abstract >= 0:
            _note(found.levels.get(abstract, {}).get(at), tag, of.get("val", ""))
    return found


def _note_list(found: Numbers, number: int, at: int, tag: str, value: str) -> None:
    if tag == "abstractNumId":
        found.lists[number] = _integer(value)
    elif tag == "startOverride" and at >= 0:
        found.restarted.setdefault(number, {})[at] = _integer(value)


def _note(level: Level | None, tag: str, value: str) -> None:
    if level is None:
        return
    if tag == "start":
        level.start = _integer(value)
    elif tag == "numFmt":
        level.form = value
    elif tag == "lvlText":
        level.text = value[:40]
    elif tag == "isLgl":
        level.legal = is_on(value)


def _integer(value: str | None) -> int:
    return int(value[:7]) if value and value.isdecimal() else 0


def _shown(number: int, form: str) -> str:
    """Return a number as its list writes it: 4, d, IV."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return roman(number).upper() if form == "upperRoman" else roman(number)
    if form in _ALPHABETS and 0 < number <= len(_ALPHABETS[form]):
        return _ALPHABETS[form][number - 1]
    if form in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return (_DIGITS[tens] if tens > 1 else "") + "十" * bool(tens) + _DIGITS[ones] * bool(ones)
    if form == "ordinal":
        teens = number // 10 % 10 == 1
        return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"
    return f"{number:02}" if form == "decimalZero" else str(number)
