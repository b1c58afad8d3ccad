"""A value of JSON that does not fit in memory, in pieces that do: a chat of many years."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.transcripts.json_scanner import LONGEST, MUCH, Damaged, Scanner, TooLong

TOO_LONG = "left out a conversation that is too long to be read in one piece"
"""Yielded in place of a value that cannot be cut, and what to say of it."""

_PIECE = 1_000_000
"""Characters of a part of a list: as objects they take some ten times as much memory."""


def pieces(scanner: Scanner) -> Iterator[object]:
    """The object that begins here as several with its fields, each with a part of a long list in
    it; fields behind that list are in a last one. `TOO_LONG` where that does not help.
    """
    head: dict[str, object] = {}
    kept = 0
    scanner.skip("{")
    while scanner.peek() != "}":
        key = str(scanner.value())
        scanner.skip(":")
        start, opening = scanner.position, scanner.peek()
        try:
            head[key] = scanner.value(LONGEST if opening == "{" else MUCH)
            kept += scanner.position - start
        except (TooLong, Damaged):
            for part in _parts(scanner, opening):
                yield part if part is TOO_LONG else {**head, key: part}
        if kept > LONGEST:
            head = {}
        scanner.separate("}")
    scanner.skip("}")
    yield TOO_LONG if kept > LONGEST else head


def _parts(scanner: Scanner, opening: str) -> Iterator[object]:
    """The parts of a long value; of a long string none."""
    if opening == "{":
        yield from pieces(scanner)
    elif opening == "[":
        yield from _slices(scanner)
    else:
        scanner.skip_value()


def _slices(scanner: Scanner) -> Iterator[object]:
    """The list that begins here, as several. Where it is damaged, all before comes first."""
    part: list[object] = []
    size = 0
    scanner.skip("[")
    while scanner.peek() != "]":
        start = scanner.position
        try:
            part.append(scanner.value())
        except TooLong:
            for piece in long_element(scanner):
                yield piece if piece is TOO_LONG else [piece]
        except Damaged:
            yield part
            raise
        size += scanner.position - start
        if size > _PIECE:
            yield part
            part, size = [], 0
        scanner.separate("]")
    scanner.skip("]")
    yield part


def long_element(scanner: Scanner) -> Iterator[object]:
    """An element of a list that is too long, in pieces if it is an object."""
    if scanner.peek() == "{":
        yield from pieces(scanner)
    else:
        scanner.skip_value()
        yield TOO_LONG
