"""Presentations of before 2007 (.ppt), as the newer ones are read.

Knows MS-PPT. Does not know containers: `ole.py` opens them.
"""

from ingest.readers.ppt.slides import read

__all__ = ["read"]
