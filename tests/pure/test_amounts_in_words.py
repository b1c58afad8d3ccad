"""Amounts in words, and lists that are cut with the number of what is left out."""

from __future__ import annotations

import pytest

from ingest.text.amounts import bytes_shown, first_lines, listed


@pytest.mark.parametrize(
    ("names", "noun", "shown"),
    [
        ("", "", ""),
        ("ab", "", "a, b"),
        ("abc", "", "a, b and 1 more"),
        ("abc", "file", "a, b and 1 other file"),
        ("abcd", "file", "a, b and 2 other files"),
        ("a" * 2_002, "", "a, a and 2,000 more"),
    ],
)
def test_of_many_names_the_rest_is_counted(names: str, noun: str, shown: str) -> None:
    assert listed([*names], 2, noun) == shown


def test_of_many_lines_the_last_counts_the_rest() -> None:
    assert first_lines(["a", "b"], 2, "failed") == ["a", "b"]
    assert first_lines(["a", "b", "c"], 2, "failed") == ["a", "b", "… and 1 more failed"]
    assert first_lines(["a", "b", "c"], 2) == ["a", "b", "… and 1 more"]


@pytest.mark.parametrize(
    ("size", "shown"),
    [(1, "1 byte"), (999, "999 bytes"), (999_499, "999 kB"), (999_500, "1.0 MB")],
)
def test_sizes_are_shown_in_the_unit_that_fits(size: int, shown: str) -> None:
    assert bytes_shown(size) == shown
