"""What forgetting asks and says, in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.text.amounts import counted, listed

if TYPE_CHECKING:
    from ingest.maintenance.forgetting import Forgetting, Forgotten
    from ingest.records.facts import Backup
    from ragchat.terminal.screen import Screen

LATER = "the next ragchat command finishes that"
MOST_NAMED = 3
"""Conversations and exchanges that a message names; the rest is counted."""


def chosen_in_words(forgetting: Forgetting) -> list[str]:
    """Return what is chosen, in words: exchanges of which conversations, files of which size."""
    choice, parts = forgetting.choice, []
    if exchanges := len(choice.exchanges):
        parts.append(f"{counted(exchanges, 'exchange')} of {_titles(choice.conversations)}")
    if files := len(choice.paths):
        chunks = counted(forgetting.count_chunks(), "chunk")
        parts.append(f"{counted(files, 'file')} with {chunks}")
    return parts


def question(chosen: Sequence[str], *, staying: int) -> str:
    """Return the question; `staying` is how many answers quote what is chosen, and stay."""
    asked = f"forget {' and '.join(chosen)} for good?"
    if not staying:
        return asked
    them = "it" if staying == 1 else "them"
    return f"{asked} (quoted by {counted(staying, 'answer')}: --with-answers removes {them} too)"


def twins_question(twins: Sequence[str]) -> str:
    """Return the question whether to forget exchanges that say the same."""
    return f"the same was said in {_more(twins)}: forget {_them(twins)}, too?"


def twins_left(left: Sequence[str]) -> str:
    """Return how to forget exchanges that say the same."""
    way = f"`ragchat forget --twins {' '.join(left[:MOST_NAMED])}` forgets {_them(left)}, too"
    return f"the same was said in {_more(left)}: {way}"


def _them(twins: Sequence[str]) -> str:
    return "it" if len(twins) == 1 else "them"


def _more(twins: Sequence[str]) -> str:
    return f"{counted(len(twins), 'more exchange')} ({', '.join(twins[:MOST_NAMED])})"


def _titles(conversations: Mapping[str, str]) -> str:
    """Return the first conversations by their titles, and how many more there are."""
    named = [f"“{title}” ({key})" for key, title in conversations.items()]
    return listed(named, MOST_NAMED, "conversation")


def forgotten_fields(done: Forgotten) -> dict[str, Any]:
    """Return what was forgotten as `forget --json` prints it."""
    return {
        "exchanges": done.exchanges,
        "conversations": done.conversations,
        "sources": done.sources,
        "quoted_by": [
            {
                "id": quoting.exchange,
                "conversation": quoting.conversation,
                "question": quoting.question,
            }
            for quoting in done.quoting
        ],
        "in_use": done.in_use,
        "owed": list(done.owed.what),
        "problem": done.problem or None,
        "waiting": done.waiting,
    }


def show_forgotten(
    screen: Screen, done: Forgotten, backups: Sequence[Backup], *, briefly: bool = False
) -> None:
    """Say what was forgotten, and where it still is; `briefly` not what everyone knows."""
    screen.say(f"forgot {_named(done.exchanges, done.sources)}")
    for quoting in done.quoting:
        screen.note(
            f"still quoted by {quoting.exchange} in {quoting.conversation}: {quoting.question[:60]}"
            f" ({screen.surface.command('forget', quoting.exchange)} forgets it too)"
        )
    if done.problem:
        held = f"the index still holds {counted(done.waiting, 'record')} of it"
        what = held if done.waiting else "it is not wiped from every file yet"
        screen.note(f"{what} ({done.problem}): {LATER}")
    elif done.in_use:
        screen.note(f"another ragchat is open and keeps it in the log of the library: {LATER}")
    elif "index" in done.owed.what:
        screen.note(
            "its vectors stay in the files of the index, where no search finds them, until the end"
            " of the next ingest, `ragchat rebuild` or `ragchat doctor --fix`; --wait wipes at once"
        )
    for backup in backups:
        screen.note(
            f"the backup of {backup.time.astimezone():%Y-%m-%d %H:%M} still holds it: {backup.path}"
        )
    if briefly and not backups:
        return
    others = "other copies" if backups else "copies and backups"
    screen.note(f"{others} made earlier still hold the forgotten text")


def _named(exchanges: int, files: int) -> str:
    """Return the amounts that are not zero, in words."""
    amounts = ((exchanges, "exchange"), (files, "file"))
    return " and ".join(counted(number, noun) for number, noun in amounts if number)
