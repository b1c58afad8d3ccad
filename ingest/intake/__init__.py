"""What one run of ingestion does around the store: find files, compare them with the last run,
import conversations, embed new chunks, report.

Knows the readers, the records and the embedder. Does not know how the index is kept or searched.
"""
