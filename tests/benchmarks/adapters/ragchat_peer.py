"""ragchat itself, by the same measure."""

from __future__ import annotations

from pathlib import Path

from adapter import Search, main


def ingest(store: Path, folder: Path, model: Path) -> None:
    """As `ragchat ingest` does."""
    from ragchat.cli import run

    run(["ingest", str(folder), "--home", str(store), "--yes"])


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """As a session does: everything is loaded before the first question."""
    from ingest.document import DocumentPassage
    from ingest.models.embedder import load
    from ingest.models.files import cache_of
    from ingest.search.scope import Scope
    from ingest.store import Store
    from ragchat.retrieval.policy import ForReader
    from ragchat.retrieval.retriever import Retriever

    retriever = Retriever(Store(store), load("", cache_of(store)))

    def find(question: str) -> list[str]:
        found = retriever.retrieve(retriever.read(question), Scope(), ForReader(count))
        documents = (one for one in found.passages if isinstance(one, DocumentPassage))
        return [passage.source for passage in documents]

    return find


if __name__ == "__main__":
    main(ingest, search)
