"""The commands of a session that only read: sources, request, search, history, cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.document import DocumentPassage
from ingest.text.amounts import counted
from ragchat.claude.cost import input_tokens, money
from ragchat.cleaning import clean
from ragchat.memory import now_utc
from ragchat.retrieval.policy import ForReader
from ragchat.terminal import clipboard, opening
from ragchat.terminal.ledger import show_ledger
from ragchat.terminal.sources import label
from ragchat.terminal.transcript import as_markdown

if TYPE_CHECKING:
    from ingest.search.scope import Scope
    from ragchat.answer.citations import AnswerSource
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.workspace import Current


class Lookups:
    """Shows what there is; changes nothing."""

    def __init__(self, current: Current, screen: Screen) -> None:
        self._current = current
        self._screen = screen
        self._may_use_terminal = False  # for the clipboard
        self.actions: dict[str, Callable[[str], None]] = {
            "sources": self._show_sources,
            "open": self._open,
            "context": lambda _: self._show_context(),
            "search": self._search,
            "recall": self._recall,
            "history": lambda _: self._show_history(),
            "cost": lambda _: self._show_cost(),
            "copy": lambda _: self._copy(),
            "save": self._save,
        }

    def _sources(self) -> tuple[AnswerSource, ...]:
        last = self._current.chat.last
        if last is None or not last.sources:
            self._screen.note("no answer with sources yet")
            return ()
        return last.sources

    def _source(self, number: str) -> AnswerSource | None:
        sources = self._sources()
        found = next((source for source in sources if str(source.n) == number.strip("[]")), None)
        if sources and found is None:
            known = f"1 to {len(sources)}" if len(sources) > 1 else "1"
            self._screen.note(f"there is no source {number}: the last answer has {known}")
        return found

    def _show_sources(self, number: str) -> None:
        if self._current.chat.last is None and self._show_earlier_sources():
            return
        found = self._source(number) if number else None
        sources = self._sources() if not number else (found,) if found else ()

        def show(screen: Screen) -> None:
            for source in sources:
                screen.sources([source])
                screen.passage(source.hit.passage.text)

        if sources:
            self._screen.paged(show)

    def _show_earlier_sources(self) -> bool:
        """Name the sources of an answer that an earlier session got; their texts are not kept."""
        exchanges = self._current.chat.conversation.exchanges
        sources = exchanges[-1].answer.sources if exchanges else ()
        self._screen.sources(sources)
        return bool(sources)

    def _open(self, number: str) -> None:
        source = self._source(number)
        if source is None:
            return
        passage = source.hit.passage
        if isinstance(passage, DocumentPassage) and Path(passage.source).is_file():
            if opening.open_file(passage.source, passage.start_line):
                return
            self._screen.note("set $EDITOR to open the file itself at the line")
        opening.page(f"{label(passage, Path.cwd())}\n\n{clean(passage.text)}\n")

    def _show_context(self) -> None:
        request = self._current.chat.request
        if request is None:
            self._screen.note("nothing was asked yet")
            return
        show_ledger(self._screen, request)

    def _search(self, query: str) -> None:
        self._show_found(query, self._current.scope)

    def _recall(self, query: str) -> None:
        self._show_found(query, replace(self._current.scope, kinds=("memory",)))

    def _show_found(self, query: str, scope: Scope) -> None:
        with self._screen.status("searching …"):
            retriever = self._current.retriever()
            read = retriever.read(query, now=now_utc())
            found = retriever.retrieve(read, scope, ForReader(self._current.top_k))
        if found.hits:
            self._screen.found(found.hits, query=query)
        else:
            self._screen.note("nothing found")

    def _show_history(self) -> None:
        conversation = self._current.chat.leave_out_forgotten()
        if not conversation.exchanges:
            self._screen.note("nothing was said yet")
            return

        def show(screen: Screen) -> None:
            for turn in conversation.turns:
                screen.turn(turn)

        self._screen.paged(show)

    def _show_cost(self) -> None:
        answers = [exchange.answer for exchange in self._current.chat.conversation.exchanges]
        tokens_in = sum(input_tokens(answer.usage) for answer in answers)
        tokens_out = sum(int(answer.usage.get("output_tokens", 0)) for answer in answers)
        spent = sum(float(answer.usage.get("cost_usd", 0.0)) for answer in answers)
        thinking = sum(int(answer.usage.get("thinking_tokens", 0)) for answer in answers)
        tokens = f"{counted(tokens_in, 'token')} in, {tokens_out:,} out"
        if thinking:
            tokens += f" ({thinking:,} of them thinking)"
        self._screen.say(f"{counted(len(answers), 'answer')}, {tokens}, {money(spent)}")

    def _copy(self) -> None:
        exchanges = self._current.chat.conversation.exchanges
        if not exchanges:
            self._screen.note("no answer to copy yet")
            return
        text = exchanges[-1].answer.text
        command = clipboard.program()
        if command is not None and clipboard.copy(command, text):
            self._screen.note(f"copied with {command[0]}")
        elif self._allowed():
            self._screen.out.file.write(clipboard.osc52(text))
            self._screen.out.file.flush()
            self._screen.note("sent to the terminal's clipboard, if it allows that")
        else:
            self._screen.note("nothing was copied")

    def _allowed(self) -> bool:
        """Ask once whether the terminal's clipboard may be set."""
        self._may_use_terminal = self._may_use_terminal or self._screen.confirm(
            "no clipboard program was found: let the terminal set its clipboard (OSC 52)?"
        )
        return self._may_use_terminal

    def _save(self, name: str) -> None:
        conversation = self._current.chat.leave_out_forgotten()
        if not conversation.exchanges:
            self._screen.note("nothing was said yet")
            return
        path = Path(_unquoted(name)).expanduser()
        if path.is_dir():
            self._screen.note(f"{path} is a folder: add the name of a file")
            return
        if path.exists() and not self._screen.confirm(f"{path} exists: replace it?"):
            self._screen.note("nothing was written")
            return
        try:
            path.write_text("\n".join(as_markdown(conversation)), encoding="utf-8")
        except OSError as error:
            self._screen.error(f"cannot write {path} ({error.strerror}): choose another file")
            return
        self._screen.note(f"wrote {counted(len(conversation.exchanges), 'exchange')} to {path}")


def _unquoted(name: str) -> str:
    """Return the name of a file without the quotes that a shell needs around blanks."""
    within = name[1:-1]
    return within if name[:1] in {"'", '"'} and name == f"{name[0]}{within}{name[0]}" else name
