"""Links of an answer that none of its texts has: invented, or meant to leak data; pure.

A document cannot make Claude open an address, but it can make it write one that contains what was
said, for the user to click on (OWASP LLM05). An answer is therefore searched as it is shown:
`https:\\/\\/`, `https:&sol;/` and a hidden character between the slashes all show an address.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from ragchat.cleaning import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BEGIN = (
    r"(?<![a-z0-9+.-])(?:https?:[/\\]+(?=\w)|[a-z][a-z0-9+.-]{1,20}://|//(?=[a-z0-9-]+\.[a-z])"
    r"|www\.|mailto:|data:\w)"
)
_LINK = re.compile(_BEGIN + r"[^\s<>\"`]{1,4096}")
# As Markdown and code have them, where these signs end an address as often as not.
_NARROW = re.compile(_BEGIN + r"[^\s<>\"`|\\^{}\[\]]{1,4096}")
_LIKELY = re.compile(r"[.:/\\&]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_AFTER = ".,;:!?'*_~…’”|\\^"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_MARKS = re.compile(rf"(?:\[\d{{1,2}}\]){{1,2}}[{re.escape(_AFTER)})\]}}]*$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SAME = re.compile(r"(?:https?:)?[/\\]*(?:www\.)?")


def links_of(text: str) -> list[str]:
    """Return the addresses in a Markdown text, each once, in lower case, without the marks around
    them.
    """
    return list(dict.fromkeys(_found(_LINK, _shown(text))))


def strange_links(answer: str, given: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses in an answer that none of the given texts has as a whole. The site of an
    address in a text counts as given.
    """
    links = links_of(answer)
    known = {_key(link) for text in given for link in _written(text)} if links else set()
    known |= {re.split("[/?#]", host)[0] for host in known}
    return tuple(link for link in links if _key(link) not in known)


def _written(text: str) -> Iterator[str]:
    """Yield the addresses in a text of any kind, in each way it can be read."""
    for reading in (text, html.unescape(_ESCAPED.sub(r"\1", text))):
        yield from _found(_LINK, clean(reading))
        yield from _found(_NARROW, clean(reading))


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (_bare(found[0]) for found in pattern.finditer(text.casefold()))


def _shown(text: str) -> str:
    """Return the words of a Markdown text, each link with its address behind it.

    Paragraphs that cannot hold an address are passed over: parsing takes 50 µs for each.
    """
    parts: list[str] = []
    addresses: list[str] = []
    likely = "\n\n".join(filter(_LIKELY.search, _BLANK_LINES.split(clean(text))))
    for block in _parser().parse(likely):
        for token in block.children or [block]:
            if token.type == "link_open" and token.info != "auto":
                addresses.append(str(token.attrs["href"]))
            elif token.type == "link_close" and token.info != "auto":
                parts.append(f" {addresses.pop()} ")
            elif token.type == "image":
                parts.append(f"{token.content} {token.attrs['src']} ")
            else:
                parts.append("\n" if token.type.endswith("break") else token.content)
        parts.append("\n" * (block.nesting <= 0))
    return clean("".join(parts))


@cache
def _parser() -> MarkdownIt:
    """A parser of what the terminal shows. Tables stay as they are written, and addresses."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").disable("reference")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def _bare(link: str) -> str:
    """Remove the full stop of a sentence, and the numbers of sources."""
    return _trimmed(_MARKS.sub("", link)).removesuffix("/")


def _trimmed(link: str) -> str:
    """Remove punctuation at the end; a bracket stays if it was opened within the link."""
    while link:
        opened = _BRACKETS.get(link[-1])
        if link[-1] not in _AFTER and not opened:
            break
        if opened and link.count(opened) >= link.count(link[-1]):
            break
        link = link[:-1]
    return link


def _key(link: str) -> str:
    """Return the part that all ways of writing an address have in common."""
    return _SAME.sub("", link, count=1)
