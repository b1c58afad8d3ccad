"""Formulas of office files on one line: (a+b)/2, x^2, √(b), ∑_(i=1)^n i.

ECMA-376, part 1, 22.1 (Office Math).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PARTS = frozenset("num den sub sup deg e lim fName mr".split())
_STRUCTURES = frozenset(
    "f sSup sSub sSubSup sPre rad nary d m eqArr func limLow limUpp acc bar groupChr".split()
)
_SIGNS = frozenset("chr begChr endChr sepChr".split())
_SIMPLE = re.compile(r"[\w.,′∞]+|[(\[{][^()\[\]{}]*[)\]}]")


@dataclass(slots=True)
class _Open:
    """A structure or a part of one that is open; `start` is where its words begin."""

    tag: str
    start: int
    parts: list[tuple[str, str]] = field(default_factory=list)
    signs: dict[str, str] = field(default_factory=dict)


class Formulas:
    """Takes in the tags of formulas; the words are in the list of what is around them."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def start(self, tag: str, of: Mapping[str, str], words: list[str]) -> bool:
        """Take in a tag that opens; False if it is not of a formula."""
        if tag == "oMath" or (self._open and tag in _PARTS | _STRUCTURES):
            self._open.append(_Open(tag, len(words)))
        elif self._open and tag in _SIGNS:
            self._open[-1].signs[tag] = of.get("val", "")
        else:
            return False
        return True

    def end(self, tag: str, words: list[str]) -> bool:
        """Take in a tag that closes; False if it is not of a formula."""
        if not self._open or self._open[-1].tag != tag:
            return False
        done = self._open.pop()
        text = _shown(done) if tag in _STRUCTURES or tag == "mr" else "".join(words[done.start :])
        del words[done.start :]
        if tag in _PARTS and self._open:
            self._open[-1].parts.append((tag, text.strip()))
        else:
            words.append(text)
        return True


def _shown(done: _Open) -> str:
    """Return a structure in words; parts that it does not have are empty."""
    texts = [text for tag, text in done.parts if tag in ("e", "mr")]
    of = {tag: text for tag, text in done.parts if text}
    base = of.get("e", "")
    raised = f"_{_whole(of['sub'])}" if "sub" in of else ""
    raised += f"^{_whole(of['sup'])}" if "sup" in of else ""
    match done.tag:
        case "f":
            return f"{_whole(of.get('num', ''))}/{_whole(of.get('den', ''))}"
        case "sPre":
            return f"{raised}{base}"
        case "rad":
            degree = f"^{of['deg']}" if "deg" in of else ""
            return f"√{degree}({base})"
        case "nary":
            return f"{done.signs.get('chr', '∫')}{raised} {base}"
        case "d":
            between = done.signs.get("sepChr", "|")
            return f"{done.signs.get('begChr', '(')}{between.join(texts)}" + done.signs.get(
                "endChr", ")"
            )
        case "m" | "eqArr":
            return f"[{'; '.join(texts)}]" if done.tag == "m" else "; ".join(texts)
        case "mr":
            return ", ".join(texts)
        case "func":
            return f"{of.get('fName', '')} {base}"
        case "limLow" | "limUpp":
            return f"{base}{'_' if done.tag == 'limLow' else '^'}{_whole(of.get('lim', ''))}"
        case _:
            return f"{base}{raised}"


def _whole(text: str) -> str:
    """Return a part in brackets, unless it is one thing."""
    return f"({text})" if text and not _SIMPLE.fullmatch(text) else text
