"""Superscripts and subscripts in plain text: 10^6 is not 106. Pure."""

from __future__ import annotations

import re

_POWER = re.compile(r"[-−–+]?\d{1,3}|[-−–+]?[a-z]{1,2}|[-−+]\d*|\d+[-−+]")
_BASE = re.compile(r"(?:[\d)\]}²³]|(?:^|[^^\W\d_])?\b[^\W\d_]{1,3})$")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|e|o|a|º|ª|TM|SM|®|™|©)\.?", re.IGNORECASE)
_SYMBOL = re.compile(r"(?:^|[^A-Za-z])(?:[A-Z][a-z]?\d*|\))+$|[A-Z][a-z]?$")


def raised(before: str, text: str) -> str:
    """Return a superscript for the words it follows: ^6 after a base, [1] where it is a note."""
    said = " ".join(text.split())
    if not said or not before.strip() or _ORDINAL.fullmatch(said):
        return text
    if _POWER.fullmatch(said) and _BASE.search(before):
        return f"^{said}"
    if re.fullmatch(r"\d{1,3}(?:[,–-]\s?\d{1,3})*|[*†‡§]|[a-z]", said):
        return said if said in "*†‡§" else f"[{said}]"
    return f"^{said}" if before[-1:].isalnum() and not said.startswith(("[", "(")) else text


def lowered(before: str, text: str) -> str:
    """Return a subscript for the words it follows: H2O, but x_i and log_2."""
    said = " ".join(text.split())
    if not said or not before[-1:].strip():
        return text
    if said.isdigit() and _SYMBOL.search(before):
        return said
    return f"_{said}" if len(said) <= 12 and re.fullmatch(r"[\w+−-]+", said) else text
