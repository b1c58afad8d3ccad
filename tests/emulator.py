"""A terminal in memory: what a program wrote, as it would look, with what has scrolled away."""

from __future__ import annotations

import io

import pyte
from rich.console import Console


class Emulator(io.StringIO):
    """A text file that is a terminal of `columns` by `rows`."""

    def __init__(self, columns: int = 40, rows: int = 12) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=0.5)
        self.screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self.screen)

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._stream.feed(text)
        return super().write(text)

    def console(self) -> Console:
        """A console that draws here, without colours."""
        size = self.screen.columns, self.screen.lines
        return Console(
            file=self, width=size[0], height=size[1], force_terminal=True, color_system=None
        )

    def resize(self, console: Console, columns: int) -> None:
        """Make the window so wide; lines that are longer are cut."""
        self.screen.resize(columns=columns)
        console.width = columns

    def text(self) -> str:
        """All there is to see, scrolling up."""
        past = ["".join(line[x].data for x in sorted(line)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*past, *self.screen.display]).rstrip("\n")
