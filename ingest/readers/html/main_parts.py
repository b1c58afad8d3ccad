"""The parts of a web page that say what it is about: its main part, with the title above that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turbohtml import Document as Page
from turbohtml import Element, Text

from ingest.readers.html.unseen import Unseen

SCRAP = 200
"""Characters; a main part that is shorter than this, and than a quarter of the page, is not it."""
LONGEST_TOP = 800
"""Characters of a title with what belongs to it: a summary, names, a date."""
FEW_LINKS = 0.4
"""Of these characters, those of links."""

MOST_WORDS = 0.8
"""Of a heading, those that `<title>` has, too."""

_WORD = re.compile(r"\w+")


def main_parts(page: Page, unseen: Unseen) -> list[Element]:
    """Return the elements to read, in the order of the page: the main parts or its body."""
    body = page.find("body")
    mains = [
        element
        for element in page.select("main, [role=main]")
        if not any(unseen(part) for part in _around(element))
    ]
    outer = [main for main in mains if not any(part in mains for part in main.ancestors)]
    said = sum(_said(main) for main in outer)
    whole = _length(body, unseen) if body is not None else 0
    if said and (said >= SCRAP or 4 * said >= whole):
        return [*_top(page, outer, unseen), *outer]
    return [body] if body is not None else []


def _top(page: Page, mains: list[Element], unseen: Unseen) -> Iterator[Element]:
    """Yield what holds the title of the page, where that is above its main part: a heading that
    says most of `<title>`, which may have the name of the site, too.
    """
    if any(main.select_one("h1") is not None for main in mains):
        return
    named = page.select_one("head title")
    title = " ".join(named.text.split()).lower() if named is not None else ""
    known = set(_WORD.findall(title))
    for heading in page.select("h1"):
        words = set(_WORD.findall(heading.text.lower()))
        is_title = len(words & known) > MOST_WORDS * len(words)
        around = _around(heading)
        if is_title and 2 * _said(heading) >= len(title) and not any(map(unseen, around)):
            yield next(part for part in reversed(around) if _is_top(part, mains, unseen))
            return


def _is_top(element: Element, mains: list[Element], unseen: Unseen) -> bool:
    """Whether an element around a title holds what belongs to that, and nothing else."""
    if element.tag == "h1":
        return True
    if any(element in main.ancestors for main in mains):
        return False
    length = _length(element, unseen)
    linked = sum(_said(link) for link in element.select("a") if not unseen(link))
    return length <= LONGEST_TOP and linked <= FEW_LINKS * length


def _said(element: Element) -> int:
    return len(" ".join(element.text.split()))


def _length(body: Element, unseen: Unseen) -> int:
    """Return the characters of an element without its chrome."""
    length = 0
    pending = [body]
    while pending:
        for child in pending.pop().children:
            if isinstance(child, Text):
                length += len(" ".join(child.data.split()))
            elif isinstance(child, Element) and not unseen(child):
                pending.append(child)
    return length


def _around(element: Element) -> list[Element]:
    above = (part for part in element.ancestors if isinstance(part, Element))
    return [element, *(part for part in above if part.tag != "html")]
