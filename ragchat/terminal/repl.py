"""The interactive session: read a line, run its command or ask its question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ragchat.errors import CredentialsError, RagchatError
from ragchat.interrupts import INTERRUPTED, closing_signals, terminal_is_gone
from ragchat.terminal.commands import COMMANDS, Command, Mistake, TypedQuestion, parse
from ragchat.terminal.completion import completions

if TYPE_CHECKING:
    from ingest.conversation import Exchange
    from ragchat.request.user_message import UserMessage
    from ragchat.terminal.line_editor import LineEditor
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.workspace import Workspace

PROMPT = "> "
KEYS = (
    "Enter sends, Alt-Enter or Ctrl-J starts a new line, Tab completes, Ctrl-R searches what you "
    "typed, Ctrl-C stops an answer, Ctrl-D leaves."
)


class Repl:
    """A session at one terminal."""

    def __init__(self, workspace: Workspace, screen: Screen, editor: LineEditor) -> None:
        self._workspace = workspace
        self._screen = screen
        self._editor = editor
        self._indexing: threading.Thread | None = None
        self._index_error = ""
        self._draft, self._offered, self._in_editor = "", "", False  # how the next line begins
        self._typed = ""  # the last question, as typed
        self._sent: UserMessage | None = None

    @cached_property
    def _actions(self) -> dict[str, Callable[[str], None]]:
        from ragchat.terminal.choices import Choices
        from ragchat.terminal.lookups import Lookups

        return {
            **Lookups(self._workspace, self._screen).actions,
            **Choices(self._workspace, self._screen, self.finish, self._show_status).actions,
            "help": lambda _: self._show_help(),
            "retry": lambda _: self._retry(),
            "whole": lambda _: self._send_whole(),
            "edit": self._edit,
            "undo": lambda _: self._undo(),
            "forget": self._forget,
        }

    def run(self) -> int:
        """Run until the user leaves (0), or the terminal or the machine closes (130)."""
        with closing_signals() as closing:
            try:
                self._loop(closing)
            except OSError:
                if not closing() and not terminal_is_gone():
                    raise
            self.finish()
        return INTERRUPTED if closing() or terminal_is_gone() else 0

    def run_line(self, line: str) -> bool:
        """Run the command or ask the question in a typed line; errors are shown on the screen.
        Return False for the command that leaves.
        """
        parsed = parse(line)
        if isinstance(parsed, Command) and parsed.name == "quit":
            return False
        if self._index_error:
            self._screen.note(self._index_error)
            self._index_error = ""
        try:
            self._do(parsed)
        except KeyboardInterrupt:
            self._screen.note("stopped")
        except (RagchatError, IngestError) as error:
            self._screen.error(str(error))
            if isinstance(error, CredentialsError):
                self._offered = self._typed  # it is kept for when there is a key
        return True

    def complete(self, command: str, start: str) -> Iterable[str]:
        """Return the arguments of a command that begin with `start`."""
        return completions(self._workspace, command, start)

    def finish(self) -> None:
        """Wait until the last exchange is indexed."""
        if self._indexing is not None and self._indexing.is_alive():
            with self._screen.status("indexing the last exchange …"):
                self._indexing.join()

    def _loop(self, closing: Callable[[], bool]) -> None:
        while not closing() and (line := self._read()) is not None:
            if not self.run_line(line):
                break

    def _read(self) -> str | None:
        draft, offered, in_editor = self._draft, self._offered, self._in_editor
        self._draft, self._offered, self._in_editor = "", "", False
        return self._editor.read(PROMPT, draft, in_editor=in_editor, offered=offered)

    def _do(self, parsed: Command | TypedQuestion | Mistake) -> None:
        if isinstance(parsed, Command):
            self._actions[parsed.name](parsed.argument)
        elif isinstance(parsed, Mistake):
            self._screen.note(parsed.hint)
        elif parsed.text:
            self._ask(parsed.text)

    def _ask(self, question: str) -> None:
        self._typed = question
        self._send(self._workspace.attach(question))

    def _send(self, message: UserMessage) -> None:
        from ragchat.terminal.answering import show_answer

        self.finish()
        chat = self._workspace.chat
        show_answer(self._screen, chat.ask(message), lambda _: "/sources")
        if (request := self._workspace.chat.request) and request.notice:
            self._screen.note(request.notice)
        self._sent = replace(message, whole=False)
        self._indexing = threading.Thread(target=self._index, name="indexing")
        self._indexing.start()

    def _show_status(self) -> None:
        self._editor.status = self._workspace.status()

    def _index(self) -> None:
        try:
            self._workspace.chat.index(self._workspace.retriever().embedder)
            self._show_status()
        except (RagchatError, IngestError) as error:
            self._index_error = f"the last exchange is stored but not searchable yet: {error}"

    # Commands that change the conversation

    def _show_help(self) -> None:
        self._screen.say(f"Ask anything. {KEYS}")
        rows = [
            (f"/{name} {usage.argument}".rstrip(), usage.meaning)
            for name, usage in COMMANDS.items()
        ]
        self._screen.table(rows, ("command", "what it does"))

    def _retry(self) -> None:
        chat = self._workspace.chat
        exchanges = chat.leave_out_forgotten().exchanges
        if not exchanges:
            self._screen.note("nothing was asked yet")
            return
        last = exchanges[-1]
        if not self._asked_here(last) or self._sent is None:
            from ragchat.request.user_message import UserMessage

            self._typed, self._sent = last.question.text, UserMessage(last.question.text)
        self._send(replace(self._sent, instead_of=last.id))

    def _send_whole(self) -> None:
        """Ask the last question again with all that was attached to it, after its price."""
        chat = self._workspace.chat
        if chat.last is None or self._sent is None or not self._sent.attachments:
            self._screen.note("nothing was attached to the last question")
            return
        from ragchat.terminal.answering import price_of_whole

        with self._screen.status("counting …"):
            what = price_of_whole(chat, self._sent)
        if self._screen.confirm(f"send {what}?"):
            self._send(replace(self._sent, whole=True, instead_of=chat.last.exchange.id))
        else:
            self._screen.note("nothing was sent")

    def _asked_here(self, exchange: Exchange) -> bool:
        last = self._workspace.chat.last
        return last is not None and last.exchange.id == exchange.id

    def _edit(self, text: str) -> None:
        self._draft, self._in_editor = text, True

    def _undo(self) -> None:
        exchanges = self._workspace.chat.leave_out_forgotten().exchanges
        if not exchanges:
            self._screen.note("nothing was asked yet")
            return
        self.finish()
        last = exchanges[-1]
        typed = self._typed if self._asked_here(last) else last.question.text
        if self._workspace.forget(last.id, ask=False):
            self._offered = typed
            self._show_status()

    def _forget(self, exchange: str) -> None:
        self.finish()
        if self._workspace.forget(exchange, ask=True):
            self._show_status()
