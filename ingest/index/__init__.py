"""The vector index: Chroma in a folder or on a server, whether what it holds can be trusted, and
that it is in step with the records.

Knows chunk ids, vectors and two metadata fields. Does not know what the texts say. The only package
that imports chromadb (`chroma.py`).
"""
