"""A memory that stands out among all others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.document import Signals
from ingest.records.ids import ConversationRow, TurnId
from ingest.search.candidates import Candidate
from ragchat.retrieval.outstanding import (
    FEWEST,
    FOR_ADVICE,
    OUTSTANDING,
    WITH_UNKNOWN_NAME,
    Outstanding,
    standing_out,
)

OTHERS = [0.1 + 0.002 * (n % 20) for n in range(2 * FEWEST)]


def memories(cosines: Sequence[float]) -> list[Candidate]:
    """Memories, each of a conversation of its own."""
    return [memory(n, cosine, conversation=n) for n, cosine in enumerate(cosines)]


def memory(n: int, cosine: float, conversation: int) -> Candidate:
    return Candidate(
        n,
        "memory",
        f"x{n}",
        TurnId(n),
        Signals(cosine, 0.0, 0.0, None, None),
        conversation=ConversationRow(conversation),
    )


@pytest.mark.parametrize(
    ("cosines", "wanted", "found"),
    [
        ([*OTHERS, 0.31], OUTSTANDING, True),
        ([*OTHERS, 0.31, 0.3], OUTSTANDING, False),  # two of a kind
        ([*OTHERS, 0.15], OUTSTANDING, False),
        ([0.31, *OTHERS[: FEWEST - 2]], OUTSTANDING, False),  # too few to stand out among
        ([*OTHERS, 0.31], FOR_ADVICE, True),
        ([*OTHERS, 0.22], FOR_ADVICE, False),
        ([*OTHERS, 0.19], OUTSTANDING, True),
        ([*OTHERS, 0.19], WITH_UNKNOWN_NAME, False),
        ([*OTHERS, 0.31], WITH_UNKNOWN_NAME, True),
    ],
)
def test_what_is_far_above_all_others_stands_out(
    cosines: list[float], wanted: Outstanding, found: bool
) -> None:
    nearest = standing_out(memories(cosines), lambda _: 1.0, wanted)
    assert (nearest is not None) is found
    assert nearest is None or nearest.signals.cosine == max(cosines)


@pytest.mark.parametrize(
    ("cosine", "nearness", "found"),
    [(0.31, 0.4, True), (0.17, 0.4, False), (0.17, 0.6, True), (0.31, 0.3, False)],
)
def test_the_further_a_memory_is_above_the_others_the_less_near_it_need_be(
    cosine: float, nearness: float, found: bool
) -> None:
    nearest = standing_out(memories([*OTHERS, cosine]), lambda _: nearness, OUTSTANDING)
    assert (nearest is not None) is found


def test_parts_of_one_exchange_are_one() -> None:
    twice = [*memories([*OTHERS, 0.31]), *memories([0.3])]
    twice[-1] = Candidate(99, "memory", f"x{len(OTHERS)}", TurnId(99), twice[-1].signals)
    assert standing_out(twice, lambda _: 1.0, OUTSTANDING) is not None


def test_others_of_its_conversation_do_not_keep_a_memory_from_standing_out() -> None:
    one_talk = [memory(900, 0.31, conversation=900), memory(901, 0.3, conversation=900)]
    nearest = standing_out([*memories(OTHERS), *one_talk], lambda _: 1.0, OUTSTANDING)
    assert nearest is one_talk[0]


def test_a_memory_stands_out_in_a_single_conversation() -> None:
    one_talk = [memory(n, cosine, conversation=1) for n, cosine in enumerate([*OTHERS, 0.31])]
    assert standing_out(one_talk, lambda _: 1.0, OUTSTANDING) is not None
