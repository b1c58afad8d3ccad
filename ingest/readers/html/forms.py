"""What a reader of a web page sees in its forms: typed values, chosen options, ticked boxes."""

from __future__ import annotations

from turbohtml import Element

from ingest.readers.html.words import EMPTY, TICKED

CONTROLS = frozenset(("input", "select", "textarea"))
_UNSEEN_TYPES = frozenset("hidden password submit button reset image file color range".split())
_BOXES = frozenset(("checkbox", "radio"))


def value_of(control: Element) -> str:
    """Return the value that a control of a form shows, which may be several lines."""
    if control.tag == "textarea":
        return control.text
    if control.tag == "select":
        return ", ".join(filter(None, map(_label, _chosen(control))))
    kind = str(control.attrs.get("type") or "text").lower()
    if kind in _BOXES:
        return TICKED if "checked" in control.attrs else EMPTY
    return "" if kind in _UNSEEN_TYPES else str(control.attrs.get("value") or "")


def _chosen(select: Element) -> list[Element]:
    """Return the chosen options: those that are marked, or the first of a list that shows one.

    An option without a value asks for a choice: "Please select".
    """
    options = list(select.select("option"))
    marked = [option for option in options if "selected" in option.attrs]
    if "multiple" not in select.attrs:
        marked = marked[-1:] or options[:1]
    return [option for option in marked if option.attrs.get("value") != ""]


def _label(option: Element) -> str:
    return " ".join(str(option.attrs.get("label") or option.text).split())
