"""Conversations that are kept as text: lines, or the one value of a YAML file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO

from ingest.text.yaml_values import yaml_value
from ingest.transcripts.json_scanner import encoding_of

TEXT = frozenset((".txt", ".md", ".html"))
YAML = frozenset((".yaml", ".yml"))
SESSION = "a session in YAML"

_LONGEST_LINE = 1_000_000
_MAX_YAML = 20_000_000
_SESSION = re.compile(rb"^model:.*^messages:", re.DOTALL | re.MULTILINE)
_HEAD = 4_000


def lines(file: IO[bytes]) -> Iterator[object]:
    """Return the lines with their ends, a very long one in pieces."""
    text = io.TextIOWrapper(file, encoding_of(file), errors="replace", newline=None)
    try:
        while line := text.readline(_LONGEST_LINE):
            yield line
    finally:
        text.detach()


def yaml(file: IO[bytes]) -> Iterator[object]:
    """Return the value of a file that begins like a session, under the key `SESSION`, so that it is
    not taken for a value of JSON; other YAML is not parsed.
    """
    if not _SESSION.search(file.read(_HEAD)):
        return
    file.seek(0)
    try:
        yield {SESSION: yaml_value(file.read(_MAX_YAML))}
    except ValueError:
        return
