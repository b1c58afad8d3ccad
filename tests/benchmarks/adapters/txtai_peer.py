"""txtai: a hybrid index with content; a run reads everything.

https://neuml.github.io/txtai/embeddings/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter import Search, main, texts

PARAGRAPHS = 3
"""Paragraphs a part: about as long as the other tools' chunks."""


def _embeddings(model: Path) -> Any:
    from txtai import Embeddings

    return Embeddings(path=str(model), content=True, hybrid=True)


def _parts(text: str) -> list[str]:
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    starts = range(0, len(paragraphs), PARAGRAPHS)
    return ["\n\n".join(paragraphs[start : start + PARAGRAPHS]) for start in starts]


def ingest(store: Path, folder: Path, model: Path) -> None:
    """Read everything, also what is there already."""
    embeddings = _embeddings(model)
    embeddings.index(
        (f"{name}#{number}", part, None)
        for name, text in texts(folder).items()
        for number, part in enumerate(_parts(text))
    )
    embeddings.save(str(store))


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """Search by similarity and words."""
    embeddings = _embeddings(model)
    embeddings.load(str(store))
    return lambda question: [
        found["id"].rpartition("#")[0] for found in embeddings.search(question, count)
    ]


if __name__ == "__main__":
    main(ingest, search)
