"""Slides of LibreOffice and others (.odp)."""

from __future__ import annotations

from ingest.document import Document
from ingest.readers.odf import package as odf


def read(raw: bytes, name: str) -> Document:
    """Return the document in a file's bytes; see `odf.read`."""
    return odf.read(raw, name, "odp")
