"""PDF: read in a child process with limits, because a PDF is a program for a large C++ library."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile

SECONDS = 60
"""How long a PDF may take; a book of a thousand pages takes about two seconds."""

# pdfium marks the hyphen at the end of a line as U+0002 (or U+FFFE): the word goes on.
_HYPHENATED = re.compile("[\x02\ufffe\u00ad]\n?")
_PACKAGES = Path(__file__).parents[2]


def read(path: Path, seconds: float = SECONDS) -> Document:
    """The text of a PDF, page after page.

    OSError if it cannot be opened; ReadError if it is encrypted, broken or takes longer than
    `seconds`; SkippedFile if no page has text.
    """
    path.open("rb").close()
    told = _ask_child(path.absolute(), seconds)
    pages = [_text(page) for page in told["pages"]]
    if not any(page.strip() for page in pages):
        raise SkippedFile("a PDF without text (scanned pages?)")
    starts = accumulate((len(page) + 1 for page in pages[:-1]), initial=0)
    return Document(
        "\n".join(pages), "pdf", " ".join(told["title"].split()) or path.name, pages=tuple(starts)
    )


def _ask_child(path: Path, seconds: float) -> dict[str, Any]:
    try:
        child = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "ingest.readers.pdf_child", str(path), str(int(seconds) + 1)],
            # -m looks in the current folder first, which may hold anything.
            cwd=_PACKAGES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"the PDF took longer than {seconds:g} s: convert it to text first"
        ) from error
    try:
        told: dict[str, Any] = json.loads(child.stdout)
    except ValueError as error:
        raise ReadError(
            "the PDF is broken, or needs too much memory: convert it to text first"
        ) from error
    if "error" in told:
        raise ReadError(told["error"])
    return told


def _text(page: str) -> str:
    return _HYPHENATED.sub("", page.replace("\r\n", "\n").replace("\r", "\n"))
