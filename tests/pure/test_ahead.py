"""Items are made in a thread ahead of their use, in order, in bounds, and to their end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest.intake.ahead import ahead

LIMIT = 20.0


def one(item: int) -> int:
    return 1


def running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_items_come_in_order_and_the_thread_ends() -> None:
    assert list(ahead(iter(range(1000)), one, 7)) == list(range(1000))
    assert not running()


def test_items_are_made_while_one_is_in_use() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    for item in ahead(items(), one, 5):
        if item == 1:
            assert made.wait(LIMIT)  # without a thread the second begins after the first is used


def test_no_more_are_made_than_fit() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with closing(ahead(items(), lambda item: 10, 30)) as steps:
        for number in range(20):
            assert next(steps) == number
            # Three are in use or next to be, three wait, one is made and waits for room.
            assert len(made) <= number + 7


def test_an_error_is_raised_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield from (1, 2)
        raise ValueError("three")

    seen: list[int] = []
    with pytest.raises(ValueError, match="three"):
        seen.extend(ahead(items(), one, 9))
    steps = ahead(items(), one, 9)
    assert [next(steps), next(steps)] == [1, 2]
    with pytest.raises(ValueError, match="three"):
        next(steps)


def test_what_is_left_early_is_closed_in_its_thread() -> None:
    closed: list[str] = []

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append(threading.current_thread().name)

    with closing(ahead(items(), one, 3)) as steps:
        assert next(steps) == 0
    assert closed == ["ahead"]
    assert not running()
