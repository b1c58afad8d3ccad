"""Consoles of rich: its colours, and how it writes to a stream."""

from __future__ import annotations

import io
from typing import TextIO

from rich.console import Console
from rich.theme import Theme

from ragchat.terminal.stream import UNBOUNDED

# Only colours that can be read on a white and on a black background; without colours, bold stays.
_THEME = Theme(
    {
        "markdown.code": "bold magenta",
        "markdown.code_block": "magenta",
        "markdown.h1": "bold",
        "markdown.h2": "bold",
        "markdown.item.bullet": "bold",
        "markdown.item.number": "bold",
        "markdown.hr": "dim",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.block_quote": "italic",
        "markdown.table.header": "bold",
        "markdown.table.border": "dim",
        "progress.spinner": "magenta",
        "bar.complete": "magenta",
        "bar.finished": "magenta",
        "bar.pulse": "magenta",
        "bar.back": "dim",
    }
)


def console_on(stream: TextIO, width: int | None = None) -> Console:
    """Return a console that takes text as it is and wraps only on a terminal, or at a width."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    is_terminal = stream.isatty()
    return _Console(
        file=stream,
        force_terminal=is_terminal,
        width=width if width or is_terminal else UNBOUNDED,
        theme=_THEME,
        markup=False,
        emoji=False,
        highlight=False,
    )


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raise the error for the caller, which sets the exit code."""
        raise BrokenPipeError
