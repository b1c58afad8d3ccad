"""The rules of the style sheets of a web page, and which elements they are for.

Rules within others (CSS Nesting) and within groups (`@media`) are put beside them. Variables are
those of CSS Custom Properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ingest.readers.html.components import SHADOW
from ingest.text.styles import declarations

if TYPE_CHECKING:
    from turbohtml import Document, Element

Key: TypeAlias = "tuple[int, int] | None"
"""An element, by its place in the source."""
Style: TypeAlias = dict[str, str]

MOST_RULES = 5_000
MOST_MATCHES = 20_000
"""Elements that rules are applied to; a page that people wrote has far fewer."""
_DEEPEST = 8

_GROUP = re.compile(r"@(media|supports|layer|container)([^{};]*)\{", re.IGNORECASE)
_NOT_ON_SCREEN = re.compile(r"print|speech|max-|prefers|not\s", re.IGNORECASE)
_STATES = re.compile(r"::|:(?:hover|focus|active|before|after|first-l|target|visited|checked)")
_COMMA = re.compile(r",(?![^()]*\))")
"""A comma between selectors, and not within `:is(a, b)`."""
_BRACE = re.compile("[{}]")
_COMMENT = re.compile(r"<!--|-->|/\*.*?(?:\*/|\Z)", re.DOTALL)
"""Comments, and the marks around the rules of old pages, to hide them from older browsers still."""
_TELLING = re.compile(
    r"^--|display|visib|opacity|clip|transform|scale|position|left|top|right|bottom|indent"
    r"|margin|overflow|height|width|color|background|font|filter|zoom|translate|decoration"
)


def styles(page: Document) -> dict[Key, tuple[Style, Style]]:
    """Return what the rules of all <style> elements declare of each element that they match, and
    apart what they declare as important. Those of a component are for its elements alone.
    """
    from turbohtml import SelectorSyntaxError

    matched: dict[Key, list[tuple[bool, tuple[int, ...], Style]]] = {}
    matches = 0
    for selector, style, important, shadow in _rules(page):
        try:
            elements = (shadow or page).select(selector)
        except (SelectorSyntaxError, ValueError, RecursionError):
            continue
        matches += len(elements)
        if matches > MOST_MATCHES:
            break
        weight = (selector.count("#"), selector.count(".") + selector.count("["))
        for element in elements:
            matched.setdefault(element.position, []).append((important, weight, style))
    return {
        key: (
            _merged(sorted(rules, key=lambda rule: rule[:2])),
            _merged(sorted((rule for rule in rules if rule[0]), key=lambda rule: rule[:2])),
        )
        for key, rules in matched.items()
    }


def attributes(element: Element) -> Style:
    """Return what the attributes of old pages say of the look of an element."""
    attrs = element.attrs
    found: Style = {}
    name = {"font": "color", "body": "text"}.get(element.tag, "")
    if attrs.get(name):
        found["color"] = str(attrs[name]).lower()
    if attrs.get("bgcolor"):
        found["background-color"] = str(attrs["bgcolor"]).lower()
    if attrs.get("background"):
        found["background-image"] = "url()"
    return found


def _merged(rules: Iterable[tuple[bool, tuple[int, ...], Style]]) -> Style:
    return {name: value for _, _, style in rules for name, value in style.items()}


def _rules(page: Document) -> Iterator[tuple[str, Style, bool, Element | None]]:
    from turbohtml.cssom import StyleSheet

    count = 0
    for element in page.find_all("style"):
        css, shadow = _COMMENT.sub(" ", element.text), element.closest(SHADOW)
        for rule in StyleSheet("".join(_flat(_on_screen(css), "", 0))).rules:
            count += 1
            if count > MOST_RULES:
                return
            text = rule.style.text
            style = declarations(text)
            if not any(map(_TELLING.search, style)):
                continue
            for selector in _COMMA.split(rule.selector_text):
                if not _STATES.search(selector):
                    yield selector.strip(), style, "!important" in text, shadow


def _on_screen(css: str) -> str:
    """Return the rules with those inside `@media screen {…}` beside the others."""
    parts: list[str] = []
    done = 0
    while found := _GROUP.search(css, done):
        end = _end(css, found.end())
        parts.append(css[done : found.start()])
        if not _NOT_ON_SCREEN.search(found[2]):
            css = css[found.end() : max(end - 1, found.end())] + css[end:]
            done = 0
        else:
            done = end
    return "".join([*parts, css[done:]])


def _end(css: str, start: int) -> int:
    """Return where a block ends that is open at `start`."""
    closed, opened = css.find("}", start), css.find("{", start)
    if closed >= 0 and not 0 <= opened < closed:
        return closed + 1
    depth = 1
    for brace in _BRACE.finditer(css, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return len(css)


def _flat(css: str, above: str, depth: int) -> Iterator[str]:
    """Yield the rules with those that are within them behind them."""
    at = 0
    while (opened := css.find("{", at)) >= 0:
        selector = css[at:opened].strip()
        if depth or selector.startswith("@"):  # other declarations, or @import, are before it
            selector = selector.rpartition(";")[2].strip()
        end = _end(css, opened + 1)
        body = css[opened + 1 : end - 1]
        at = end
        if selector.startswith("@") or depth > _DEEPEST:
            continue
        named = _within(above, selector)
        if "{" in body:
            yield f"{named}{{{_declared(body)}}}"
            yield from _flat(body, named, depth + 1)
        else:
            yield f"{named}{{{body}}}"


def _within(above: str, selector: str) -> str:
    """Return the selector of a rule that is within one with the selector `above`."""
    if not above:
        return selector
    parents = f":is({above})"
    inner = (part.strip() for part in _COMMA.split(selector))
    return ",".join(
        part.replace("&", parents) if "&" in part else f"{parents} {part}" for part in inner
    )


def _declared(body: str) -> str:
    """Return the declarations of a rule without the rules within it."""
    parts: list[str] = []
    at = 0
    while (opened := body.find("{", at)) >= 0:
        parts.append(body[at : max(at, body.rfind(";", at, opened) + 1)])
        at = _end(body, opened + 1)
    return "".join([*parts, body[at:]])
