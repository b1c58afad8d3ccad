"""Excel workbooks of before 2007 (.xls), as the newer ones are read.

Knows xlrd, what it leaves unread, and the XML of 2003. Does not know how rows become lines.
"""

from ingest.readers.xls.workbook import read

__all__ = ["read"]
