"""The line at which questions are typed; the only file that imports prompt_toolkit.

Nothing here waits for anything but keys: what loads in the background says so through `status`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output.base import Output
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from ragchat.cleaning import one_line
from ragchat.terminal.commands import Command, Mistake, Question, Words
from ragchat.terminal.input_history import Typed
from ragchat.terminal.keys import quiet_keys

__all__ = ["Command", "LineEditor", "Mistake", "Question", "Words"]

_HINT = "Ctrl-D leaves, /help shows what can be typed"
_STYLE = Style.from_dict({"prompt": "bold", "bottom-toolbar": "noreverse dim"})


class LineEditor:
    """Reads what is typed, of one or many lines.

    Enter sends; Alt-Enter and Ctrl-J begin a new line; what is pasted keeps its lines and is not
    sent. Tab completes the words, Ctrl-R searches the history, which is kept in the file `history`
    with mode 0600 (its folder must exist) unless `save` is false.
    """

    def __init__(self, history: Path, words: Words, *, save: bool = True, status: str = "") -> None:
        self._status = status
        self._hint = ""
        self._session: PromptSession[str] = PromptSession(
            multiline=True,
            history=_History(history, save=save),
            completer=_WordCompleter(words),
            complete_while_typing=False,
            key_bindings=self._keys(),
            bottom_toolbar=lambda: self._hint or self._status or None,
            style=_STYLE,
            enable_suspend=True,
            output=_output(),
        )
        self._session.default_buffer.on_text_changed += lambda buffer: self._say("")

    @property
    def status(self) -> str:
        """A few words under the line. May be set from any thread, and shows at once."""
        return self._status

    @status.setter
    def status(self, text: str) -> None:
        self._status = one_line(text)
        self._session.app.invalidate()

    def read(self, prompt: str) -> str | None:
        """The next text that is sent, blank after an interrupt, or None when the person leaves."""
        self._say("")
        try:
            with quiet_keys(sys.stdin):  # an Enter that comes a moment early is an Enter too
                text = self._session.prompt(prompt)
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""
        # Bytes that are no UTF-8 come in as lone surrogates, which could not be stored or sent.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _say(self, hint: str) -> None:
        self._hint = hint

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        typing = has_focus(DEFAULT_BUFFER)  # and not in the search of the history

        @keys.add("enter", filter=typing)
        def send(event: KeyPressEvent) -> None:
            if event.current_buffer.text.strip():
                event.current_buffer.validate_and_handle()

        @keys.add("escape", "enter", filter=typing)
        @keys.add("c-j", filter=typing)
        def new_line(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add("c-c", filter=typing)
        @keys.add("<sigint>")
        def clear(event: KeyPressEvent) -> None:
            hint = "" if event.current_buffer.text else _HINT
            event.current_buffer.reset()
            self._say(hint)

        return keys


class _History(History):
    def __init__(self, path: Path, *, save: bool) -> None:
        super().__init__()
        self._typed = Typed(path)
        self._save = save

    def load_history_strings(self) -> Iterator[str]:
        return self._typed.newest_first()

    def store_string(self, string: str) -> None:
        if self._save:
            self._typed.add(string)


class _WordCompleter(Completer):
    def __init__(self, words: Words) -> None:
        self._meanings = words.meanings

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        del complete_event  # Tab is the only one there is
        typed = document.text
        for name, meaning in self._meanings.items():
            if typed.startswith("/") and f"/{name}".startswith(typed):
                yield Completion(f"/{name}", -len(typed), display_meta=meaning)


class _Output(Vt100_Output):
    """Draws from where it stands, without asking the terminal where that is.

    The question would cost a second on leaving, and a warning, where the terminal does not answer.
    """

    def get_rows_below_cursor_position(self) -> int:
        return 1


def _output() -> Output | None:
    if sys.platform == "win32" or is_dumb_terminal() or not sys.stdout.isatty():
        return None
    depth = ColorDepth.from_env()
    term = os.environ.get("TERM")
    return _Output.from_pty(sys.stdout, term=term, default_color_depth=depth)
