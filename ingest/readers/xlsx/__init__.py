"""Excel workbooks (.xlsx): sheets, tables, links and charts, as lines.

Knows SpreadsheetML. Does not know the other parts of Office.
"""

from ingest.readers.xlsx.workbook import read

__all__ = ["read"]
