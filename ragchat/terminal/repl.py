"""The interactive session: read a line, do what its word says, or ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.text.amounts import counted
from ragchat.chat import Chat
from ragchat.claude.model_choice import chosen_model
from ragchat.errors import RagchatError
from ragchat.interrupts import INTERRUPTED, closing_signals, terminal_is_gone
from ragchat.memory import now_utc
from ragchat.request.brought import QuestionLimit, typed
from ragchat.retrieval.policy import ForReader
from ragchat.terminal.answering import input_tokens, money, show_answer
from ragchat.terminal.commands import Command, Mistake, Question, Words
from ragchat.terminal.ledger import show_ledger

if TYPE_CHECKING:
    from ingest.search.candidates import Scope
    from ragchat.retrieval.retriever import Retriever
    from ragchat.terminal.line_editor import LineEditor
    from ragchat.terminal.screen import Screen

PROMPT = "> "
KEYS = "Enter sends, Alt-Enter or Ctrl-J starts a new line, Ctrl-C stops an answer, Ctrl-D leaves."


class Talk:
    """One person at one terminal. `retriever` waits for what is still loading."""

    def __init__(
        self,
        chat: Chat,
        screen: Screen,
        editor: LineEditor,
        words: Words,
        *,
        retriever: Callable[[], Retriever],
        scope: Scope,
        top_k: int,
        status: Callable[[], str],
    ) -> None:
        self._chat = chat
        self._screen = screen
        self._editor = editor
        self._language = words
        self._retriever = retriever
        self._scope = scope
        self._top_k = top_k
        self._status = status
        self._indexing: threading.Thread | None = None
        self._index_error = ""
        self._words: dict[str, Callable[[str], None]] = {
            "help": lambda _: self._show_help(),
            "sources": lambda _: self._show_sources(),
            "context": lambda _: self._show_context(),
            "search": self._search,
            "recall": self._recall,
            "new": lambda _: self._start_anew(),
            "history": lambda _: self._show_history(),
            "model": self._choose_model,
            "cost": lambda _: self._show_cost(),
        }

    def run(self) -> int:
        """Talk until the person leaves (0), or the terminal or the machine is closing (130)."""
        with closing_signals() as closing:
            try:
                with self._screen.quiet():
                    self._talk(closing)
            except OSError:
                if not closing() and not terminal_is_gone():
                    raise
            self.finish()
        return INTERRUPTED if closing() or terminal_is_gone() else 0

    def _talk(self, closing: Callable[[], bool]) -> None:
        while not closing() and (line := self._editor.read(PROMPT)) is not None:
            said = self._language.parse(line)
            if isinstance(said, Command) and said.name == "quit":
                break
            if self._index_error:
                self._screen.note(self._index_error)
                self._index_error = ""
            try:
                self._do(said)
            except KeyboardInterrupt:
                self._screen.note("stopped")
            except (RagchatError, IngestError) as error:
                self._screen.error(str(error))

    def finish(self) -> None:
        """Wait until what was said can be found again."""
        if self._indexing is not None:
            self._indexing.join()

    def _do(self, said: Command | Question | Mistake) -> None:
        if isinstance(said, Command):
            self._words[said.name](said.argument)
        elif isinstance(said, Mistake):
            self._screen.note(said.hint)
        elif said.text:
            self._ask(said.text)

    def _ask(self, question: str) -> None:
        self.finish()
        limit = QuestionLimit(self._chat.limits.question_tokens, self._chat.model.tokens)
        brought = typed(question, Path.cwd(), limit)
        for attached in brought.attachments:
            self._screen.note(f"attached: {attached.label}")
        show_answer(self._screen, self._chat.ask(brought.question, brought.attachments))
        self._indexing = threading.Thread(target=self._index, name="indexing")
        self._indexing.start()

    def _index(self) -> None:
        try:
            self._chat.index(self._retriever().embedder)
            self._editor.status = self._status()
        except (RagchatError, IngestError) as error:
            self._index_error = f"the last exchange is stored but not yet found again: {error}"

    # The words of the session

    def _show_help(self) -> None:
        self._screen.result(f"Ask anything. {KEYS}\n")
        rows = [(f"/{name}", meaning) for name, meaning in self._language.meanings.items()]
        self._screen.table(rows, ("word", "what it is for"))

    def _show_sources(self) -> None:
        if self._chat.last is None or not self._chat.last.sources:
            self._screen.note("no answer with sources yet")
            return
        for source in self._chat.last.sources:
            self._screen.sources([source])
            lines = source.hit.passage.text.splitlines()
            self._screen.result("\n".join(f"    {line}" for line in lines))

    def _show_context(self) -> None:
        request = self._chat.request
        if request is None:
            self._screen.note("nothing asked yet")
            return
        show_ledger(self._screen, request)

    def _search(self, words: str) -> None:
        self._show_found(words, self._scope, "/search WORDS")

    def _recall(self, words: str) -> None:
        self._show_found(words, replace(self._scope, kinds=("memory",)), "/recall WORDS")

    def _show_found(self, words: str, scope: Scope, usage: str) -> None:
        if not words:
            self._screen.note(f"say what to look for: {usage}")
            return
        retriever = self._retriever()
        query = retriever.read(words, now=now_utc())
        found = retriever.retrieve(query, scope, ForReader(self._top_k))
        if found.hits:
            self._screen.found(found.hits)
        else:
            self._screen.note("nothing found")

    def _start_anew(self) -> None:
        self._chat.start_anew()
        self._screen.note("a new conversation; what was said before stays in memory")

    def _show_history(self) -> None:
        if not self._chat.conversation.exchanges:
            self._screen.note("nothing said yet")
        for exchange in self._chat.conversation.exchanges:
            for turn in (exchange.question, exchange.answer):
                if turn.text:
                    self._screen.turn(turn.spoken_by(), turn.time, turn.text)

    def _choose_model(self, name: str) -> None:
        if name:
            found, notice = chosen_model(self._chat.claude, name)
            if notice:
                self._screen.note(notice)
            if found is None:
                return
            self._chat.use_model(found)
            self._editor.status = self._status()
        self._screen.note(f"now using {self._chat.model.name}")

    def _show_cost(self) -> None:
        answers = [each.answer for each in self._chat.conversation.exchanges]
        tokens_in = sum(input_tokens(each.usage) for each in answers)
        tokens_out = sum(int(each.usage.get("output_tokens", 0)) for each in answers)
        spent = sum(float(each.usage.get("cost_usd", 0.0)) for each in answers)
        thinking = sum(int(each.usage.get("thinking_tokens", 0)) for each in answers)
        tokens = f"{counted(tokens_in, 'token')} in, {tokens_out:,} out"
        if thinking:
            tokens += f" ({thinking:,} of them thinking)"
        self._screen.result(f"{counted(len(answers), 'answer')}, {tokens}, {money(spent)}")
