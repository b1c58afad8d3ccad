"""Completion of the typed line, as prompt_toolkit asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from ragchat.terminal.commands import COMMANDS

Complete = Callable[[str, str], Iterable[str]]
"""Takes a command and the beginning of its argument; returns arguments that begin so. For a path
within a question the command is `@`.
"""

_MENTION = re.compile(r"""(?:^|(?<=[\s(]))@("[^"\n]*|[^\s"]*)$""")


class TypedCompleter(Completer):
    """Completes commands, their arguments by `complete`, and paths behind an `@`."""

    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what the text before the cursor may go on with."""
        del complete_event  # Tab is the only one there is
        typed = document.text_before_cursor
        command, space, start = typed.partition(" ")
        if not typed.startswith("/"):
            yield from self._mentions(typed)
            return
        if space:
            for argument in self._complete(command[1:], start):
                yield Completion(argument, -len(start))
            return
        for name, usage in COMMANDS.items():
            if f"/{name}".startswith(typed):
                yield Completion(f"/{name}", -len(typed), display_meta=usage.meaning)

    def _mentions(self, typed: str) -> Iterable[Completion]:
        """Yield the paths that an `@` at the end of the text may mean, quoted if they need it."""
        found = _MENTION.search(typed)
        if found is None:
            return
        written = found[1]
        for path in self._complete("@", written.lstrip('"')):
            quoted = f'"{path}' if written.startswith('"') or " " in path else path
            closed = f'{quoted}"' if quoted != path and not path.endswith("/") else quoted
            yield Completion(closed, -len(written), display=path)
