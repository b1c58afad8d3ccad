"""Texts as models take them."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Return a text with `?` in place of each lone surrogate, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
