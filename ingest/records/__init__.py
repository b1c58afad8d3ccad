"""The source of truth: one SQLite file, with sources, chunks, vectors, conversations and full-text
search, and the lock that admits one writer at a time.

Knows rows, transactions and migrations. Does not know Chroma, files of other formats, or models.
The only package that opens a library's database (`database.py`).
"""
