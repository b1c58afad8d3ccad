"""llm with llm-sentence-transformers: a vector a file, no chunks; unchanged files are left out.

https://llm.datasette.io/en/stable/embeddings/cli.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter import Search, main, texts


def _collection(store: Path, model: Path) -> Any:
    import llm
    import sqlite_utils
    from llm_sentence_transformers import SentenceTransformerModel

    store.mkdir(parents=True, exist_ok=True)
    database = sqlite_utils.Database(store / "embeddings.db")
    embedder = SentenceTransformerModel(f"sentence-transformers/{model}", str(model), False)
    return llm.Collection("docs", database, model=embedder)


def ingest(store: Path, folder: Path, model: Path) -> None:
    """Embed what is new or changed."""
    _collection(store, model).embed_multi(texts(folder).items())


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """Search by similarity."""
    collection = _collection(store, model)
    return lambda question: [entry.id for entry in collection.similar(question, count)]


if __name__ == "__main__":
    main(ingest, search)
