"""The line at which questions are typed.

Nothing here waits for anything but keys: work in the background reports through `status`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import Condition, Filter, has_focus, vi_navigation_mode
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output.base import Output
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from ragchat.cleaning import encodable, one_line
from ragchat.terminal.completer import Complete, TypedCompleter
from ragchat.terminal.input_history import InputHistory
from ragchat.terminal.keys import quiet_keys
from ragchat.terminal.parts import LinePart, fitted, shortened
from ragchat.terminal.pastes import Pastes

_HINT = "Ctrl-D leaves, /help lists the commands"
_OFFER = "→ or Tab takes it back into the line"
_LONGEST_OFFER = 200
"""Characters of an offered text that are shown."""
_STYLE = Style.from_dict({"prompt": "bold", "bottom-toolbar": "noreverse dim", "offered": "dim"})


class LineEditor:
    """Reads typed text of one or many lines.

    - Enter sends; Alt-Enter and Ctrl-J begin a new line; a paste keeps its lines and is not sent;
      a long one is shown as `[pasted: 17,000 lines, 1.1 MB]`.
    - Tab completes commands and, by `complete`, their arguments.
    - Ctrl-R searches the history, which is kept in the file `history` with mode 0600 (its folder
      must exist) unless `save` is false.
    - `shown` is called each time that the line is drawn.
    - Ctrl-X Ctrl-E opens $EDITOR, and what was written there is back at the prompt: Enter sends it.
      The keys are Vi's where the user's `.inputrc` says so.
    - An offered text is shown dim in the empty line: the right arrow, End or Tab takes it, and
      anything else that is typed stands alone.
    """

    def __init__(
        self,
        history: Path,
        *,
        save: bool = True,
        status: Sequence[LinePart] = (),
        complete: Complete = lambda command, start: (),
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        self._status = tuple(status)
        self._hint = ""
        self._offered = ""
        self._early: list[str] = []
        self._pastes = Pastes()
        self._session: PromptSession[str] = PromptSession(
            multiline=True,
            history=_History(history, self._pastes, save=save),
            completer=TypedCompleter(complete),
            complete_while_typing=False,
            editing_mode=_editing_mode(),
            tempfile_suffix=".md",
            key_bindings=self._keys(),
            bottom_toolbar=self._toolbar,
            style=_STYLE,
            enable_suspend=True,
            output=_output(),
        )
        self._session.app.after_render += lambda app: shown()
        self._session.default_buffer.on_text_changed += lambda buffer: self._say("")

    @property
    def status(self) -> Sequence[LinePart]:
        """The line under the prompt. It may be set from any thread and shows at once; the parts of
        the lowest weight are dropped where it is too long.
        """
        return self._status

    @status.setter
    def status(self, parts: Sequence[LinePart]) -> None:
        self._status = tuple(replace(part, text=one_line(part.text)) for part in parts)
        self._session.app.invalidate()

    def _toolbar(self) -> str | None:
        columns = self._session.app.output.get_size().columns
        return self._hint or fitted(self._status, columns) or None

    def read(
        self, prompt: str, text: str = "", *, in_editor: bool = False, offered: str = ""
    ) -> str | None:
        """Return the next line that is sent, blank after an interrupt, None when the user leaves.

        The line begins with `text`; with `in_editor`, $EDITOR is opened on it at once. `offered` is
        a text that the user may take.
        """
        if self._early and not (text or in_editor):
            return self._next_early(prompt)
        self._offer(offered)
        try:
            with quiet_keys(sys.stdin):  # an Enter that comes a moment early is an Enter too
                text = self._session.prompt(
                    prompt, default=text, pre_run=self._open_editor if in_editor else None
                )
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""
        self._mark_pastes(on=True)
        text = self._pastes.expanded(text)
        # Bytes that are not UTF-8 arrive as lone surrogates, which could not be stored or sent.
        return encodable(text)

    def leave(self) -> None:
        """Leave the terminal to the shell as it was, unless it is gone."""
        with suppress(OSError):
            self._mark_pastes(on=False)

    def _mark_pastes(self, *, on: bool) -> None:
        """Let the terminal mark what is pasted while no line is read, or not: without the marks the
        next prompt takes each line for a question that is sent.
        """
        output = self._session.app.output
        (output.enable_bracketed_paste if on else output.disable_bracketed_paste)()
        output.flush()

    def read_first(self, lines: Sequence[str]) -> None:
        """Return these lines before any that is typed from now on."""
        self._early += lines

    def _next_early(self, prompt: str) -> str:
        line = self._early.pop(0)
        sys.stdout.write(f"{prompt}{one_line(line)}\n")
        sys.stdout.flush()
        self._session.history.append_string(line)
        return line

    def _open_editor(self) -> None:
        self._session.default_buffer.open_in_editor()

    def _say(self, hint: str) -> None:
        self._hint = hint

    def _offer(self, text: str) -> None:
        self._offered = text
        shown = shortened(one_line(text), _LONGEST_OFFER, end=0)
        self._session.placeholder = [("class:offered", shown)] if text else None
        self._say(_OFFER if text else "")

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        typing = has_focus(DEFAULT_BUFFER)  # and not in the search of the history
        self._bind_offer(keys, typing)

        @keys.add("enter", filter=typing)
        def send(event: KeyPressEvent) -> None:
            if event.current_buffer.text.strip():
                event.current_buffer.validate_and_handle()

        @keys.add("escape", "enter", filter=typing)
        @keys.add("c-j", filter=typing)
        def new_line(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add("v", filter=typing & vi_navigation_mode)
        @keys.add("c-x", "c-e", filter=typing)
        def edit(event: KeyPressEvent) -> None:
            event.current_buffer.open_in_editor()

        @keys.add("<bracketed-paste>", filter=typing)
        def paste(event: KeyPressEvent) -> None:
            text = event.data.replace("\r\n", "\n").replace("\r", "\n")
            event.current_buffer.insert_text(self._pastes.shown(text))

        @keys.add("c-c", filter=typing)
        @keys.add("<sigint>")
        def clear(event: KeyPressEvent) -> None:
            hint = "" if event.current_buffer.text else _HINT
            event.current_buffer.reset()
            self._offer("")
            self._say(hint)

        return keys

    def _bind_offer(self, keys: KeyBindings, typing: Filter) -> None:
        """Bind what takes the offered text: only where nothing else was typed."""
        offers = typing & Condition(
            lambda: bool(self._offered) and not self._session.default_buffer.text
        )

        @keys.add("right", filter=offers)
        @keys.add("end", filter=offers)
        @keys.add("c-e", filter=offers)
        @keys.add("c-f", filter=offers)
        @keys.add("tab", filter=offers)
        def take(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text(self._pastes.shown(self._offered))


class _History(History):
    def __init__(self, path: Path, pastes: Pastes, *, save: bool) -> None:
        super().__init__()
        self._pastes = pastes
        self._file = InputHistory(path)
        self._save = save

    def load_history_strings(self) -> Iterator[str]:
        return self._file.newest_first()

    def store_string(self, string: str) -> None:
        # A marker means nothing in another session, and forgetting would not find its line.
        if self._save and not self._pastes.within(string):
            self._file.add(string)


def _editing_mode() -> EditingMode:
    """Vi's keys where the user's readline has them: `set editing-mode vi` in .inputrc."""
    path = Path(os.environ.get("INPUTRC") or Path.home() / ".inputrc")
    lines: list[str] = []
    with suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    modes = [
        line.split()[2]
        for line in lines
        if line.split()[:2] == ["set", "editing-mode"] and len(line.split()) > 2
    ]
    return EditingMode.VI if modes[-1:] == ["vi"] else EditingMode.EMACS


class _Output(Vt100_Output):
    """Draws from the cursor on, without asking the terminal for the cursor's position.

    Where the terminal does not answer, asking would cost a second on leaving, and a warning.
    """

    def get_rows_below_cursor_position(self) -> int:
        return 1


def _output() -> Output | None:
    if sys.platform == "win32" or is_dumb_terminal() or not sys.stdout.isatty():
        return None
    depth = ColorDepth.from_env()
    term = os.environ.get("TERM")
    return _Output.from_pty(sys.stdout, term=term, default_color_depth=depth)
