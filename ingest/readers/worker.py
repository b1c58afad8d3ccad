"""The process behind `ingest/readers/child.py`: `python -m ingest.readers.worker`.

Takes requests on stdin, a line of JSON and the bytes of a file each, and answers each with a line
of JSON. Whatever kills it costs that file alone.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any, Literal, TypeAlias

from ingest.document import Document, Format
from ingest.errors import ReadError, SkippedFile

Form: TypeAlias = Format | Literal["guess", "old_office"]
"""What can be asked for; `old_office` looks which program of before 2007 wrote a file."""

MEMORY = 2 * 1024**3
"""Bytes of address space; pdfium and Python take about 300 MB of it before the first page."""


def limit_memory(memory: int = MEMORY) -> None:
    """Let this process take no more memory, write no file and leave no core (POSIX only)."""
    _limit("FSIZE", 0)
    _limit("CORE", 0)
    if sys.platform != "darwin":  # macOS refuses a limit on the address space
        _limit("AS", memory)


def limit_time(seconds: float) -> None:
    """End this process after more processor time than this, if the parent has given up."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit("CPU", int(used.ru_utime + used.ru_stime + seconds) + 2)


def _limit(name: str, most: int) -> None:
    try:
        import resource
    except ImportError:
        return
    kind = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(kind)[1]
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (soft, hard))


def read(raw: bytes, form: Form, name: str) -> Document:
    """The document in a file's bytes, read by the file of this folder that its format names."""
    document: Document = import_module(f"ingest.readers.{form}").read(raw, name)
    return document


def main() -> None:
    """Answer until the requests end."""
    limit_memory()
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        request = json.loads(line)
        raw = source.read(request["size"])
        limit_time(request["seconds"])
        answers.write(json.dumps(_answer(raw, request["format"], request["name"])).encode())
        answers.write(b"\n")
        answers.flush()


def _answer(raw: bytes, form: Form, name: str) -> dict[str, Any]:
    try:
        document = read(raw, form, name)
    except SkippedFile as reason:
        return {"skipped": str(reason), "kind": reason.kind.value}
    except ReadError as error:
        return {"failed": str(error)}
    return {"document": asdict(document)}


if __name__ == "__main__":
    main()
