"""A stream of the screen: laid out by rich on a terminal, written as it is to a file or a pipe.

A pipe needs no rich, whose import takes a twelfth of a search in a new process.
"""

from __future__ import annotations

import io
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

UNBOUNDED = 100_000
"""The width of what is not a terminal: nothing is wrapped or cut."""


class Link(NamedTuple):
    """A part of a line, and the address that a terminal opens for it."""

    part: str
    target: str


class Stream:
    """Takes text as it is, and wraps only on a terminal, or at a `width`."""

    def __init__(self, file: TextIO, width: int | None = None) -> None:
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(errors="replace")
        self.file = file
        self.is_terminal = file.isatty()
        self.laid_out = self.is_terminal or width is not None
        self._width = width

    @cached_property
    def console(self) -> Console:
        """The console of rich that writes to the stream."""
        from ragchat.terminal.console import console_on

        return console_on(self.file, self._width)

    @property
    def width(self) -> int:
        """How many cells a line has."""
        return self.console.width if self.laid_out else UNBOUNDED

    @property
    def shows_progress(self) -> bool:
        """Whether a line can be drawn again in its place."""
        return self.is_terminal and not self.console.is_dumb_terminal

    def print(
        self,
        text: str,
        style: str = "",
        *,
        end: str = "\n",
        one_row: bool = False,
        link: Link | None = None,
    ) -> None:
        """Write a clean text, styled on a terminal, wrapped there at words or cut at its edge.

        Raises BrokenPipeError where its reader is gone.
        """
        if self.laid_out:
            self.console.print(
                _styled(text, style, link),
                end=end,
                no_wrap=one_row or None,
                overflow="ellipsis" if one_row else None,
            )
        else:
            self.file.write(f"{text}{end}")
            self.file.flush()


def _styled(text: str, style: str, link: Link | None) -> Text:
    from rich.style import Style
    from rich.text import Text

    styled = Text(text, style=style)
    if link is not None:
        start = text.index(link.part)
        styled.stylize(Style(link=link.target), start, start + len(link.part))
    return styled
