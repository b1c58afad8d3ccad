"""What `forget`, `conversations delete` and `sources remove` share: ask, forget, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.text.amounts import counted
from ragchat.cli.common import Common
from ragchat.cli.output import print_json
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.maintenance.backups import Backup
    from ingest.maintenance.forgetting import Forgetting, Forgotten
    from ingest.store import Store
    from ragchat.terminal.screen import Screen


LATER = "the next ragchat command finishes that"
MOST_NAMED = 3
"""Conversations that are named before they are forgotten; the rest is counted."""


def forget_chosen(
    common: Common,
    choose: Callable[[Forgetting, Store], None],
    *,
    with_answers: bool,
    with_twins: bool = False,
    wait: bool = False,
) -> None:
    """Forget what `choose` chooses. Asks first on a terminal; `wait` wipes every file at once."""
    from ingest.maintenance.backups import known_backups
    from ingest.maintenance.forgetting import Forgetting
    from ingest.records.twins import twins_of
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        collection = store.look_up(common.one_collection())
        forgetting = Forgetting(store, collection)
        choose(forgetting, store)
        chosen = forgetting.selection
        if not chosen.turns and not chosen.paths:
            raise UsageError("there is nothing like that to forget: `ragchat recall` finds ids")
        twins = twins_of(store.database, collection, chosen.exchanges)
        if with_twins:
            forgetting.choose_exchanges(twins)
        if not common.yes and not screen.confirm(_question(forgetting, with_answers=with_answers)):
            return
        asks = twins and not with_twins and screen.can_ask and not common.yes
        if asks and screen.confirm(f"the same was said in {_more(twins)}: forget them, too?"):
            forgetting.choose_exchanges(twins)
        left = [exchange for exchange in twins if exchange not in chosen.exchanges]
        try:
            with screen.status("forgetting …"):
                done = forgetting.run(
                    with_answers=with_answers,
                    index=lambda: _index(common, store, screen),
                    forget_typed=lambda questions: _forget_typed(common, questions, screen),
                    whole=wait,
                )
        except BaseException:
            if forgetting.committed:
                screen.note("forgotten, but not wiped from every file yet: " + LATER)
            raise
        backups = known_backups(store.database)
        served = store.index.served
    _report(common, screen, done, backups, left, served=served)


def _report(
    common: Common,
    screen: Screen,
    done: Forgotten,
    backups: Sequence[Backup],
    left: Sequence[str],
    *,
    served: bool,
) -> None:
    if common.json:
        backed_up = [str(backup.path) for backup in backups]
        print_json({**_fields(done), "twins": left, "backups": backed_up})
    else:
        _show(screen, done, backups)
        if left:
            screen.note(_twins_left(left))
        if served and not done.waiting:
            screen.note("the Chroma server may keep it in its files until those are written again")


def _question(forgetting: Forgetting, *, with_answers: bool) -> str:
    """What is to go, exactly, and what quotes it."""
    chosen = forgetting.selection
    exchanges, files = len(chosen.exchanges), len(chosen.paths)
    parts = []
    if exchanges:
        parts.append(f"{counted(exchanges, 'exchange')} of {_titles(chosen.conversations)}")
    if files:
        chunks = counted(forgetting.count_chunks(), "chunk")
        parts.append(f"{counted(files, 'file')} with {chunks}")
    quoting = len(forgetting.quoting())
    if with_answers:
        forgetting.choose_answers()
        if quoted := len(chosen.exchanges) - exchanges:
            parts.append(f"{counted(quoted, 'answer')} quoting it")
    asked = f"forget {' and '.join(parts)} for good?"
    if with_answers or not quoting:
        return asked
    them = "it" if quoting == 1 else "them"
    return f"{asked} (quoted by {counted(quoting, 'answer')}: --with-answers removes {them}, too)"


def _twins_left(left: Sequence[str]) -> str:
    way = f"`ragchat forget --twins {' '.join(left[:3])}` forgets them, too"
    return f"the same was said in {_more(left)}: {way}"


def _more(twins: Sequence[str]) -> str:
    return f"{counted(len(twins), 'more exchange')} ({', '.join(twins[:MOST_NAMED])})"


def _titles(conversations: Mapping[str, str]) -> str:
    """The first conversations by their titles, and how many more there are."""
    named = [f"“{title}” ({key})" for key, title in conversations.items()]
    more = len(named) - MOST_NAMED
    rest = [counted(more, "other conversation")] if more > 0 else []
    return " and ".join(filter(None, (", ".join(named[:MOST_NAMED]), *rest)))


def _index(common: Common, store: Store, screen: Screen) -> None:
    """Index what stays under a new title, if there is any, before the index is made anew."""
    from ingest.records.unindexed import count_unindexed

    if not count_unindexed(store.database):
        return
    from ingest.errors import IngestError
    from ingest.intake.exchange_index import index_turns
    from ragchat.cli.wiring import load_embedder

    try:
        index_turns(store, load_embedder(common, common.settings(), store))
    except IngestError as error:  # what is to be forgotten is forgotten all the same
        screen.note(f"some exchanges will be found again after the next ingest: {error}")


def _forget_typed(common: Common, questions: Sequence[str], screen: Screen) -> bool:
    from ragchat.terminal.input_history import Typed

    try:
        Typed(common.home / "history").forget(questions)
    except OSError as error:
        path = common.home / "history"
        screen.note(f"{path} still holds what was typed ({error.strerror}): {LATER}")
        return False
    return True


def _fields(done: Forgotten) -> dict[str, Any]:
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


def _show(screen: Screen, done: Forgotten, backups: Sequence[Backup]) -> None:
    screen.result(f"forgot {_named(done.exchanges, done.sources)}")
    for each in done.quoting:
        screen.note(
            f"still quoted by {each.exchange} in {each.conversation}: {each.question[:60]}"
            f" (`ragchat forget {each.exchange}` forgets it, too)"
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
    others = "other copies" if backups else "copies and backups"
    screen.note(f"{others} made before still hold what was forgotten")


def _named(exchanges: int, files: int) -> str:
    """What is forgotten, in words; what there is none of is not named."""
    amounts = ((exchanges, "exchange"), (files, "file"))
    return " and ".join(counted(number, noun) for number, noun in amounts if number)
