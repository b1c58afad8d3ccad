"""Web components: what a page that was saved shows inside of elements of its own.

https://html.spec.whatwg.org/multipage/scripting.html#attr-template-shadowrootmode
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from turbohtml import Document, Element

SHADOW = "x-shadow"
"""What the inside of a component (`<template shadowrootmode>`) is called here: as long a name, so
that all stays in its place.
"""
_TEMPLATE = re.compile(r"<(/?)template\b([^<>]*)>", re.IGNORECASE)


def with_components(text: str) -> str:
    """Return a page with the insides of its components, which a parser sets apart, as elements."""
    if "shadowroot" not in text:
        return text
    open_: list[bool] = []

    def named(tag: re.Match[str]) -> str:
        if tag[1]:
            shown = open_.pop() if open_ else False
        else:
            shown = "shadowroot" in tag[2]
            open_.append(shown)
        return f"<{tag[1]}{SHADOW}{tag[2]}>" if shown else tag[0]

    return _TEMPLATE.sub(named, text)


def unslotted(page: Document) -> Iterator[tuple[int, int] | None]:
    """Yield the places of elements within components that have no room for them: they are not
    shown.
    """
    for shadow in page.select(SHADOW):
        if shadow.find("slot") is None and isinstance(shadow.parent, Element):
            for child in shadow.parent.children:
                if isinstance(child, Element) and child.tag != SHADOW:
                    yield child.position
