"""`ragchat search` and `ragchat recall`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ragchat.cli.common import Common, common_options, day_begun, day_over
from ragchat.cli.output import hit_fields, print_json
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.search.candidates import Scope


@click.command()
@click.argument("query")
@click.option("--top-k", type=click.IntRange(min=1), help="How many passages to show.")
@click.option("--explain", is_flag=True, help="Show how each passage was ranked.")
@common_options
def search(common: Common, query: str, top_k: int | None, explain: bool) -> None:
    """Search documents and memory, in one ranking. No key is needed."""
    from ingest.search.candidates import Scope

    _search(common, query, top_k, Scope(), explain=explain)


@click.command()
@click.argument("query")
@click.option("--top-k", type=click.IntRange(min=1), help="How many exchanges to show.")
@click.option("--since", type=day_begun, metavar="DAY", help="Only from this day on.")
@click.option("--until", type=day_begun, metavar="DAY", help="Only before this day.")
@click.option("--as-of", type=day_over, metavar="DAY", help="Only until the end of that day.")
@click.option("--conversation", metavar="ID", help="Only this conversation.")
@common_options
def recall(
    common: Common,
    query: str,
    top_k: int | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    conversation: str | None,
) -> None:
    """Search past conversations. No key is needed."""
    from ingest.search.candidates import Scope

    if as_of is not None:
        if until is not None:
            raise UsageError("use only one of --until and --as-of")
        until = as_of
    scope = Scope(
        kinds=("memory",),
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
        conversation=conversation,
    )
    _search(common, query, top_k, scope)


def _search(
    common: Common,
    query: str,
    top_k: int | None,
    scope: Scope,
    *,
    explain: bool = False,
) -> None:
    from ingest.intake.exchange_index import index_turns
    from ragchat.cli.wiring import load_embedder, load_reranker, open_store
    from ragchat.memory import now_utc, whole_id
    from ragchat.retrieval.explanation import in_words
    from ragchat.retrieval.policy import ForReader
    from ragchat.retrieval.retriever import Retriever
    from ragchat.terminal.screen import Screen

    if not query.strip():
        raise UsageError("the query is empty: write what to search for")
    screen = Screen()
    settings = common.settings(top_k=top_k)
    with open_store(common, screen) as store, screen.status("searching …"):
        names = common.collections(store)
        scope = replace(scope, collections=tuple(names))
        if scope.conversation is not None:
            rows = [store.look_up(name) for name in names]
            scope = replace(scope, conversation=whole_id(store, rows, scope.conversation))
        embedder = load_embedder(common, settings, store)
        # Index the exchanges that a killed session stored and could not index any more.
        index_turns(store, embedder)
        retriever = Retriever(store, embedder, load_reranker(settings))
        found = retriever.retrieve(
            retriever.read(query, now=now_utc()), scope, ForReader(settings.top_k)
        )
        explained = retriever.explain(found) if explain else {}
    if found.reranking:
        screen.note(str(found.reranking))
    if common.json:
        print_json(hit_fields(found.hits, explained))
    elif found.hits:
        notes = {unit: in_words(explanation) for unit, explanation in explained.items()}
        screen.found(found.hits, notes)
    else:
        screen.note("nothing found")
