"""The child process that parses complex formats: web pages, PDFs, office files.

It is kept for the next file while it is well, so that a folder of small pages pays for one start.
Its memory and time are limited (`ingest/readers/worker.py`), and it gets bytes, never a path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.document import Document, HeadingSpan, NamedPlace, Properties, TableSpan
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.worker import Form

SECONDS = 60.0
"""How long one file of up to a megabyte may take; a PDF of 600 pages, 3 MB, took 12 s of processor
time on a slow machine, and five times as long beside other work.
"""
MOST_MEGABYTES = 5
"""A file of several megabytes has SECONDS for each of them, up to this many."""
MAX_ANSWER = 400_000_000
"""Bytes that are read from a child: more than the longest text that it may send."""

_PACKAGES = Path(__file__).parents[2]
# The environment has keys, and what the child reads may be hostile.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT")


class Child:
    """Reads files one after the other; use it as a context. Each has `seconds`, and a file of
    several megabytes that many times `seconds`, up to MOST_MEGABYTES.

    The process starts with the first file, and again after one that it did not survive.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._well: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes, form: Form, name: str) -> Document:
        """The document in a file's bytes; `name` is its title when it has none.

        ReadError if it is broken, takes too long or needs too much memory; SkippedFile if it is
        not meant to be read.
        """
        used = self._well is not None
        answer = self._ask(raw, form, name)
        if answer is None and used:  # it may have died of what came before
            answer = self._ask(raw, form, name)
        if answer is None:
            raise ReadError("broken, or needs too much memory: convert it to text first")
        if "skipped" in answer:
            raise SkippedFile(answer["skipped"], SkipKind(answer["kind"]))
        if "failed" in answer:
            raise ReadError(answer["failed"])
        return _document(answer["document"])

    def guess(self, sample: bytes) -> str:
        """Return the encoding of a sample of text that is not UTF-8."""
        return self.read(sample, "guess", "").encoding

    def close(self) -> None:
        """End the process."""
        if self._well:
            _end(self._well)
            self._well = None

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, raw: bytes, form: str, name: str) -> dict[str, Any] | None:
        """What the child answers; None if it died. ReadError if it took too long."""
        process, self._well = self._well or _start(), None
        late = threading.Event()
        seconds = self.seconds * min(max(len(raw) / 1e6, 1), MOST_MEGABYTES)

        def give_up() -> None:
            late.set()
            process.kill()

        request = {"size": len(raw), "format": form, "name": name, "seconds": seconds}
        timer = threading.Timer(seconds, give_up)
        timer.start()
        answer = None
        try:
            answer = _answer(process, json.dumps(request).encode() + b"\n" + raw)
        finally:
            timer.cancel()
            if answer is None:
                _end(process)
            else:
                self._well = process
        if answer is None and late.is_set():
            raise ReadError(f"takes longer than {seconds:.3g} s: convert it to text first")
        return answer


_RECORDS: dict[str, Callable[..., Any]] = {
    "places": NamedPlace,
    "tables": TableSpan,
    "headings": HeadingSpan,
}


def _document(fields: dict[str, Any]) -> Document:
    """Return the document that the child has sent as JSON, where tuples are lists."""
    own = {name: _tuples(value) for name, value in fields["properties"].items()}
    known = {name: _tuples(value) for name, value in fields.items()}
    for name, record in _RECORDS.items():
        known[name] = tuple(record(*values) for values in fields[name])
    return Document(**known | {"properties": Properties(**own)})


def _tuples(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-B", "-m", "ingest.readers.worker"],
        # -m looks in the current folder first, which may hold anything.
        cwd=_PACKAGES,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Ctrl-C ends the run after the batch in hand, which needs the child.
        start_new_session=True,
    )


def _answer(process: subprocess.Popen[bytes], request: bytes) -> dict[str, Any] | None:
    assert process.stdin is not None  # noqa: S101 - for the type checker
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(request)
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline(MAX_ANSWER))
    except (OSError, ValueError):
        return None
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe:
                pipe.close()
