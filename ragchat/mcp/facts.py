"""What the library says of itself to a query: "which documents do I have?"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ragchat.request.library_part import library_part

if TYPE_CHECKING:
    from ingest.document import DocumentPassage
    from ingest.search.scope import Scope
    from ragchat.library.library import Library
    from ragchat.query.query import Query


class FactsText(NamedTuple):
    """What the library says, as text for a model, and its tokens. `alone`: no passage says more;
    `passages`: those of the file that was asked for.
    """

    text: str = ""
    tokens: int = 0
    alone: bool = False
    passages: tuple[DocumentPassage, ...] = ()


NO_FACTS = FactsText()


def library_facts_text(
    library: Library, query: Query, scope: Scope, count: Callable[[str], int], most: int
) -> FactsText:
    """Return what of the library's facts fits into `most` tokens; nothing to other queries."""
    facts = library.models.retriever().library_facts(query, scope)
    if facts is None:
        return NO_FACTS
    part = library_part(facts, most, count)
    return FactsText(part.text, part.entry.tokens, facts.alone, facts.passages)
