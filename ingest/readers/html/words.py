"""Words for elements that are more than their text: pictures, formulas, links, numbers."""

from __future__ import annotations

import re

from turbohtml import Element, Text

from ingest.readers.described import beside, picture
from ingest.readers.html.formulas import in_line
from ingest.readers.numerals import list_number

_NOTED = re.compile(r"footnote-?ref|noteref")
TICKED, EMPTY = "[x]", "[ ]"
BOXES = frozenset((TICKED, EMPTY))
"""Words for boxes; a line of nothing else is a switch of the page."""
_BOX_CLASSES = {"checkbox-on": TICKED, "checkbox-off": EMPTY}
_APART = frozenset("label output progress meter".split())
"""Elements that stand apart on the page without a space between them, as badges do."""
_NEUTRAL = frozenset("div span section p".split())
_TAGS = {
    **dict.fromkeys(("table", "grid", "treegrid"), "table"),
    **dict.fromkeys(("cell", "gridcell"), "td"),
    **dict.fromkeys(("columnheader", "rowheader"), "th"),
    "row": "tr",
    "list": "ul",
    "listitem": "li",
}
"""The tags of HTML that say the same as a role of WAI-ARIA."""
_LANGUAGE = re.compile(r"\blang(?:uage)?-([\w+#-]+)")
_WORD = re.compile(r"\S+")
_BACKTICKS = re.compile(r"`{3,}")
_BADGES = frozenset("selected-value tag badge chip pill".split())


def classes(element: Element) -> list[str]:
    """Return the classes of an element; the parser keeps them as a list."""
    value = element.attrs.get("class") or ""
    return value.split() if isinstance(value, str) else list(value)


def spaces_of(text: Text) -> Text:
    """Return the spaces and line ends of a text whose words are not seen."""
    return Text(_WORD.sub("", text.data))


def tag_of(element: Element) -> str:
    """Return the tag that an element stands for: a `div` may be the row of a table by its role."""
    role = element.attrs.get("role") if element.tag in _NEUTRAL else None
    if role == "heading":
        return f"h{min(max(number(element.attrs.get('aria-level'), 2), 1), 6)}"
    return _TAGS.get(str(role), element.tag)


def in_words(tag: Element) -> str:
    """Return the text of a picture or a formula: its description."""
    if tag.tag == "img":
        return f" {picture(str(tag.attrs.get('alt') or ''))} "
    if tag.tag == "script":
        return f" ${tag.text.strip()}$ "
    given = str(tag.attrs.get("alttext") or "").strip()
    annotation = tag.select_one("annotation[encoding*=tex]")
    tex = annotation.text.strip() if annotation is not None else given
    return f" ${tex}$ " if tex else f" {in_line(tag)} "


def around(tag: Element) -> tuple[str, str]:
    """Return what is shown before and behind the text of an element."""
    if tag.tag == "q":
        return "“", "”"
    if tag.tag == "a":
        return _around_link(tag)
    if tag.tag in _APART or (tag.tag == "span" and not _BADGES.isdisjoint(classes(tag))):
        return " ", ""
    box = _box(tag)
    return (f"{box} ", "") if box else ("", "")


def _around_link(link: Element) -> tuple[str, str]:
    named = _NOTED.search(" ".join([*classes(link), str(link.attrs.get("role") or "")]))
    if named is None or not link.text.strip().isdigit():
        return "", target(link)
    raised = link.closest("sup") is not None or link.find("sup") is not None
    return ("", "") if raised else ("[", "]")


def _box(element: Element) -> str:
    """Return the box that a page draws of other elements, as in a list of tasks; "" for others."""
    if str(element.attrs.get("role") or "") in ("checkbox", "radio"):
        return TICKED if element.attrs.get("aria-checked") == "true" else EMPTY
    return next((_BOX_CLASSES[name] for name in classes(element) if name in _BOX_CLASSES), "")


def target(link: Element) -> str:
    """Return the address of a link that leads out of its site, unless it is the text itself."""
    if link.closest("h1,h2,h3,h4,h5,h6") is not None:
        return ""
    return beside(link.text, str(link.attrs.get("href") or "").strip())


def fence_of(code: Element) -> tuple[str, str]:
    """Return a fence that is longer than those in a block of code, and the code's language."""
    longest = max(map(len, _BACKTICKS.findall(code.text)), default=2)
    inner = code.find("code")
    named = [name for part in (code, inner) if part is not None for name in classes(part)]
    language = _LANGUAGE.search(" ".join(named))
    return "`" * (longest + 1), language[1] if language else ""


def number(value: object, default: int) -> int:
    """Return the number in an attribute."""
    text = str(value or "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def mark_of(item: Element) -> str:
    """Return the mark before an item of a list without numbers; tasks of Confluence have a box."""
    if "data-inline-task-id" not in item.attrs:
        return "- "
    return f"- {TICKED if 'checked' in classes(item) else EMPTY} "


def label_of(item: Element, counting: int) -> tuple[str, int]:
    """Return the number before an item of a list, as that writes it, and the next one."""
    counting = number(item.attrs.get("value"), counting)
    listed = item.closest("ol")
    kind = str(listed.attrs.get("type") or "1") if listed is not None else "1"
    backwards = listed is not None and "reversed" in listed.attrs
    return f"{list_number(counting, kind)}. ", counting - 1 if backwards else counting + 1


def first_number(listed: Element) -> int | None:
    """Return the number of a list's first item; None for a list without numbers."""
    if listed.tag != "ol":
        return None
    backwards = "reversed" in listed.attrs
    items = sum(isinstance(child, Element) and child.tag == "li" for child in listed.children)
    return number(listed.attrs.get("start"), items if backwards else 1)
