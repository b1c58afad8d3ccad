"""LangChain: Chroma and Hugging Face embeddings, as its quickstart has them; no incremental run.

https://docs.langchain.com/oss/python/integrations/vectorstores/chroma
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from adapter import Search, main, texts

AT_ONCE = 5_000
"""Chroma takes 5,461 records a call."""


def _opened(store: Path, model: Path) -> Any:
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    return Chroma(
        embedding_function=HuggingFaceEmbeddings(model_name=str(model)),
        persist_directory=str(store),
    )


def ingest(store: Path, folder: Path, model: Path) -> None:
    """Read everything, also what is there already."""
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    shutil.rmtree(store, ignore_errors=True)
    documents = [Document(text, metadata={"source": name}) for name, text in texts(folder).items()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    parts = splitter.split_documents(documents)
    library = _opened(store, model)
    for start in range(0, len(parts), AT_ONCE):
        library.add_documents(parts[start : start + AT_ONCE])


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """Search by similarity."""
    library = _opened(store, model)
    return lambda question: [
        found.metadata["source"] for found in library.similarity_search(question, k=count)
    ]


if __name__ == "__main__":
    main(ingest, search)
