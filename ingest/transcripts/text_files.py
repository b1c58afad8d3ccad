"""Conversations that are kept as text: lines, the rows of a table, or the value of a YAML file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import IO

from ingest.errors import ReadError
from ingest.text.yaml_values import yaml_value
from ingest.transcripts.json_scanner import encoding_of

TEXT = frozenset((".txt", ".md", ".html", ".log", ".weechatlog"))
CSV = frozenset((".csv", ".tsv"))
YAML = frozenset((".yaml", ".yml"))
SESSION = "a session in YAML"
ROW = "a row of a table"

_LONGEST_LINE = 1_000_000
_MAX_YAML = 5_000_000
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


def rows(file: IO[bytes]) -> Iterator[object]:
    """Return the rows of a table under the key `ROW`, so that they are not taken for JSON: objects
    with the names of the columns. ReadError where it cannot be read any further.
    """
    text = io.TextIOWrapper(file, encoding_of(file), errors="replace", newline="")
    try:
        beginning = text.readline(_HEAD)
        text.seek(0)
        delimiter = max(",;\t", key=beginning.count)
        bounded = iter(partial(text.readline, _LONGEST_LINE), "")
        for row in csv.DictReader(bounded, delimiter=delimiter):
            yield {ROW: {key.strip("\ufeff "): value for key, value in row.items() if key}}
    except csv.Error as error:
        raise ReadError(f"a table that cannot be read ({error})") from error
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
