"""The paragraphs and tables of a file in Rich Text Format, as HTML. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Paragraphs:
    """Paragraphs as they come; `words` are those of the one that is open, `level` is that of a
    heading, 0 for others.
    """

    level: int = 0
    words: list[str] = field(default_factory=list)
    _out: list[str] = field(default_factory=list)
    _in_table: bool = False
    _cells: list[str] = field(default_factory=list)
    _rows: list[str] = field(default_factory=list)

    def html(self) -> str:
        """End what is open, and return all of it."""
        if self._cells:
            self.end_row()
        self._in_table = False
        self.end()
        self._end_table()
        return "".join(self._out)

    def reset(self) -> None:
        """Give the open paragraph the plain format."""
        self.level, self._in_table = 0, False

    def begin_cell(self) -> None:
        """Note that the open paragraph is in a table."""
        self._in_table = True

    def end(self) -> None:
        """End the open paragraph."""
        if self._in_table or self._cells:
            self.words.append("<br>")
        elif words := "".join(self.words).strip():
            self._end_table()
            tag = f"h{self.level}" if self.level else "p"
            self._out.append(f"<{tag}>{words}</{tag}>")
            self.words = []
        else:
            self.words = []

    def end_line(self) -> None:
        """Break the line."""
        self.words.append("<br>")

    def end_cell(self) -> None:
        """End a cell."""
        self._cells.append("".join(self.words).removesuffix("<br>"))
        self.words = []

    def end_row(self) -> None:
        """End a row."""
        self._rows.append("".join(f"<td>{cell}</td>" for cell in self._cells))
        self._cells = []

    def _end_table(self) -> None:
        if self._rows:
            self._out.append("<table>" + "".join(f"<tr>{row}</tr>" for row in self._rows))
            self._out.append("</table>")
            self._rows = []
