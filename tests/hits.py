"""Hits and searches for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.document import DocumentPassage, Hit, MemoryPassage
from ingest.search.candidates import Candidate
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store
from ragchat.retrieval.policy import ForRequest, Policy, Unfiltered
from ragchat.retrieval.retriever import Retrieval, Retriever


def document_hit(name: str, text: str, *, score: float = 0.5, **fields: Any) -> Hit:
    """A hit in the document `/NAME.md`."""
    return Hit(
        DocumentPassage(**{"id": name, "source": f"/{name}.md", "text": text} | fields), score
    )


def memory_hit(
    name: str, asked: str, answered: str = "", *, score: float = 0.5, **fields: Any
) -> Hit:
    """A hit in the conversation “Talk”."""
    given = {"id": name, "title": "Talk", "asked": asked, "answered": answered, "conversation": "c"}
    return Hit(MemoryPassage(**given | fields), score)


def candidates(
    store: Store, words: WordQuery, vector: NDArray[np.float32], scope: Scope, limit: int
) -> list[Candidate]:
    """The chunks that may answer, with both raw signals."""
    return store.begin_search(words, scope)(vector, limit)


def search(
    retriever: Retriever,
    question: str,
    policy: Policy,
    scope: Scope | None = None,
    now: datetime | None = None,
) -> Retrieval:
    """What a question finds when nothing was said before it."""
    return retriever.retrieve(retriever.read(question, now=now), scope or Scope(), policy)


def requested(retriever: Retriever, question: str, top_k: int = 8, **policy: Any) -> Retrieval:
    """What would be sent with a question."""
    return search(retriever, question, ForRequest(top_k, **policy))


def unfiltered(retriever: Retriever, question: str, top_k: int = 8) -> Retrieval:
    """The best for a question, however far they are."""
    return search(retriever, question, Unfiltered(top_k))
