"""Word documents (.docx): paragraphs, lists, tables, notes and comments, as Markdown.

Knows WordprocessingML. Does not know the other parts of Office.
"""

from ingest.readers.docx.document import read

__all__ = ["read"]
