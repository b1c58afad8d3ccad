"""Which elements of a web page are not to be read: its chrome, and what no reader sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ingest.readers.html_words import classes
from ingest.text.styles import declarations, inherited_reason, is_hidden, shows_again

if TYPE_CHECKING:
    from turbohtml import Document, Element

# Struck-out text no longer holds; readings of Japanese words are left out as in office files.
_CHROME = frozenset(
    "head script style noscript noembed noframes template svg canvas iframe object embed audio"
    " video nav datalist del s strike rt rp".split()
)
_NOTES = re.compile(
    r"footnote|endnote|\bnote|admonition|callout|\btip|hint|warning|caution|danger|important"
    r"|starlight-aside|\binfo|alert|\btopic\b",
    re.IGNORECASE,
)
_INHERITED = frozenset(("visibility", "font-size", "font"))
_FEWEST_WORDS = 3
"""Of a button that opens a part of the page, and is more than "Menu"."""
_ROLES = frozenset("navigation contentinfo search menu menubar toolbar doc-backlink".split())
_CLASSES = frozenset(
    "headerlink anchor-link linenos lineno gutter mw-editsection mw-cite-backlink".split()
)
_FORMULA = re.compile(r"math/(?:tex|asciimath)", re.IGNORECASE)
MOST_RULES = 5_000
MOST_MATCHES = 20_000
"""Elements that rules are applied to; a page that people wrote has far fewer."""

_GROUP = re.compile(r"@(media|supports|layer)([^{};]*)\{", re.IGNORECASE)
_NOT_ON_SCREEN = re.compile(r"print|speech|max-|prefers|not\s", re.IGNORECASE)
_STATES = re.compile(r"::|:(?:hover|focus|active|before|after|first-l|target|visited|checked)")
_COMMA = re.compile(r",(?![^()]*\))")
"""A comma between selectors, and not within `:is(a, b)`."""
_COMMENT_MARKS = re.compile("<!--|-->")
"""Around the rules of old pages, to hide them from browsers that are older still."""
_TELLING = re.compile(
    r"display|visib|opacity|clip|transform|scale|position|left|top|right|bottom|indent"
    r"|margin|overflow|height|width|color|background|font|filter|zoom|translate"
)


class Unseen:
    """Knows the elements of one page that are left out, and counts the text of hidden ones."""

    def __init__(self, page: Document) -> None:
        self.hidden = 0
        """Characters of text in hidden elements so far."""
        self._counted: set[tuple[int, int] | None] = set()
        self._styles = _styles(page)
        self._mute: dict[tuple[int, int] | None, str] = {}  # elements, and what hides their text
        body = page.find("body")
        self._half = len(body.text) // 2 if body is not None else 0

    def __call__(self, element: Element) -> bool:
        """Whether an element and all that it holds is left out."""
        if element.tag == "script" and _FORMULA.match(str(element.attrs.get("type") or "")):
            return False
        if element.tag in _CHROME or str(element.attrs.get("role") or "") in _ROLES:
            return True
        if element.tag in _AT_TIMES and _AT_TIMES[element.tag](element):
            return True
        numbers = element.tag == "a" and "data-nosnippet" in element.attrs  # of lines, in rustdoc
        if numbers or not _CLASSES.isdisjoint(classes(element)):
            return True
        if not self._is_hidden(element):
            return False
        key = _key(element)
        if key not in self._counted:
            self._counted.add(key)
            self.hidden += len(element.text)
        return True

    def _is_hidden(self, element: Element) -> bool:
        attrs = element.attrs
        closed = "popover" in attrs or (element.tag == "dialog" and "open" not in attrs)
        if "hidden" in attrs or closed:
            return True
        # A page that was saved while a dialog was open is under this attribute as a whole.
        if attrs.get("aria-hidden") == "true" and len(element.text) <= self._half:
            return True
        style = self._style(element)
        firm = {name: value for name, value in style.items() if name not in _INHERITED}
        if firm and is_hidden(firm):
            return True
        reason = inherited_reason(style) or self._mute.get(_key_of(element.parent), "")
        if not reason or shows_again(style, reason):
            return False
        if not any(shows_again(self._style(part), reason) for part in element.select("*")):
            return True
        self._mute[_key(element)] = reason
        return False

    def is_mute(self, element: Element) -> bool:
        """Whether the text of an element is hidden, and not that of all elements in it."""
        return bool(self._mute) and _key(element) in self._mute

    def _style(self, element: Element) -> dict[str, str]:
        style, important = self._styles.get(_key(element), ({}, {}))
        if inline := element.attrs.get("style"):
            style = style | declarations(str(inline)) | important
        return style


def _is_beside(aside: Element) -> bool:
    """Whether an aside is not a note, nor part of the text around it: most of it are links."""
    names = [*classes(aside), *(str(aside.attrs.get(name) or "") for name in ("role", "epub:type"))]
    if _NOTES.search(" ".join(names)):
        return False
    linked = sum(len(link.text) for link in aside.select("a"))
    return aside.closest("main, article, [role=main]") is None or 2 * linked > len(aside.text)


def _is_for_pressing(button: Element) -> bool:
    """Whether a button is not the question above an answer that it opens."""
    if button.closest("h1, h2, h3, h4, h5, h6, dt, summary") is not None:
        return False
    opens = "aria-expanded" in button.attrs and not button.attrs.get("aria-haspopup")
    return not opens or len(button.text.split()) < _FEWEST_WORDS


_AT_TIMES: dict[str, Callable[[Element], bool]] = {
    "aside": _is_beside,
    "button": _is_for_pressing,
    "footer": lambda footer: footer.closest("blockquote, figure") is None,
}
"""Elements that are chrome, unless what they hold is part of the text."""


def _key_of(node: object) -> tuple[int, int] | None:
    """Return the key of an element's parent, which may be the page."""
    return getattr(node, "position", None)


