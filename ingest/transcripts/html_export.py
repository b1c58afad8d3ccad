"""Exports of conversations as pages of HTML, read piece by piece: they may be large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_LONGEST = 8_000_000
"""Characters of one message; a longer piece is a page without any."""


def pieces(lines: Iterable[str], mark: str) -> Iterator[str]:
    """What follows each mark, up to the next one."""
    held: list[str] = []
    size, begun, end = 0, False, ""
    for line in lines:
        held.append(line)
        size += len(line)
        if mark not in end + line:  # it may be divided between two lines
            end = (end + line)[1 - len(mark) :]
            if size > _LONGEST:
                held, size = [], 0
            continue
        before, *found = "".join(held).split(mark)
        if begun:
            yield before
        yield from found[:-1]
        held, size, begun, end = [found[-1]], len(found[-1]), True, found[-1][1 - len(mark) :]
    if begun:
        yield "".join(held)
