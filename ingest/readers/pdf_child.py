"""The child that opens a PDF: `python -m ingest.readers.pdf_child PATH SECONDS`.

Prints {"title": …, "pages": […]} or {"error": …} as JSON. The only file that imports pypdfium2.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024**3
"""Bytes of address space; pdfium and Python take about 300 MB of it before the first page."""
MAX_CHARACTERS = 50_000_000


def limit(seconds: int, memory: int = MEMORY) -> None:
    """Let this process take no more than so much processor time and memory (POSIX only)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":  # macOS refuses a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def extract(path: str) -> dict[str, Any]:
    """The title and the text of each page, or the error in words."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(Path(path).read_bytes())
        pages: list[str] = []
        total = 0
        for page in document:
            pages.append(page.get_textpage().get_text_range())
            total += len(pages[-1])
            if total > MAX_CHARACTERS:
                return {
                    "error": f"the PDF holds more than {MAX_CHARACTERS // 10**6} million characters"
                }
        return {"title": document.get_metadata_value("Title"), "pages": pages}
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return {"error": "the PDF is encrypted: save it without a password first"}
        return {"error": "the PDF is broken: open it in a viewer and save it again"}


def main() -> None:
    """Read the PDF named on the command line."""
    path, seconds = sys.argv[1:]
    limit(int(seconds))
    sys.stdout.write(json.dumps(extract(path)))


if __name__ == "__main__":
    main()
