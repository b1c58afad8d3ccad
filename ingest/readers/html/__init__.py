"""Web pages: what a reader of the page sees, as Markdown.

Knows HTML, and CSS as far as it hides. Does not know where the page comes from.
"""

from ingest.readers.html.page import MAX_BYTES, declared, joined, read, read_part, read_parts

__all__ = ["MAX_BYTES", "declared", "joined", "read", "read_part", "read_parts"]
