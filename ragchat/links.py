"""Links of an answer that nothing it was given holds: made up, or to carry something away; pure.

A document cannot make Claude open an address, but it can ask it to write one that holds what was
said, for the person to click on (OWASP LLM05).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINK = re.compile(
    r"(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{1,20}://|//(?=[a-z0-9-]+\.[a-z])|www\.|mailto:|data:\w)"
    r"[^\s<>\"`|\\^{}\[\]]+"
)
_AFTER = ".,;:!?'*_~…’”)"


def links_of(text: str) -> list[str]:
    """The addresses in a text, each once, in small letters, without the marks around them."""
    return list(dict.fromkeys(_bare(found[0]) for found in _LINK.finditer(text.casefold())))


def strange_links(answer: str, given: Iterable[str]) -> tuple[str, ...]:
    """The addresses in an answer that stand in none of the texts that it was given."""
    known = "\n".join(given).casefold()
    return tuple(link for link in links_of(answer) if link not in known)


def _bare(link: str) -> str:
    """Without the point of a sentence; a bracket stays if it was opened within the link."""
    while link and link[-1] in _AFTER:
        if link[-1] == ")" and link.count("(") >= link.count(")"):
            break
        link = link[:-1]
    return link.removesuffix("/")
