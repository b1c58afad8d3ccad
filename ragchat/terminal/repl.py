"""The interactive session: read a line, run its command or ask its question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from ingest.errors import IngestError
from ragchat.claude.model_choice import chosen_effort, chosen_model
from ragchat.errors import CredentialsError, RagchatError
from ragchat.interrupts import INTERRUPTED, closing_signals, terminal_is_gone
from ragchat.terminal.commands import Command, CommandSet, Current, Mistake, Question
from ragchat.terminal.completion import completions
from ragchat.terminal.greeting import show_continued

if TYPE_CHECKING:
    from ingest.conversation import Conversation, Exchange
    from ingest.records.conversations import Listed
    from ragchat.request.brought import Brought
    from ragchat.terminal.line_editor import LineEditor
    from ragchat.terminal.screen import Screen

PROMPT = "> "
KEYS = (
    "Enter sends, Alt-Enter or Ctrl-J starts a new line, Tab completes, Ctrl-R searches what you "
    "typed, Ctrl-C stops an answer, Ctrl-D leaves."
)
MOST_LISTED = 12
"""Past conversations that `/conversations` lists."""


class Workspace(Current, Protocol):
    """The library and the conversation of a session."""

    def status(self) -> str:
        """Return the line under the prompt."""

    def collections(self) -> Sequence[str]:
        """Return the names of all collections."""

    def use_collection(self, name: str) -> None:
        """Go on in another collection, with a new conversation."""

    def look_in(self, globs: tuple[str, ...]) -> None:
        """Look into the documents of these paths alone from now on; with none, everywhere."""

    def conversations(self) -> Sequence[Listed]:
        """Return the past conversations of the collection, the latest first."""

    def find_conversation(self, wanted: str) -> Conversation:
        """Return a conversation by its id or title. Raises UsageError."""

    def attach(self, question: str) -> Brought:
        """Return a typed line with the files and pastes that belong to it."""

    def forget(self, exchange: str, *, ask: bool) -> bool:
        """Forget an exchange for good, after asking. Returns whether it did."""


class Repl:
    """A session at one terminal."""

    def __init__(
        self, workspace: Workspace, screen: Screen, editor: LineEditor, commands: CommandSet
    ) -> None:
        self._workspace = workspace
        self._screen = screen
        self._editor = editor
        self._commands = commands
        self._indexing: threading.Thread | None = None
        self._index_error = ""
        self._draft, self._draft_in_editor = "", False
        self._typed = ""  # the last question, as typed
        self._sent: Brought | None = None
        self._listed: list[str] = []  # the ids that /conversations has shown, by their numbers

    @cached_property
    def _actions(self) -> dict[str, Callable[[str], None]]:
        from ragchat.terminal.lookups import Lookups

        return {
            **Lookups(self._workspace, self._screen).actions,
            "help": lambda _: self._show_help(),
            "new": lambda _: self._start_new(),
            "retry": lambda _: self._retry(),
            "whole": lambda _: self._send_whole(),
            "edit": self._edit,
            "undo": lambda _: self._undo(),
            "conversations": self._conversations,
            "collection": self._collection,
            "in": self._look_in,
            "forget": self._forget,
            "model": self._choose_model,
            "effort": self._choose_effort,
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
            parsed = self._commands.parse(line)
            if isinstance(parsed, Command) and parsed.name == "quit":
                break
            if self._index_error:
                self._screen.note(self._index_error)
                self._index_error = ""
            try:
                self._do(parsed)
            except KeyboardInterrupt:
                self._screen.note("stopped")
            except (RagchatError, IngestError) as error:
                self._screen.error(str(error))

    def _read(self) -> str | None:
        draft, in_editor = self._draft, self._draft_in_editor
        self._draft, self._draft_in_editor = "", False
        return self._editor.read(PROMPT, draft, in_editor=in_editor)

    def _do(self, parsed: Command | Question | Mistake) -> None:
        if isinstance(parsed, Command):
            self._actions[parsed.name](parsed.argument)
        elif isinstance(parsed, Mistake):
            self._screen.note(parsed.hint)
        elif parsed.text:
            self._ask(parsed.text)

    def _ask(self, question: str) -> None:
        self._typed = question
        self._send(self._workspace.attach(question))

    def _send(self, brought: Brought) -> None:
        from ragchat.terminal.answering import show_answer

        self.finish()
        chat = self._workspace.chat
        try:
            events = chat.ask(
                brought.question,
                brought.attachments,
                whole=brought.whole,
                instead_of=brought.instead_of,
            )
            show_answer(self._screen, events, lambda _: "/sources")
            if (request := self._workspace.chat.request) and request.notice:
                self._screen.note(request.notice)
        except CredentialsError:
            self._draft = self._typed  # it is kept for when there is a key
            raise
        self._sent = replace(brought, whole=False)
        self._indexing = threading.Thread(target=self._index, name="indexing")
        self._indexing.start()

    def _index(self) -> None:
        try:
            self._workspace.chat.index(self._workspace.retriever().embedder)
            self._editor.status = self._workspace.status()
        except (RagchatError, IngestError) as error:
            self._index_error = f"the last exchange is stored but not searchable yet: {error}"

    # Commands that change the conversation

    def _show_help(self) -> None:
        self._screen.say(f"Ask anything. {KEYS}")
        rows = [
            (f"/{name} {usage.argument}".rstrip(), usage.meaning)
            for name, usage in self._commands.usages.items()
        ]
        self._screen.table(rows, ("command", "what it does"))

    def _start_new(self) -> None:
        self._workspace.chat.start_anew()
        self._screen.note("new conversation; earlier ones stay in memory")

    def _retry(self) -> None:
        chat = self._workspace.chat
        if not chat.conversation.exchanges:
            self._screen.note("nothing was asked yet")
            return
        last = chat.conversation.exchanges[-1]
        if not self._asked_here(last) or self._sent is None:
            from ragchat.request.brought import Brought

            self._typed, self._sent = last.question.text, Brought(last.question.text)
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

    def _asked_here(self, exchange: Exchange) -> bool:
        last = self._workspace.chat.last
        return last is not None and last.exchange.id == exchange.id

    def _edit(self, text: str) -> None:
        self._draft, self._draft_in_editor = text, True

    def _undo(self) -> None:
        exchanges = self._workspace.chat.conversation.exchanges
        if not exchanges:
            self._screen.note("nothing was asked yet")
            return
        self.finish()
        last = exchanges[-1]
        typed = self._typed if self._asked_here(last) else last.question.text
        if self._workspace.forget(last.id, ask=False):
            self._draft = typed
            self._editor.status = self._workspace.status()

    def _forget(self, exchange: str) -> None:
        self.finish()
        if self._workspace.forget(exchange, ask=True):
            self._editor.status = self._workspace.status()

    def _conversations(self, wanted: str) -> None:
        if not wanted:
            self._list_conversations()
            return
        number = int(wanted) if wanted.isdecimal() else 0
        if 1 <= number <= len(self._listed):
            wanted = self._listed[number - 1]
        self.finish()
        found = self._workspace.find_conversation(wanted)
        self._workspace.chat.resume(found)
        show_continued(self._screen, found)

    def _list_conversations(self) -> None:
        listed = self._workspace.conversations()[:MOST_LISTED]
        if not listed:
            self._screen.note("no past conversations yet")
            return
        self._listed = [one.id for one in listed]
        rows = [
            (n, one.id, f"{one.last.astimezone():%Y-%m-%d %H:%M}", one.title)
            for n, one in enumerate(listed, 1)
        ]
        self._screen.table(rows, ("", "id", "last", "title"))
        self._screen.line("/conversations N, ID or a part of the title continues one")

    def _collection(self, name: str) -> None:
        if not name:
            own = self._workspace.scope.collections[0]
            names = self._workspace.collections()
            shown = [f"{one} (in use)" if one == own else one for one in names]
            self._screen.say(", ".join(shown) or f"{own} (in use, empty)")
            return
        self.finish()
        self._workspace.use_collection(name)
        self._editor.status = self._workspace.status()
        self._screen.note(f"now in {self._workspace.status()}; new conversation")

    def _look_in(self, globs: str) -> None:
        self._workspace.look_in(tuple(globs.split()))
        self._editor.status = self._workspace.status()
        self._screen.note(f"searching {globs or 'everything'} from now on")

    def _choose_model(self, name: str) -> None:
        chat = self._workspace.chat
        if name:
            found, notice = chosen_model(chat.claude, name)
            if notice:
                self._screen.note(notice)
            if found is None:
                return
            chat.use_model(found)
            self._editor.status = self._workspace.status()
        self._screen.note(f"now using {chat.model.name}")

    def _choose_effort(self, level: str) -> None:
        self._screen.note(chosen_effort(self._workspace.chat.claude, level.lower()))
