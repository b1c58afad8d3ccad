"""PDF: pages become lines, tables and headings.

Knows words and their places on a page, and pdfium. Does not know what becomes of the text.
"""

from ingest.readers.pdf.document import read

__all__ = ["read"]
