"""Lines of text that know their line in the file, and the tables among them."""

from __future__ import annotations

from ingest.document import TableSpan
from ingest.readers.tables import Grid


class SourcedLines:
    """Lines as they come: `text[n]` is from line `sources[n]` of the file, counted from 1."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.sources: list[int] = []
        self.tables: list[TableSpan] = []
        """Those that have a header row; see `Document.tables`."""
        self._length = 0

    @property
    def ends_in_words(self) -> bool:
        """Whether there is a last line that is not blank."""
        return bool(self.text and self.text[-1])

    def put(self, line: str, source: int) -> None:
        """Add a line."""
        self.text.append(line)
        self.sources.append(source)
        self._length += len(line) + 1

    def table(self, grid: Grid, ends: int) -> None:
        """Add a line for each row of a table that ends in this line of the file: a row of cells
        that reach down from above has no place of its own.
        """
        rows, header = grid.rendered()
        starts = [self._length]
        for line, source in rows:
            self.put(line, source or ends)
            starts.append(self._length)
        if header is not None and header.stop < len(rows):
            table = TableSpan(starts[header.start], starts[header.stop], starts[-1])
            self.tables.append(table)

    def trim(self) -> None:
        """Take the blank lines at the end away."""
        while self.text and not self.text[-1]:
            self.text.pop()
            self.sources.pop()
