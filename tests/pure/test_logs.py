"""Pasted logs, read for the line that matters."""

from __future__ import annotations

import pytest

from ragchat.query.logs import without_repeated_lines

POLLS = [
    f"2026-02-0{n} 07:1{n}:09,0{n}7 INFO poll-{n} tank {n * 3} is at {n * 7} %" for n in range(9)
]
BURSTS = [f"[07:1{n}:09] valve {n}: pressure check failed at {n * 11} kPa" for n in range(9)]
MIXED = [
    "07:10:01 DEBUG opening /dev/ttyS0",
    "07:10:02 INFO pump ready",
    "07:10:03 TRACE frame 17",
    "07:10:04 INFO waiting",
    "07:10:05 ERROR checksum mismatch in sector 9",
]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([*POLLS, "TankError: sensor 4 is dry"], "TankError: sensor 4 is dry"),
        (["What is this?", *POLLS, "tank 4 is dry"], "What is this?\ntank 4 is dry"),
        ([*BURSTS, *POLLS], "valve 8: pressure check failed at 88 kPa"),
        (MIXED, "ERROR checksum mismatch in sector 9"),
    ],
)
def test_what_is_repeated_or_only_informs_is_left_out(lines: list[str], left: str) -> None:
    assert without_repeated_lines("\n".join(lines)) == left


@pytest.mark.parametrize(
    "text",
    [
        "Why is the tank dry?",
        "\n".join(POLLS),
        "roses\nare\nred\nviolets\nare\nblue",
        "1. fill the tank\n2. open the valve\n3. wait\n4. close it\n5. go home",
        "INFO is a level of logs\nwhat does it\nmean\nfor\nme?",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert without_repeated_lines(text) == text
