"""The context of a request: what a query finds, as far as it fits, with its ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from ingest.text.amounts import counted
from ragchat.request.budget import LedgerEntry, entry_of, fit
from ragchat.request.library_part import LibraryPart, library_part, spread

if TYPE_CHECKING:
    from ingest.document import Hit
    from ingest.search.scope import Scope
    from ragchat.query.query import Query
    from ragchat.retrieval.library_facts import LibraryFacts
    from ragchat.retrieval.policy import ForRequest
    from ragchat.retrieval.reranking import Reranking
    from ragchat.retrieval.retriever import Retrieval, Retriever

PERSONAL = "one of your short statements"
"""The reason of a passage that is not among the best: the question was about the user."""


class Context(NamedTuple):
    """The hits to send, the ledger of all, facts on the library itself, and a notice for the user:
    why little or nothing was found or sent.
    """

    hits: tuple[Hit, ...]
    entries: list[LedgerEntry]
    reranking: Reranking | None = None
    notice: str = ""
    library: str = ""


NO_CONTEXT = Context((), [])


def context_of(
    retriever: Retriever,
    query: Query,
    scope: Scope,
    policy: ForRequest,
    room: int,
    tokens: Callable[[str], int],
) -> Context:
    """Retrieve for a query; the kept hits have at most `room` tokens."""
    facts = retriever.library_facts(query, scope)
    part = library_part(facts, room, tokens) if facts else None
    if part:
        room = max(0, room - part.entry.tokens)
    if facts and facts.passages:
        kept, entries = spread(facts.passages, room, tokens)
        reranking, notice = None, _of_file(facts, len(kept))
    elif facts and facts.alone:
        kept, entries, reranking, notice = (), [], None, ""
    else:
        found = retriever.retrieve(query, scope, policy)
        kept, entries = _fitted(found, room, tokens)
        reranking = found.reranking
        # What is in the recent turns was found, too.
        is_found = bool(kept) or any(retriever.relevant(query, found.candidates))
        notice = "" if facts else _without_facts(retriever, query, scope, found=is_found)
    if facts is None or part is None:
        return Context(kept, entries, reranking, notice)
    notice = notice or _of_library(facts, part, kept)
    return Context(kept, [part.entry, *entries], reranking, notice, part.text)


def _without_facts(retriever: Retriever, query: Query, scope: Scope, *, found: bool) -> str:
    asked = query.about_library
    if asked is not None and asked.names_file and (not found or PurePath(asked.about).suffix):
        return f"no file is called “{asked.about}”: `ragchat sources list` shows what there is"
    return "" if found else retriever.notice(query, scope) or ""


def _of_file(facts: LibraryFacts, sent: int) -> str:
    if sent == len(facts.passages):
        return ""
    passages = counted(len(facts.passages), "passage")
    return (
        f"{sent} of {passages} of this file were sent, evenly spread:"
        " a larger --context-tokens sends more"
    )


def _of_library(facts: LibraryFacts, part: LibraryPart, kept: Sequence[Hit]) -> str:
    if facts.notice:
        others = any(hit.passage.kind == "memory" for hit in kept)
        return f"{facts.notice}{': passages of other days were sent' if others else ''}"
    if facts.mentioned is not None and facts.mentioned > len(kept):
        return (
            f"{len(kept)} of {facts.mentioned:,} passages that mention it were sent:"
            f" `{facts.command}` shows more"
        )
    if part.left_out:
        rows = len(facts.rows)
        return f"{rows - part.left_out:,} of {rows:,} rows were sent: `{facts.command}` shows all"
    return f"answered from what the library holds: `{facts.command}` shows it"


def _fitted(
    found: Retrieval, room: int, tokens: Callable[[str], int]
) -> tuple[tuple[Hit, ...], list[LedgerEntry]]:
    """The hits that fit into the room, and the ledger of all."""
    kept, entries = fit((*found.hits, *found.personal_memories), room, tokens)
    ranked = len(found.hits)
    personal = [replace(entry, reason=entry.reason or PERSONAL) for entry in entries[ranked:]]
    lost = [
        entry_of(miss.hit, tokens(miss.hit.passage.text), miss.reason, sent=False)
        for miss in found.near_misses
    ]
    return kept, [*entries[:ranked], *personal, *lost]
