"""LlamaIndex: its own vector store in a folder, as its starter tutorial has it, with refresh.

https://developers.llamaindex.ai/python/framework/getting_started/starter_example_local/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter import Search, main, texts


def _configured(model: Path) -> Any:
    from llama_index.core import Settings
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=str(model))
    return Settings


def _opened(store: Path) -> Any:
    from llama_index.core import StorageContext, load_index_from_storage

    return load_index_from_storage(StorageContext.from_defaults(persist_dir=str(store)))


def ingest(store: Path, folder: Path, model: Path) -> None:
    """Read what is new or changed."""
    from llama_index.core import Document, VectorStoreIndex

    _configured(model)
    documents = [
        Document(text=text, id_=name, metadata={"source": name})
        for name, text in texts(folder).items()
    ]
    if store.exists():
        index = _opened(store)
        index.refresh_ref_docs(documents)
    else:
        index = VectorStoreIndex.from_documents(documents)
    index.storage_context.persist(persist_dir=str(store))


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """Search by similarity."""
    _configured(model)
    retriever = _opened(store).as_retriever(similarity_top_k=count)
    return lambda question: [
        found.node.metadata["source"] for found in retriever.retrieve(question)
    ]


if __name__ == "__main__":
    main(ingest, search)
