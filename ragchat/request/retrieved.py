"""What a query finds for a request, as far as it fits, with its ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ragchat.request.budget import Entry, entry_of, fit

if TYPE_CHECKING:
    from ingest.document import Hit
    from ingest.search.candidates import Scope
    from ragchat.query.query import Query
    from ragchat.retrieval.policy import ForRequest
    from ragchat.retrieval.reranking import Reranking
    from ragchat.retrieval.retriever import Retrieval, Retriever

PERSONAL = "one of your short statements"
"""The reason of a passage that is not among the best: the question was about the user."""


class Retrieved(NamedTuple):
    """The hits that are sent, the ledger of all, and what the user has to know of what was not
    found.
    """

    kept: tuple[Hit, ...]
    entries: list[Entry]
    reranking: Reranking | None
    notice: str


NOTHING = Retrieved((), [], None, "")


def retrieved(
    retriever: Retriever,
    query: Query,
    scope: Scope,
    policy: ForRequest,
    room: int,
    tokens: Callable[[str], int],
) -> Retrieved:
    """Retrieve for a query; what is kept has at most `room` tokens."""
    found = retriever.retrieve(query, scope, policy)
    kept, entries = _fitted(found, room, tokens)
    notice = "" if kept else retriever.notice(query, scope) or ""
    return Retrieved(kept, entries, found.reranking, notice)


def _fitted(
    found: Retrieval, room: int, tokens: Callable[[str], int]
) -> tuple[tuple[Hit, ...], list[Entry]]:
    """The hits that fit into the room, and the ledger of all."""
    kept, entries = fit((*found.hits, *found.personal_memories), room, tokens)
    ranked = len(found.hits)
    personal = [replace(entry, reason=entry.reason or PERSONAL) for entry in entries[ranked:]]
    lost = [
        entry_of(miss.hit, tokens(miss.hit.passage.text), miss.reason, sent=False)
        for miss in found.near_misses
    ]
    return kept, [*entries[:ranked], *personal, *lost]
