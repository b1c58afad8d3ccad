"""`ragchat search` and `ragchat recall`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.narrowing import (
    narrowing_options,
    require_order,
    without_conversations,
    without_documents,
)
from ragchat.cli.parameter_types import day_begun, day_begun_last, day_over
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.document import Hit
    from ingest.search.scope import Scope
    from ingest.store import Store
    from ragchat.retrieval.explanation import Explanation
    from ragchat.retrieval.library_facts import LibraryFacts
    from ragchat.retrieval.retriever import Retrieval, Retriever
    from ragchat.terminal.screen import Screen

EMPTY = (
    "nothing found: the library is empty; `ragchat ingest FOLDER` reads documents, and"
    " `ragchat ask` remembers conversations"
)
NOTHING = "nothing found"
NO_CONVERSATIONS = "nothing found: there are no conversations yet; `ragchat ask` starts one"


@click.command()
@click.argument("query")
@click.option("--top-k", type=click.IntRange(min=1), metavar="N", help="How many passages to show.")
@click.option("--explain", is_flag=True, help="Show how each passage was ranked.")
@narrowing_options
@common_options
def search(
    common: Common,
    query: str,
    top_k: int | None,
    explain: bool,
    narrowed: Scope,
) -> None:
    """Search documents and memory, in one ranking. No key is needed."""
    _search(common, query, top_k, {}, explain=explain, narrowed=narrowed)


@click.command()
@click.argument("query")
@click.option(
    "--top-k", type=click.IntRange(min=1), metavar="N", help="How many exchanges to show."
)
@click.option("--since", type=day_begun, metavar="DAY", help="Only from this day on.")
@click.option("--until", type=day_begun_last, metavar="DAY", help="Only before this day.")
@click.option("--as-of", type=day_over, metavar="DAY", help="Only until the end of that day.")
@click.option(
    "--conversation",
    metavar="ID",
    shell_complete=completing.conversation,
    help="Only this conversation.",
)
@click.option("--project", metavar="FOLDER", help="Only sessions of coding tools in this folder.")
@click.option("--branch", metavar="NAME", help="Only sessions of coding tools on this branch.")
@common_options
def recall(
    common: Common,
    query: str,
    top_k: int | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    conversation: str | None,
    project: str | None,
    branch: str | None,
) -> None:
    """Search past conversations. No key is needed."""
    if as_of is not None:
        if until is not None:
            raise UsageError("use only one of --until and --as-of")
        until = as_of
    require_order(since, until, "--as-of" if as_of else "--until")
    filters = {"since": since, "until": until, "conversation": conversation}
    filters |= {"project": project, "branch": branch}
    _search(common, query, top_k, {"kinds": ("memory",), **filters})


def _search(
    common: Common,
    query: str,
    top_k: int | None,
    filters: Mapping[str, Any],
    *,
    explain: bool = False,
    narrowed: Scope | None = None,
) -> None:
    from ragchat.library.models import import_ahead

    if not query.strip():
        raise UsageError("the query is empty: write what to search for")
    import_ahead()
    from ragchat.cli.wiring import open_library
    from ragchat.library.filters import is_empty
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings(top_k=top_k)
    with open_library(common, screen, settings) as library, screen.status("searching …"):
        names = common.collections(library.store)
        scope = library.scope(collections=names, **filters)
        scope = replace(narrowed, collections=scope.collections) if narrowed else scope
        if is_empty(library.store, names, scope.kinds):  # said without loading a model
            _show(common, screen, query, (), notice=_why_empty(library.store, scope))
            return
        library.models.load_ahead(query)
        found = library.retrieve(query, scope)
        retriever = library.models.retriever()
        explained = retriever.explain(found) if explain else {}
        facts = retriever.library_facts(found.query, scope)
        notice = "" if facts else _why_nothing(library.store, retriever, found, scope)
    if facts:
        _show_facts(common, screen, facts)
    if found.reranking:
        screen.note(str(found.reranking))
    notes = _in_words(explained) if explained else {}
    _show(common, screen, query, found.hits, explained, notes, notice)


def _show_facts(common: Common, screen: Screen, facts: LibraryFacts) -> None:
    """Show what the library says of itself above the hits; JSON holds hits alone."""
    if facts.notice or common.json:
        screen.note(facts.notice or f"{facts.heading}: `{facts.command}` shows it")
        return
    from ragchat.terminal.ledger import show_facts

    show_facts(screen, facts)


def _in_words(explained: Mapping[str, Explanation]) -> dict[str, str]:
    from ragchat.retrieval.explanation import in_words

    return {unit: in_words(explanation) for unit, explanation in explained.items()}


def _show(
    common: Common,
    screen: Screen,
    query: str,
    hits: Sequence[Hit],
    explained: Mapping[str, Explanation] = MappingProxyType({}),
    notes: Mapping[str, str] = MappingProxyType({}),
    notice: str = "",
) -> None:
    from ragchat.cli.output import hit_fields, print_json

    if common.json:
        print_json(hit_fields(hits, explained))
    elif hits:
        screen.found(hits, notes, query=query)
    if notice and not (common.json and notice == NOTHING):
        screen.note(notice)


def _why_empty(store: Store, scope: Scope) -> str:
    from ragchat.library.filters import is_empty

    if is_empty(store, store.collections()):
        return EMPTY
    return NO_CONVERSATIONS if scope.kinds == ("memory",) else NOTHING


def _why_nothing(store: Store, retriever: Retriever, found: Retrieval, scope: Scope) -> str:
    """Return why nothing was found, or why nothing that is near enough to answer."""
    if found.hits:
        answers = any(retriever.relevant(found.query, found.candidates))
        return "" if answers else retriever.language_notice(found.query, scope) or ""
    nowhere = without_documents(store, scope) or without_conversations(store, scope)
    notice = nowhere or retriever.notice(found.query, scope)
    return f"{NOTHING}: {notice}" if notice else NOTHING
