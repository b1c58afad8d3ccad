"""How many of something, and how large, in words; pure."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def bytes_shown(size: int) -> str:
    """`812 bytes`, `40 kB`, `1.1 MB`."""
    if size < 1_000:
        return counted(size, "byte")
    return f"{size / 1_000:,.0f} kB" if size < 999_500 else f"{size / 1_000_000:,.1f} MB"
