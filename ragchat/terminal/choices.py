"""The commands that choose what a session works with: conversation, collection, model …"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.text.amounts import counted
from ragchat.claude.capabilities import EFFORTS
from ragchat.claude.model_choice import chosen_model, effort_in_use, unknown_effort
from ragchat.terminal.commands import words
from ragchat.terminal.greeting import show_continued

if TYPE_CHECKING:
    from ingest.records.conversations import ConversationEntry
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.workspace import Workspace

MOST_LISTED = 12
"""Past conversations that `/conversations` lists."""


class Choices:
    """Changes what the next question is asked with.

    `settle` waits until the last exchange is indexed; `changed` shows the new status.
    """

    def __init__(
        self,
        workspace: Workspace,
        screen: Screen,
        settle: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._workspace = workspace
        self._screen = screen
        self._settle = settle
        self._changed = changed
        self._listed: list[str] = []  # the ids that /conversations has shown, by their numbers
        self.actions: dict[str, Callable[[str], None]] = {
            "new": lambda _: self._start_new(),
            "conversations": self._conversations,
            "collection": self._collection,
            "in": lambda globs: self._narrow(globs=words(globs)),
            "tag": lambda tags: self._narrow(tags=words(tags)),
            "model": self._choose_model,
            "effort": self._choose_effort,
        }

    def _start_new(self) -> None:
        self._workspace.chat.start_new()
        self._screen.note("new conversation; earlier ones stay in memory")

    def _conversations(self, wanted: str) -> None:
        if not wanted:
            self._list_conversations()
            return
        number = int(wanted) if wanted.isdecimal() else 0
        if 1 <= number <= len(self._listed):
            wanted = self._listed[number - 1]
        self._settle()
        found = self._workspace.find_conversation(wanted)
        self._workspace.chat.resume(found)
        show_continued(self._screen, found)

    def _list_conversations(self) -> None:
        known = self._workspace.conversations()
        if not known:
            self._screen.note("no past conversations yet")
            return
        listed = known[:MOST_LISTED]
        self._listed = [one.id for one in listed]
        rows = [
            (n, f"{one.last.astimezone():%Y-%m-%d %H:%M}", self._title(one))
            for n, one in enumerate(listed, 1)
        ]
        self._screen.table(rows, ("", "last", "title"))
        older = len(known) - len(listed)
        more = f" ({counted(older, 'older conversation')} not listed)" if older else ""
        self._screen.line(f"/conversations N or a part of a title continues one{more}")

    def _title(self, entry: ConversationEntry) -> str:
        in_use = entry.id == self._workspace.chat.conversation.id
        return f"{entry.title} (in use)" if in_use else entry.title

    def _collection(self, name: str) -> None:
        if not name:
            own = self._workspace.scope.collections[0]
            names = self._workspace.collections()
            shown = [f"{one} (in use)" if one == own else one for one in names]
            shown += [] if own in names else [f"{own} (in use, empty)"]
            self._screen.say(", ".join(shown))
            return
        self._settle()
        self._workspace.use_collection(name)
        self._listed = []  # its numbers are those of the other collection
        self._changed()
        self._screen.note(f"new conversation in {self._workspace.holdings()}")

    def _narrow(
        self, globs: tuple[str, ...] | None = None, tags: tuple[str, ...] | None = None
    ) -> None:
        """Search only some documents from now on, unless there are none of these."""
        found = self._workspace.narrow(globs, tags)
        narrowed = " ".join([*(globs or ()), *(tags or ())])
        if not narrowed:
            self._screen.note(f"now searching {self._workspace.narrowed or 'everything'}")
        elif found:
            self._screen.note(f"now searching only {counted(found, 'document')}: {narrowed}")
        else:
            what = "has a path like" if globs else "is tagged"
            self._screen.note(f"no document {what} {narrowed}; nothing was changed")
        self._changed()

    def _choose_model(self, name: str) -> None:
        chat = self._workspace.chat
        if name:
            with self._screen.status(f"asking {chat.claude.host} …"):
                found, notice = chosen_model(chat.claude, name)
            if notice:
                self._screen.note(notice)
            if found is None:
                return
            chat.use_model(found)
            self._changed()
        self._screen.note(f"{'now using' if name else 'model:'} {chat.model.name}")

    def _choose_effort(self, level: str) -> None:
        claude, wanted = self._workspace.chat.claude, level.lower()
        if wanted and wanted not in EFFORTS:
            self._screen.note(unknown_effort(wanted))
            return
        if wanted:
            claude.effort = wanted
        self._screen.note(effort_in_use(claude))
