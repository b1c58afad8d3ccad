"""Candidates for a query, each with its cosine and its BM25 score, and the passages made of them.

Knows the records and the index. Does not know how candidates are ranked or why they are wanted.
"""
