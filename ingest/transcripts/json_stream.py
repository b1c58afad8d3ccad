"""JSON as a stream: the elements of a list, or one value a line, never a whole file in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from ingest.transcripts.json_pieces import TOO_LONG, long_element
from ingest.transcripts.json_scanner import LONGEST, Damaged, Scanner, TooLong, decode, encoding_of

_CHUNK = 1 << 20
_LONGEST_LINE = 32_000_000
"""Characters: a line may be a message with several pictures."""


def values(part: IO[bytes]) -> Iterator[object]:
    """The elements of a list, the value of each line, or the objects that a file consists of.

    An object that does not fit in memory comes in pieces; `TOO_LONG` comes for what cannot be cut.
    In JSON Lines a line that is not JSON is left out. ReadError where a list or an object breaks
    off.
    """
    scanner = Scanner(part)
    first = scanner.peek()
    if first == "[":
        yield from _elements(scanner)
    elif first:
        yield from _objects_or_lines(part)


def _objects_or_lines(part: IO[bytes]) -> Iterator[object]:
    """Lines if the first line is a whole value, or if the file does not begin with a whole one."""
    cut = False
    if _begins_amid_a_value(part):
        part.seek(0)
        scanner = Scanner(part)
        any_read = False
        try:
            for value in _objects(scanner):
                any_read = True
                yield value
        except Damaged:
            cut = scanner.ended
            if any_read and cut:
                raise
        else:
            return
    part.seek(0)
    for line in _text_lines(part):
        value = line if line is TOO_LONG else decode(line)
        if value is not None:
            cut = cut and not isinstance(value, dict)
            yield value
    if cut:  # one object that breaks off: what there is of it
        part.seek(0)
        yield from long_element(Scanner(part))


def _begins_amid_a_value(part: IO[bytes]) -> bool:
    """Return whether the first line is not a whole value, or a very long one."""
    part.seek(0)
    line = next(_text_lines(part), None)
    return line is not None and (len(line) > LONGEST or decode(line) is None)


def _objects(scanner: Scanner) -> Iterator[object]:
    while scanner.peek():
        try:
            yield scanner.value()
        except TooLong:
            yield from long_element(scanner)


def _elements(scanner: Scanner) -> Iterator[object]:
    scanner.skip("[")
    while scanner.peek() != "]":
        try:
            yield scanner.value()
        except TooLong:
            yield from long_element(scanner)
        scanner.separate("]")


def _text_lines(part: IO[bytes]) -> Iterator[str]:
    """The lines; `TOO_LONG` in place of one that is longer than `_LONGEST_LINE`."""
    # Only "\n" ends a line: JSON may hold the other characters that Python takes for line ends.
    text = io.TextIOWrapper(part, encoding_of(part), errors="replace", newline="\n")
    try:
        while line := text.readline(_LONGEST_LINE):
            if len(line) < _LONGEST_LINE or line.endswith("\n"):
                yield line
                continue
            while line and not line.endswith("\n"):
                line = text.readline(_CHUNK)
            yield TOO_LONG
    finally:
        text.detach()  # closing it would close the file, which belongs to the caller
