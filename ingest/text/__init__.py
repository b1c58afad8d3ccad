"""Text in memory: cleaning, redaction of secrets, outlines, chunks with exact spans. Pure.

Knows strings and spans. Does not know files, SQLite or models.
"""
