"""`ragchat status` and `ragchat rebuild`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ingest.text.amounts import counted
from ragchat.cli.common import Common, common_options, download_option
from ragchat.cli.output import print_json

if TYPE_CHECKING:
    from ragchat.terminal.screen import Screen


@click.command()
@common_options
def status(common: Common) -> None:
    """Show what the library holds and what was spent, by month and against the budgets."""
    from ragchat.cli.wiring import open_store
    from ragchat.library.from_settings import budgets
    from ragchat.terminal.screen import Screen

    screen, settings = Screen(), common.settings()
    with open_store(common, screen) as store:
        model = store.model()
        fields: dict[str, Any] = {
            "home": str(common.home),
            "embedding_model": model.name if model else None,
            "unindexed": store.queue.count(model.id) if model else 0,
            "owed": list(store.owed().what),
            "months": [asdict(month) for month in store.spending.months()],
            "budgets": [
                {"name": budget.name, "usd": budget.usd, "spent_usd": budget.spent()}
                for budget in budgets(settings, store.spending.since)
            ],
            "collections": [_collection_fields(store, name) for name in store.collections()],
        }
    if common.json:
        print_json(fields)
    else:
        _show_status(screen, fields)


def _show_status(screen: Screen, fields: Mapping[str, Any]) -> None:
    from ragchat.claude.cost import money

    screen.result(f"home             {fields['home']}")
    screen.result(f"embedding model  {fields['embedding_model'] or 'none yet'}")
    if fields["unindexed"]:
        screen.result(
            f"not yet indexed  {fields['unindexed']} (the next command that searches indexes them)"
        )
    if fields["owed"]:
        screen.result(
            "not yet wiped    files still hold forgotten text, which nothing finds"
            " (the next ingest, `ragchat rebuild` or `ragchat doctor --fix` wipes them)"
        )
    for budget in fields["budgets"]:
        share = budget["spent_usd"] / budget["usd"]
        screen.result(
            f"{budget['name']:<15}  {money(budget['spent_usd'])} of {money(budget['usd'])} spent"
            f" ({share:.0%})"
        )
    for month in fields["months"]:
        spent, full = f"${month['usd']:.4f}", f"${month['full_history_usd']:.4f}"
        requests = counted(month["requests"], "request")
        compared = f" (with the full history {full})" if full != spent else ""
        screen.result(f"{'spent ' + month['month']:<15}  {spent} in {requests}{compared}")
    rows = [tuple(collection.values()) for collection in fields["collections"]]
    if not rows:
        from ragchat.terminal.greeting import NO_FILES

        screen.note(NO_FILES)
        return
    screen.table(rows, ("collection", "files", "chunks", "conversations", "exchanges"))


@click.command()
@click.option("--model", metavar="M", help="Embed everything with this model from now on.")
@download_option
@common_options
def rebuild(common: Common, model: str | None, download: bool) -> None:
    """Rebuild the index from the stored texts. Nothing is embedded twice by the same model.

    With --model, the old index is used until the new one is complete.
    """
    from ragchat.cli.wiring import finish_wholly, open_store
    from ragchat.library.opening import fetch_reranker, load_embedder
    from ragchat.terminal.progress import IngestProgress
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings(embedding_model=model)
    with open_store(common, screen) as store:
        with screen.status("loading the embedding model …"):
            embedder = load_embedder(common.home, settings, store, download=download)
            if download:
                fetch_reranker(settings)
        done = "not rebuilt to the end: nothing is lost; run it again to go on"
        with screen.done_so_far(done), IngestProgress() as progress:
            records = store.sync.rebuild(embedder, progress.advance)
        finish_wholly(common, store, screen)
    if common.json:
        print_json({"records": records, "embedding_model": embedder.name})
    else:
        screen.say(
            f"rebuilt the index: {counted(records, 'record')}, embedded with {embedder.name}"
        )


def _collection_fields(store: Any, name: str) -> dict[str, Any]:  # noqa: ANN401
    row = store.look_up(name)
    conversations, exchanges = store.conversations.count(row)
    files, chunks = store.documents.count_sources(row)
    return {
        "name": name,
        "files": files,
        "chunks": chunks,
        "conversations": conversations,
        "exchanges": exchanges,
    }
