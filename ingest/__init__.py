"""Text in, an index at rest: files and conversations become records, vectors and candidates.

Knows files, SQLite, Chroma and embedding models. Does not know Claude, prompts or terminals.
"""
