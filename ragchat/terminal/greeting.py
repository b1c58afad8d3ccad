"""The lines above the first prompt: the library, missing settings, the continued exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.text.amounts import counted
from ragchat.terminal.parts import SEPARATOR, LinePart

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ragchat.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a collection holds."""

    collection: str
    files: int
    exchanges: int
    conversations: int

    @property
    def parts(self) -> tuple[str, str]:
        """The collection with its files, and what was said in it."""
        exchanges = counted(self.exchanges, "exchange")
        said = f"{exchanges} in {counted(self.conversations, 'conversation')}"
        return f"{self.collection}: {counted(self.files, 'file')}", said

    def __str__(self) -> str:
        return SEPARATOR.join(self.parts)


HELP = "/help lists the commands"

NO_KEY = (
    "no API key: set ANTHROPIC_API_KEY (create one at https://platform.claude.com) and start again;"
    " a question typed before is kept (press Up). /search and /recall need no key"
)
NO_FILES = "no documents yet: `ragchat ingest FOLDER` reads some"


def greet(
    screen: Screen, holdings: Holdings, continued: Conversation | None, *, key_missing: bool
) -> None:
    """Say what the session begins with, before anything is asked or paid for."""
    files, said = holdings.parts
    screen.parts([LinePart(files, 2), LinePart(said, 2), LinePart(HELP, 1)])
    if not holdings.files:
        screen.note(NO_FILES)
    if key_missing:
        screen.note(NO_KEY)
    if continued is not None and continued.exchanges:
        show_continued(screen, continued)


def show_continued(screen: Screen, conversation: Conversation) -> None:
    """Write the title of a continued conversation and its last exchange."""
    last = conversation.exchanges[-1]
    amount = counted(len(conversation.exchanges), "exchange")
    screen.note(f"continuing “{conversation.title}” ({conversation.id}, {amount}), last:")
    for turn in last.turns:
        screen.turn(turn)
    screen.result("")
