"""How many of something, and how large, in words; pure."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def bytes_shown(size: int) -> str:
    """`812 bytes`, `40 kB`, `1.1 MB`."""
    if size < 1_000:
        return counted(size, "byte")
    return f"{size / 1_000:,.0f} kB" if size < 999_500 else f"{size / 1_000_000:,.1f} MB"


def listed(names: Sequence[str], most: int, noun: str = "") -> str:
    """`a, b and 12 more`, with a noun `a, b and 12 other files`: the first names, and how many more
    there are.
    """
    shown, more = ", ".join(names[:most]), len(names) - most
    if more <= 0:
        return shown
    return f"{shown} and {counted(more, f'other {noun}') if noun else f'{more:,} more'}"


def first_lines(lines: Sequence[str], most: int, label: str = "") -> list[str]:
    """Return the first lines, and of many a last one, `… and 12 more` with its label."""
    more = len(lines) - most
    return [*lines[:most], f"… and {more:,} more {label}".rstrip()] if more > 0 else [*lines]
