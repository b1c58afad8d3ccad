"""Rich Text, made into a web page.

Knows control words and groups. Does not know how a page is read.
"""

from ingest.readers.rtf.document import read

__all__ = ["read"]
