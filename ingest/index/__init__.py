"""The vector index: Chroma in a folder or on a server, and whether what it holds can be trusted.

Knows chunk ids, vectors and two metadata fields. Does not know what the texts say or which model
made the vectors. The only package that imports chromadb (`chroma.py`).
"""