def _key(element: Element) -> tuple[int, int] | None:
    return element.position


def _styles(page: Document) -> dict[tuple[int, int] | None, tuple[dict[str, str], dict[str, str]]]:
    """Return what the rules of all <style> elements declare of each element that they match, and
    apart what they declare as important.
    """
    from turbohtml import SelectorSyntaxError

    matched: dict[tuple[int, int] | None, list[tuple[bool, tuple[int, ...], dict[str, str]]]] = {}
    matches = 0
    for selector, style, important in _rules(page):
        try:
            elements = page.select(selector)
        except (SelectorSyntaxError, ValueError, RecursionError):
            continue
        matches += len(elements)
        if matches > MOST_MATCHES:
            break
        weight = (selector.count("#"), selector.count(".") + selector.count("["))
        for element in elements:
            matched.setdefault(_key(element), []).append((important, weight, style))
    return {
        key: (
            _merged(sorted(rules, key=lambda rule: rule[:2])),
            _merged(sorted((rule for rule in rules if rule[0]), key=lambda rule: rule[:2])),
        )
        for key, rules in matched.items()
    }


def _merged(rules: Iterable[tuple[bool, tuple[int, ...], dict[str, str]]]) -> dict[str, str]:
    return {name: value for _, _, style in rules for name, value in style.items()}


def _rules(page: Document) -> Iterator[tuple[str, dict[str, str], bool]]:
    from turbohtml.cssom import StyleSheet

    count = 0
    for element in page.find_all("style"):
        for rule in StyleSheet(_on_screen(_COMMENT_MARKS.sub(" ", element.text))).rules:
            count += 1
            if count > MOST_RULES:
                return
            text = rule.style.text
            style = declarations(text)
            if not any(map(_TELLING.search, style)):
                continue
            for selector in _COMMA.split(rule.selector_text):
                if not _STATES.search(selector):
                    yield selector.strip(), style, "!important" in text


def _on_screen(css: str) -> str:
    """Return the rules with those inside `@media screen {…}` beside the others."""
    while found := _GROUP.search(css):
        depth, end = 1, found.end()
        while end < len(css) and depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        inner = "" if _NOT_ON_SCREEN.search(found[2]) else css[found.end() : end - 1]
        css = css[: found.start()] + inner + css[end:]
    return css
