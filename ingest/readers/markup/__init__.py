"""XML that people read: DocBook, feeds, subtitles and others, made into a web page.

Knows names of elements. Does not know how a page is read.
"""

from ingest.readers.markup.document import read

__all__ = ["read"]
