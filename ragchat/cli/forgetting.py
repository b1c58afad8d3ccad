"""The common part of `forget`, `conversations delete` and `sources remove`: ask, forget, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.text.amounts import counted
from ragchat.cli.common import Common
from ragchat.cli.forgetting_report import (
    LATER,
    chosen_in_words,
    forgotten_fields,
    question,
    show_forgotten,
    twins_left,
    twins_question,
)
from ragchat.cli.output import print_json
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.maintenance.forgetting import Forgetting, Forgotten
    from ingest.records.facts import Backup
    from ingest.store import Store
    from ragchat.terminal.screen import Screen


NOTHING = "nothing was forgotten"
WHERE = "`ragchat conversations list` shows what was said when, `ragchat sources list` the files"


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
        dialogue = _Dialogue(common, store, screen)
        if not dialogue.agreed(forgetting, meant, with_answers=with_answers):
            screen.note(NOTHING)
            return
        if not with_twins:
            dialogue.offer_twins(forgetting, twins)
        done = dialogue.run(forgetting, with_answers=with_answers, wait=wait)
        left = [exchange for exchange in twins if exchange not in chosen.exchanges]
        backups = known_backups(store.facts, chosen.since)
        served = store.index.served
    _report(common, screen, done, backups, left, served=served)


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
    if ask and not _confirmed(screen, forgetting, with_answers=False):
        screen.note(NOTHING)
        return False
    twins = forgetting.twins()
    done = _Dialogue(common, store, screen).run(forgetting, with_answers=False, wait=False)
    backups = known_backups(store.facts, forgetting.choice.since)
    show_forgotten(screen, done, backups, briefly=not ask)
    if twins and ask:
        screen.note(twins_left(twins))
    return True


class _Dialogue:
    """Asks the user of one command, and forgets."""

    def __init__(self, common: Common, store: Store, screen: Screen) -> None:
        self._common = common
        self._store = store
        self._screen = screen

    def agreed(
        self, forgetting: Forgetting, meant: Mapping[str, str], *, with_answers: bool
    ) -> bool:
        """Ask whether to forget what is chosen, unless --yes agrees."""
        if self._common.yes:
            return True
        if not self._screen.can_ask:
            _require_whole(meant)
        return _confirmed(self._screen, forgetting, with_answers=with_answers)

    def offer_twins(self, forgetting: Forgetting, twins: Sequence[str]) -> None:
        """Ask whether to forget exchanges that say the same, too, where a user can answer."""
        asks = twins and self._screen.can_ask and not self._common.yes
        if asks and self._screen.confirm(twins_question(twins)):
            forgetting.choose_exchanges(twins)

    def run(self, forgetting: Forgetting, *, with_answers: bool, wait: bool) -> Forgotten:
        """Forget what is chosen; a stop is reported with what is left to do."""
        try:
            with self._screen.status("forgetting …"):
                return forgetting.run(
                    with_answers=with_answers,
                    index=self._index,
                    forget_typed=self._forget_typed,
                    fully=wait,
                )
        except BaseException:
            if forgetting.committed:
                self._screen.note("forgotten, but not wiped from every file yet: " + LATER)
            raise

    def _index(self) -> None:
        """Index what stays under a new title, if there is any, before the index is rebuilt."""
        if not self._store.exchange_queue.count():
            return
        from ingest.errors import IngestError
        from ingest.intake.exchange_index import index_turns
        from ragchat.library.opening import load_embedder

        try:
            embedder = load_embedder(self._common.home, self._common.settings(), self._store)
            index_turns(self._store, embedder)
        except IngestError as error:  # forgetting goes on all the same
            said = "some exchanges can be searched again only after the next ingest"
            self._screen.note(f"{said}: {error}")

    def _forget_typed(self, questions: Sequence[str]) -> bool:
        from ragchat.terminal.input_history import InputHistory

        path = self._common.home / "history"
        try:
            InputHistory(path).forget(questions)
        except OSError as error:
            held = f"{path} still holds the typed questions ({error.strerror})"
            self._screen.note(f"{held}: {LATER}")
            return False
        return True


def _require_whole(meant: Mapping[str, str]) -> None:
    """Raise UsageError if a conversation or an exchange was named by a part of its id or title."""
    for given, full_id in meant.items():
        if given != full_id:
            raise UsageError(f"{given!r} is only a part of {full_id}: give the whole id, or --yes")


def _confirmed(screen: Screen, forgetting: Forgetting, *, with_answers: bool) -> bool:
    """Ask whether to forget what is chosen; `with_answers` first chooses what quotes it, too."""
    chosen = chosen_in_words(forgetting)
    if with_answers and (added := forgetting.choose_answers()):
        chosen.append(f"{counted(added, 'answer')} quoting it")
    return screen.confirm(question(chosen, staying=len(forgetting.quoting())))


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
        print_json({**forgotten_fields(done), "twins": left, "backups": backed_up})
    else:
        show_forgotten(screen, done, backups)
        if left:
            screen.note(twins_left(left))
        if served and not done.waiting:
            screen.note("the Chroma server may keep it in its files until it rewrites them")
