"""The common part of `forget`, `conversations delete` and `sources remove`: ask, forget, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.text.amounts import counted, listed
from ragchat.cli.common import Common
from ragchat.cli.output import print_json
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.maintenance.forgetting import Forgetting, Forgotten
    from ingest.records.facts import Backup
    from ingest.store import Store
    from ragchat.terminal.screen import Screen


NOTHING = "nothing was forgotten"
WHERE = "`ragchat conversations list` shows what was said when, `ragchat sources list` the files"
LATER = "the next ragchat command finishes that"
MOST_NAMED = 3
"""Conversations and exchanges that a message names; the rest is counted."""


Choose = Callable[["Forgetting", "Store"], Mapping[str, str]]
"""Chooses what to forget. Returns the whole ids by the names that the user gave."""


def forget_chosen(
    common: Common,
    choose: Choose,
    *,
    with_answers: bool,
    with_twins: bool = False,
    wait: bool = False,
) -> None:
    """Forget what `choose` chooses, after asking where a user can answer.

    `wait` wipes every file at once. Raises UsageError if nothing is chosen, and where no user can
    answer, for a part of an id.
    """
    from ingest.maintenance.backups import known_backups
    from ingest.maintenance.forgetting import Forgetting
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        collection = store.look_up(common.one_collection(store))
        forgetting = Forgetting(store, collection)
        meant = choose(forgetting, store)
        chosen = forgetting.choice
        if not chosen.turns and not chosen.paths:
            raise UsageError("nothing to forget was found: " + WHERE)
        twins = forgetting.twins()
        if with_twins:
            forgetting.choose_exchanges(twins)
        if not common.yes:
            if not screen.can_ask:
                _require_whole(meant)
            if not _agreed(screen, forgetting, with_answers=with_answers):
                screen.note(NOTHING)
                return
        asks = twins and not with_twins and screen.can_ask and not common.yes
        if asks and screen.confirm(
            f"the same was said in {_more(twins)}: forget {_them(twins)}, too?"
        ):
            forgetting.choose_exchanges(twins)
        done = _run(common, store, screen, forgetting, with_answers=with_answers, wait=wait)
        left = [exchange for exchange in twins if exchange not in chosen.exchanges]
        backups = known_backups(store.facts, chosen.since)
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
            screen.note("the Chroma server may keep it in its files until it rewrites them")


def _run(
    common: Common,
    store: Store,
    screen: Screen,
    forgetting: Forgetting,
    *,
    with_answers: bool,
    wait: bool,
) -> Forgotten:
    try:
        with screen.status("forgetting …"):
            return forgetting.run(
                with_answers=with_answers,
                index=lambda: _index(common, store, screen),
                forget_typed=lambda questions: _forget_typed(common, questions, screen),
                fully=wait,
            )
    except BaseException:
        if forgetting.committed:
            screen.note("forgotten, but not wiped from every file yet: " + LATER)
        raise


def forget_exchange(
    common: Common, store: Store, screen: Screen, exchange: str, *, collection: str, ask: bool
) -> bool:
    """Forget one exchange of an open library. Returns False if the user declined."""
    from ingest.maintenance.backups import known_backups
    from ingest.maintenance.forgetting import Forgetting

    forgetting = Forgetting(store, store.look_up(collection))
    forgetting.choose_exchanges([exchange])
    if not forgetting.choice.turns:
        raise UsageError(f"{exchange} is forgotten already: another ragchat did it")
    if ask and not _agreed(screen, forgetting, with_answers=False):
        screen.note(NOTHING)
        return False
    twins = forgetting.twins()
    done = _run(common, store, screen, forgetting, with_answers=False, wait=False)
    backups = known_backups(store.facts, forgetting.choice.since)
    _show(screen, done, backups, briefly=not ask)
    if twins and ask:
        screen.note(_twins_left(twins))
    return True


def _require_whole(meant: Mapping[str, str]) -> None:
    """Raise UsageError if a conversation or an exchange was named by a part of its id or title."""
    for given, full_id in meant.items():
        if given != full_id:
            raise UsageError(f"{given!r} is only a part of {full_id}: give the whole id, or --yes")


def _agreed(screen: Screen, forgetting: Forgetting, *, with_answers: bool) -> bool:
    """Ask whether to forget what is chosen; `with_answers` first chooses what quotes it, too."""
    chosen = _chosen(forgetting)
    if with_answers and (added := forgetting.choose_answers()):
        chosen.append(f"{counted(added, 'answer')} quoting it")
    return screen.confirm(_question(chosen, staying=len(forgetting.quoting())))


def _chosen(forgetting: Forgetting) -> list[str]:
    """Return what is chosen, in words: exchanges of which conversations, files of which size."""
    choice, parts = forgetting.choice, []
    if exchanges := len(choice.exchanges):
        parts.append(f"{counted(exchanges, 'exchange')} of {_titles(choice.conversations)}")
    if files := len(choice.paths):
        chunks = counted(forgetting.count_chunks(), "chunk")
        parts.append(f"{counted(files, 'file')} with {chunks}")
    return parts


def _question(chosen: Sequence[str], *, staying: int) -> str:
    """Return the question; `staying` is how many answers quote what is chosen, and stay."""
    asked = f"forget {' and '.join(chosen)} for good?"
    if not staying:
        return asked
    them = "it" if staying == 1 else "them"
    return f"{asked} (quoted by {counted(staying, 'answer')}: --with-answers removes {them} too)"


def _twins_left(left: Sequence[str]) -> str:
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


def _index(common: Common, store: Store, screen: Screen) -> None:
    """Index what stays under a new title, if there is any, before the index is rebuilt."""
    if not store.exchange_queue.count():
        return
    from ingest.errors import IngestError
    from ingest.intake.exchange_index import index_turns
    from ragchat.library.opening import load_embedder

    try:
        index_turns(store, load_embedder(common.home, common.settings(), store))
    except IngestError as error:  # forgetting goes on all the same
        screen.note(f"some exchanges can be searched again only after the next ingest: {error}")


def _forget_typed(common: Common, questions: Sequence[str], screen: Screen) -> bool:
    from ragchat.terminal.input_history import InputHistory

    path = common.home / "history"
    try:
        InputHistory(path).forget(questions)
    except OSError as error:
        screen.note(f"{path} still holds the typed questions ({error.strerror}): {LATER}")
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


def _show(
    screen: Screen, done: Forgotten, backups: Sequence[Backup], *, briefly: bool = False
) -> None:
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
