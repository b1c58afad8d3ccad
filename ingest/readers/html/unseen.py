"""Which elements of a web page are not to be read: its chrome, and what no reader sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from turbohtml import Document, Element

from ingest.readers.html.components import unslotted
from ingest.readers.html.rules import Key, Style, attributes, styles
from ingest.readers.html.words import classes
from ingest.text.colours import BLACK, WHITE, Colour, alike, colour, ground, is_ground
from ingest.text.styles import declarations, inherited_reason, is_hidden, shows_again

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
_NEAR = 3
"""Elements around a panel in which its tabs are."""
_FEWEST_WORDS = 3
"""Of a button that opens a part of the page, and is more than "Menu"."""
_ROLES = frozenset("navigation contentinfo search menu menubar toolbar doc-backlink".split())
_CLASSES = frozenset(
    "headerlink anchor-link linenos lineno gutter breadcrumb breadcrumbs mw-editsection"
    " mw-cite-backlink mw-jump-link printfooter".split()
)
_FORMULA = re.compile(r"math/(?:tex|asciimath)", re.IGNORECASE)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
_DEEPEST = 5
"""Variables within variables."""
MOST_VARIABLES = 50_000
"""That are looked up on a page: each may be made of many others."""
_COLOURS = frozenset("color background background-color background-image".split())
_PLAIN = frozenset("style color text bgcolor background".split())
"""Attributes that say how an element looks."""
_OWN_COLOURS = frozenset("a button input select textarea mark option".split())
"""Elements that browsers colour."""
_PAGE = frozenset(("html", "body"))
_PICTURES = "img, picture, video, canvas, svg, iframe, object"
_BLOCKS = frozenset("block flex grid inline-flex inline-grid table table-cell list-item".split())
_ROWS = frozenset("flex grid inline-flex inline-grid".split())
_BOXED = "input[type=checkbox], [role=checkbox], [class*=checkbox]"
_INLINE = frozenset("a abbr b code em i label small span strong time".split())


_Colours: TypeAlias = tuple[Colour | None, Colour | None]


class Unseen:
    """Knows the elements of one page that are left out, and counts the text of hidden ones."""

    def __init__(self, page: Document) -> None:
        self.hidden = 0
        """Characters of text in hidden elements so far."""
        self._counted: set[Key] = set()
        self._sheets = styles(page)
        self._styles: dict[Key, Style] = {}
        self._colours: dict[Key, _Colours] = {}
        # A sheet that is not in the file may colour the page.
        self._is_whole = page.select_one("link[rel~=stylesheet]") is None
        self._ground = WHITE if self._is_whole else None
        self._faint: set[Key] = set()
        self._variables = 0
        self._mute: dict[Key, str] = {}  # elements, and what hides their text
        self._unslotted = set(unslotted(page))
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
        if self._is_struck(element):
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
        if _is_in_tab(element):
            return False
        closed = "popover" in attrs or (element.tag == "dialog" and "open" not in attrs)
        if "hidden" in attrs or closed or _key(element) in self._unslotted:
            return True
        # A page that was saved while a dialog was open is under this attribute as a whole.
        if attrs.get("aria-hidden") == "true" and len(element.text) <= self._half:
            return True
        style = self._style(element)
        firm = {name: value for name, value in style.items() if name not in _INHERITED}
        if firm and is_hidden(firm):
            return True
        return self._has_hidden_letters(element, style)

    def _has_hidden_letters(self, element: Element, style: Style) -> bool:
        """Whether the text of an element, and of all that it holds, cannot be seen; if it is that
        of the element alone, this is noted.
        """
        reason = inherited_reason(style) or self._mute.get(_key_of(element.parent), "")
        if reason and not shows_again(style, reason):
            if not any(shows_again(self._style(part), reason) for part in element.select("*")):
                return True
            self._mute[_key(element)] = reason
            return False
        faint = self._faint and _key_of(element.parent) in self._faint
        if not ((faint or not _COLOURS.isdisjoint(style)) and self._is_faint(element)):
            return False
        inner = (part for part in element.select("*") if part.text.strip())
        if all(self._is_faint(part) for part in inner):
            return True
        self._faint.add(_key(element))
        return False

    def is_mute(self, element: Element) -> bool:
        """Whether the text of an element is hidden, and not that of all elements in it."""
        key = _key(element)
        return key in self._mute or key in self._faint

    def is_apart(self, element: Element) -> bool:
        """Whether a style sets an element that is part of a line apart from what is beside it."""
        if element.tag not in _INLINE:
            return False
        style, above = self._style(element), element.parent
        display = style.get("display", "")
        if display == "inline-block":
            apart = any(name.startswith(("margin", "padding")) for name in style)
        else:
            row = self._style(above).get("display", "") if isinstance(above, Element) else ""
            apart = display in _BLOCKS or row in _ROWS
        return apart and len(element.text) > 1

    def _is_struck(self, element: Element) -> bool:
        """Whether a style strikes text out, but for the tasks that are done of a list."""
        style = self._style(element)
        lines = style.get("text-decoration", "") + style.get("text-decoration-line", "")
        if "line-through" not in lines:
            return False
        item = element.closest("li, tr, label")
        return item is None or item.select_one(_BOXED) is None

    def _is_faint(self, element: Element) -> bool:
        """Whether letters have the colour of what is behind them, as far as that is known."""
        letters, behind = self._colours_of(element)
        if letters is None or behind is None or not alike(letters, behind):
            return False
        if not (self._is_whole or _colours_itself(element)):
            return False
        around = (element, *element.ancestors)
        near = [part for part in around if isinstance(part, Element) and part.tag not in _PAGE][:3]
        return not any(part.select_one(_PICTURES) for part in near)

    def _colours_of(self, element: Element) -> _Colours:
        """Return the colours of an element's letters and of what is behind them; None: unknown."""
        pending: list[Element] = []
        found: _Colours = (BLACK, self._ground)
        for part in (element, *element.ancestors):
            key = _key_of(part)
            if key is not None and key in self._colours:
                found = self._colours[key]
                break
            pending += [part] if isinstance(part, Element) else []
        for part in reversed(pending):
            found = self._coloured(part, *found)
            if (key := _key(part)) is not None:
                self._colours[key] = found
        return found

    def _coloured(
        self, element: Element, letters: Colour | None, behind: Colour | None
    ) -> _Colours:
        """Return the colours of an element within one of these colours."""
        style = self._style(element)
        browser = element.tag in _OWN_COLOURS
        if style.get("color", "inherit") not in ("inherit", "currentcolor"):
            letters = colour(style["color"])
        elif browser:
            letters = None
        if is_ground(style):
            behind = ground(style)
        elif (browser and element.tag != "a") or "color-scheme" in style or _is_placed(style):
            behind = None
        return letters, behind

    def _style(self, element: Element) -> Style:
        key = _key(element)
        if key not in self._sheets and _PLAIN.isdisjoint(element.attrs):
            return {}
        if key not in self._styles:
            style = self._declared(element)
            if any("var(" in value for value in style.values()):
                style = {name: self._resolved(element, value) for name, value in style.items()}
            self._styles[key] = style
        return self._styles[key]

    def _declared(self, element: Element) -> Style:
        style, important = self._sheets.get(_key(element), ({}, {}))
        inline = declarations(str(element.attrs.get("style") or ""))
        return attributes(element) | style | inline | important

    def _resolved(self, element: Element, value: str, depth: int = 0) -> str:
        """Return a value with those of its variables, which an element above may declare."""

        def said(found: re.Match[str]) -> str:
            self._variables += 1
            if depth > _DEEPEST or self._variables > MOST_VARIABLES:
                return ""
            for part in (element, *element.ancestors):
                if not isinstance(part, Element):
                    continue
                if (named := self._declared(part).get(found[1])) is not None:
                    return self._resolved(part, named, depth + 1)
            return (found[2] or "").strip()

        return _VARIABLE.sub(said, value)


def _colours_itself(element: Element) -> bool:
    """Whether the colour of letters is in an attribute of an element or of one around it."""
    around = [part for part in (element, *element.ancestors) if isinstance(part, Element)][:4]
    return any("color" in part.attrs or "color" in str(part.attrs.get("style")) for part in around)


def _is_placed(style: Style) -> bool:
    """Whether an element may lie over others than those that it is part of."""
    shifted = any(name.startswith("margin") and "-" in style[name] for name in style)
    return style.get("position") in ("absolute", "fixed", "sticky") or shifted


def _is_in_tab(element: Element) -> bool:
    """Whether an element is shown when the reader presses the tab that it belongs to."""
    if element.attrs.get("role") != "tabpanel":
        return False
    around = [part for part in element.ancestors if isinstance(part, Element)][:_NEAR]
    return any(part.select_one("[role=tab]") is not None for part in around)


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


def _key_of(node: object) -> Key:
    """Return the key of an element's parent, which may be the page."""
    return getattr(node, "position", None)


def _key(element: Element) -> Key:
    return element.position
