"""Formulas of MathML on one line: (a+b)/2, x_i^2, √(b), ∑_(i=1)^n, [a, b; c, d]."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from turbohtml import Element

_BETWEEN = {"msup": "^", "msub": "_", "mover": "^", "munder": "_"}
_UNSEEN = frozenset(("annotation", "annotation-xml", "mphantom", "mprescripts", "none"))
_ACCENTS = frozenset("˙¨˜~^ˆ¯‾→⃗ˇ´`_‗︷⏞⏟︸―")
"""Signs over or under a letter, which follow it."""
_RELATIONS = frozenset("=<>≤≥≠≈≡∼∝∈→⇒⇔")
_SIMPLE = re.compile(r"[\w.,′∞…]+|[−+-]?[∂∆∇]?\w{1,2}|\w+[_^]\w+|\([^()]*\)|\[[^\[\]]*\]")


def in_line(tag: Element) -> str:
    """Return a formula of MathML, or a part of one."""
    parts = _parts(tag)
    shape = _SHAPES.get(tag.tag)
    if shape is not None:
        return shape(parts)
    operator = _BETWEEN.get(tag.tag)
    if operator and len(parts) == 2 and all(parts):
        return _scripts(parts[0], operator, parts[1])
    if tag.tag == "mfrac":
        bar = str(tag.attrs.get("linethickness") or "1")
        is_bare = re.match(r"0(?!\.?[1-9])", bar) is not None
        return f"({' over '.join(parts)})" if is_bare else "/".join(map(_whole, parts))
    if tag.tag == "mfenced":
        begin, end = str(tag.attrs.get("open") or "("), str(tag.attrs.get("close") or ")")
        return f"{begin}{', '.join(parts)}{end}"
    return "".join(parts)


def _parts(tag: Element) -> list[str]:
    """Return the children of an element, an empty one where it has a place of its own."""
    found = []
    for child in tag.children:
        if isinstance(child, Element):
            if child.tag not in _UNSEEN:
                found.append(in_line(child))
        elif words := " ".join(child.text.split()):
            found.append(words)
    return found


def _scripts(base: str, operator: str, script: str) -> str:
    if script in _ACCENTS:
        return f"{base}{script}"
    return f"{_base(base)}{operator}{_whole(script)}"


def _both(parts: Sequence[str]) -> str:
    """Return a base with what is below and above it."""
    base, low, high = [*parts, "", "", ""][:3]
    low = f"_{_whole(low)}" if low else ""
    return f"{_base(base)}{low}^{_whole(high)}" if high else f"{_base(base)}{low}"


def _root(parts: Sequence[str]) -> str:
    base, degree = [*parts, "", ""][:2]
    return f"√^{_whole(degree)}({base})" if degree else f"√({base})"


def _row(parts: Sequence[str]) -> str:
    """Return a row of a matrix, or an equation that is aligned at its sign."""
    is_equation = any(part[:1] in _RELATIONS for part in parts if part)
    return ("" if is_equation else ", ").join(parts)


def _whole(text: str) -> str:
    """Return a part in brackets, unless it is one thing."""
    return f"({text})" if text and not _SIMPLE.fullmatch(text) else text


def _base(text: str) -> str:
    """Return what a script is for; names and signs need no brackets."""
    return _whole(text) if re.search(r"[\w)][-+−*/=·×][\w(]", text) else text


_SHAPES: dict[str, Callable[[Sequence[str]], str]] = {
    "msqrt": lambda parts: f"√({''.join(parts)})",
    "mroot": _root,
    "msubsup": _both,
    "munderover": _both,
    "mtable": "; ".join,
    "mtr": _row,
    "mlabeledtr": _row,
}
