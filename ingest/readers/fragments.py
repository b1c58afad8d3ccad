"""Fragments of the HTML that readers make of other formats, as one line. Pure."""

from __future__ import annotations

import re

_PARAGRAPH = re.compile(r"<p(\s[^<>]*)?>")
_EMPTY = re.compile(r"<span(?:\s[^<>]*)?></span>")
_TAG = re.compile(r"<[^<>]*>")


def plain(text: str) -> str:
    """Return a fragment as one line of text."""
    return " ".join(_TAG.sub(" ", text).split())


def inline(text: str) -> str:
    """Return the paragraphs of a fragment as one, their ends as line breaks."""
    text = _PARAGRAPH.sub(lambda found: f"<span{found[1]}>" if found[1] else "<span>", text)
    text = text.replace("</p>", "</span><br>").strip().removesuffix("<br>")
    return _EMPTY.sub("", text)
