"""An answer without a model: what the library says of itself, or its nearest sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragchat.answer.extracts import Extract, extracts
from ragchat.memory import now_utc
from ragchat.retrieval.changes import changes
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.stated_sentences import sentences

if TYPE_CHECKING:
    from ingest.search.scope import Scope
    from ragchat.retrieval.library_facts import LibraryFacts
    from ragchat.retrieval.retriever import Retriever


class OfflineAnswer(NamedTuple):
    """Facts, where the question is about the library itself, or else sentences, best first; or why
    there are none.
    """

    facts: LibraryFacts | None
    sentences: list[Extract]
    notice: str = ""


def offline_answer(retriever: Retriever, scope: Scope, top_k: int, question: str) -> OfflineAnswer:
    """Answer a question from the library alone."""
    query = retriever.read(question, now=now_utc())
    facts = retriever.library_facts(query, scope)
    if facts is not None:
        return OfflineAnswer(facts, [])
    found = retriever.retrieve(query, scope, ForRequest(top_k))
    nearest = extracts(
        found.passages,
        lambda texts: retriever.similarity(query, texts),
        lambda new, old: changes(sentences(new), sentences(old)),
    )
    notice = "" if found.hits else retriever.notice(query, scope) or ""
    return OfflineAnswer(None, nearest, notice)
