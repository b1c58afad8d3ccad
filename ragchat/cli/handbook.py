"""The pages of the handbook, which are installed with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

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
    """Return the pages on a topic: a number, a name, words of a title or a heading, a setting, or a
    command.

    The most exact kind of match wins: a page of that name hides the pages that mention it.
    """
    wanted = topic.strip().lower().removesuffix(".md")
    number = re.fullmatch(r"(\d+)(-.*)?", wanted)
    if number:
        return [page for page in among if page.number == int(number[1])]
    spaced = wanted.replace("-", " ").replace("_", " ")
    for matches in (
        lambda page: wanted == page.name,
        lambda page: spaced in page.title.lower() or wanted in page.name,
        lambda page: _in_headings(spaced, page.text),
        lambda page: _explains_setting(wanted.replace("-", "_"), page),
        lambda page: f"ragchat {wanted}" in page.text or f"`{wanted}`" in page.text,
    ):
        if found := [page for page in among if matches(page)]:
            return found
    return []


def _explains_setting(name: str, page: Page) -> bool:
    return page.name == "settings" and f"`{name}`" in page.text


def _in_headings(words: str, text: str) -> bool:
    return any(words in line.lower() for line in text.splitlines() if line.startswith("#"))


def _page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    number, _, name = path.stem.partition("-")
    return Page(int(number), name, text.partition("\n")[0].lstrip("# "), text)
