"""Whether something lies behind a text, which may then be white and seen all the same."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.readers.word.styles import look_of

_BOXES = frozenset(("tbl", "txbxContent"))


class Grounds:
    """The grounds of the page, and of the tables and text boxes that are open."""

    def __init__(self) -> None:
        self._page = False
        self._boxes: list[bool] = []

    def start(self, tag: str) -> None:
        """Take in a tag that opens, wherever it is."""
        if tag in _BOXES:
            self._boxes.append(tag == "txbxContent")

    def note(self, tag: str, of: Mapping[str, str]) -> None:
        """Take in a tag outside of paragraphs that may colour what is behind them."""
        if tag == "background":
            self._page = True
        elif self._boxes and tag in {"tblStyle", "shd"}:
            self._boxes[-1] |= tag == "tblStyle" or bool(look_of(tag, of)["shaded"])

    def end(self, tag: str) -> bool:
        """Take in a tag that closes; False if it is not of a table or text box that is open."""
        if tag not in _BOXES or not self._boxes:
            return False
        self._boxes.pop()
        return True

    def __bool__(self) -> bool:
        return self._page or any(self._boxes)
