"""Running commands in this process and reading what they print."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Output = Callable[..., tuple[int, str, str]]
"""Takes the arguments of a command; returns its exit code, stdout and stderr."""


def loads(output: tuple[int, str, str]) -> Any:
    """Return the JSON that a command printed; it must have exited with 0."""
    code, out, _ = output
    assert code == 0, output
    assert out.isascii()
    return json.loads(out)


@contextmanager
def piped(data: bytes, folder: Path) -> Iterator[None]:
    """Let standard input be a file of these bytes, which commands read as they read a pipe."""
    file = folder / "stdin"
    file.write_bytes(data)
    with file.open("rb") as stream, pytest.MonkeyPatch.context() as changed:
        changed.setattr(sys, "stdin", io.TextIOWrapper(stream))
        yield
