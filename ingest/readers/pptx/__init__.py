"""Presentations (.pptx): slides in their order, with notes.

Knows PresentationML and DrawingML. Does not know the other parts of Office.
"""

from ingest.readers.pptx.slides import read

__all__ = ["read"]
