"""Exports of conversations as pages of HTML, read piece by piece: they may be large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_LONGEST = 8_000_000
"""Characters of one message; a longer piece is a page without any."""


def pieces(lines: Iterable[str], mark: str) -> Iterator[str]:
    """What follows each mark, up to the next one."""
    held, begun = "", False
    for line in lines:
        held += line
        if mark not in held:
            if len(held) > _LONGEST:
                held = ""
            continue
        before, *found = held.split(mark)
        if begun:
            yield before
        yield from found[:-1]
        held, begun = found[-1], True
    if begun:
        yield held
