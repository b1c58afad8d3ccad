"""The pages of the handbook, which are installed with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MOST_PAGES = 5
"""Pages that a topic finds."""

_PACKAGED = Path(__file__).parents[1] / "handbook"
_SOURCES = Path(__file__).parents[2] / "data" / "docs"


@dataclass(frozen=True, slots=True)
class Page:
    """A page; `name` is that of its file without its number."""

    number: int
    name: str
    title: str
    text: str


def pages() -> list[Page]:
    """Return all pages in order; none where the handbook is not installed."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _SOURCES
    return [_page(path) for path in sorted(folder.glob("[0-9][0-9]-*.md"))]


def find(topic: str, among: list[Page]) -> list[Page]:
    """Return the pages on a topic, the likeliest first: a number, a name, words of a title, of a
    heading or of the text, a setting, or a command.

    The most exact kind of match wins: a page of that name hides the pages that mention it.
    """
    wanted = topic.strip().lower().removesuffix(".md")
    number = re.fullmatch(r"(\d+)(-.*)?", wanted)
    if number:
        return [page for page in among if page.number == int(number[1])]
    spaced = wanted.replace("-", " ").replace("_", " ")
    for mentions in (
        lambda page: wanted == page.name,
        lambda page: spaced in page.title.lower() or wanted in page.name,
        lambda page: _headings(spaced, page.text) + page.text.count(f"`ragchat {wanted}"),
        lambda page: _explains_setting(wanted.replace("-", "_"), page),
        lambda page: page.text.count(f"`{wanted}`"),
        lambda page: len(_beginning_a_word(spaced).findall(page.text.lower())),
    ):
        if found := [page for page in among if mentions(page)]:
            return sorted(found, key=mentions, reverse=True)[:MOST_PAGES]
    return []


def _explains_setting(name: str, page: Page) -> bool:
    return page.name == "settings" and f"`{name}`" in page.text


def _headings(words: str, text: str) -> int:
    beginning = _beginning_a_word(words)
    return sum(
        beginning.search(line.lower()) is not None
        for line in text.splitlines()
        if line.startswith("#")
    )


def _beginning_a_word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}")


def _page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    number, _, name = path.stem.partition("-")
    return Page(int(number), name, text.partition("\n")[0].lstrip("# "), text)
