"""Word documents of before 2007 (.doc), as the newer ones are read.

Knows MS-DOC. Does not know containers: `ole.py` opens them.
"""

from ingest.readers.doc.document import read

__all__ = ["read"]
