"""Near-duplicates in memory are shown once; where memories disagree the newest comes first; pure.

Nothing is dropped: an older passage that says the same is listed with the newer one. Sameness is
read from the words, never from a cosine: "the deadline is 3 May" and "the deadline is 10 May" are
neighbours in every embedding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from ingest.document import Hit, MemoryPassage
from ragchat.query.rules import wording_pattern, wording_words
from ragchat.query.wording import Wording, together, wording

SAME = 0.85
"""Two texts that share this much of their content words, and all details, say the same. Chosen by
hand, as the next two, on the pairs of tests/pure/test_folding.py."""

SAME_SUBJECT = 0.6
"""Claims that share this much, their details aside, are about the same thing."""

SAME_TALK = 0.4
"""The share of words of whole exchanges that makes a repeated question one on the same thing."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_NAMED = r"\b[A-Z0-9][\w-]{0,40}(?: +[A-Z0-9][\w-]{0,40}){0,4}"
_QUESTION = re.compile(r"[?？؟]|[吗嗎呢][。\s]*$|か[。\s]*$")


@cache
def _subject() -> re.Pattern[str]:
    """A name before a verb is what is spoken of; a name elsewhere is part of what is said."""
    return re.compile(rf"({_NAMED})(?:['’]s\b| +(?:{wording_pattern('claims')})\b)")


@cache
def _lead_in() -> re.Pattern[str]:
    return re.compile(rf"^(?:\W|(?:{wording_pattern('lead_in')})\b)*", re.IGNORECASE)


@cache
def _statement() -> re.Pattern[str]:
    """The beginning of a sentence that says something; in scripts without spaces, any."""
    return re.compile(
        rf"(?:{wording_pattern('statements')})\b|[\u3040-\u30ff\u3400-\u9fff]"
        rf"|(?!(?:{wording_pattern('asks')})\b)"
        rf"\S+(?: +\S+){{0,3}}? +(?:{wording_pattern('is')})\b",
        re.IGNORECASE,
    )


@cache
def _one_at_a_time() -> frozenset[str]:
    return frozenset(wording(" ".join(wording_words("one_at_a_time"))).items)


class _Memory(NamedTuple):
    """A memory hit as it is compared. `subject` is what its claim speaks about, by name."""

    position: int
    hit: Hit
    passage: MemoryPassage
    text: str
    asked: Wording
    answered: Wording
    claim: Wording
    exchange: Wording
    subject: frozenset[str]
    is_question: bool


def fold(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits, best first, with near-duplicates of memory folded into the newest.

    The newest takes the best position and score of its near-duplicates, which become its `earlier`.
    Memories that disagree about the same thing share their positions, newest first. Documents keep
    their order.
    """
    memories = [
        _memory(position, hit, hit.passage)
        for position, hit in enumerate(hits)
        if isinstance(hit.passage, MemoryPassage)
    ]
    taken = {memory.position for memory in memories}
    shown = {position: hit for position, hit in enumerate(hits) if position not in taken}
    newest: list[_Memory] = []
    for same in _groups(memories, _say_the_same):
        leader, *older = same
        position = min(memory.position for memory in same)
        hit = replace(
            leader.hit,
            score=max(memory.hit.score for memory in same),
            earlier=tuple(memory.hit for memory in older),
        )
        newest.append(leader._replace(position=position, hit=hit))
        shown[position] = hit
    for group in _groups(newest, _disagree):
        _newest_first(group, shown)
    return tuple(shown[position] for position in sorted(shown))


def _newest_first(group: Sequence[_Memory], shown: dict[int, Hit]) -> None:
    """Deal the positions of a group, each with its score, to its members from new to old."""
    members = [shown[memory.position] for memory in group]
    positions = sorted(memory.position for memory in group)
    scores = [shown[position].score for position in positions]
    for position, score, member in zip(positions, scores, members, strict=True):
        shown[position] = replace(member, score=score)


def _groups(
    memories: Sequence[_Memory], belong: Callable[[_Memory, _Memory], bool]
) -> list[list[_Memory]]:
    """Group each memory with the newest one that it belongs to; a group is newest first."""
    groups: list[list[_Memory]] = []
    for memory in sorted(memories, key=_age, reverse=True):
        for group in groups:
            if belong(group[0], memory):
                group.append(memory)
                break
        else:
            groups.append([memory])
    return groups


def _age(memory: _Memory) -> tuple[datetime, str]:
    return memory.passage.time or _LONG_AGO, memory.passage.id


def _memory(position: int, hit: Hit, passage: MemoryPassage) -> _Memory:
    asked, answered = passage.asked, passage.answered
    question, answer = wording(asked), wording(answered)
    exchange = together(question, answer)
    is_question = not is_statement(asked)
    claim = exchange if is_question else question
    named = _subject().findall(f"{asked}\n{answered}" if is_question else asked)
    subject = claim.details.intersection(wording("\n".join(named)).words)
    return _Memory(
        position=position,
        hit=hit,
        passage=passage,
        text=passage.text,
        asked=question,
        answered=answer,
        claim=claim,
        exchange=exchange,
        subject=subject | (question.details if is_question else frozenset()),
        is_question=is_question,
    )


def is_statement(asked: str) -> bool:
    """Return whether a text says something, rather than asking or asking for something."""
    said = _lead_in().sub("", asked)
    return not _QUESTION.search(asked) and _statement().match(said) is not None


def _say_the_same(one: _Memory, other: _Memory) -> bool:
    if one.text == other.text:
        return True
    return _is_same(one.asked, other.asked) and _is_same(one.answered, other.answered)


def _is_same(one: Wording, other: Wording) -> bool:
    """Return whether two sides share their words, in one order, and differ in no detail."""
    if one.figures != other.figures or one.negations != other.negations:
        return False
    shared = one.words & other.words
    if len(shared) < SAME * len(one.words | other.words):
        return False
    if (one.words ^ other.words) & (
        one.capitalised | other.capitalised | one.caseless | other.caseless
    ):
        return False
    return [w for w in one.items if w in shared] == [w for w in other.items if w in shared]


def _disagree(one: _Memory, other: _Memory) -> bool:
    """Return whether two memories speak about the same thing and say something else of it."""
    if not (one.subject <= other.claim.words and other.subject <= one.claim.words):
        return False
    questions = one.is_question and other.is_question
    said = (one.asked, other.asked) if questions else (one.claim, other.claim)
    if not _may_be_alike(*said):  # tells nearly all apart, and is quick
        return False
    names = _differing(one.claim, other.claim)
    figures = one.claim.figures ^ other.claim.figures
    if not (names or figures or one.claim.negations ^ other.claim.negations):
        return False
    likeness, shared = _likeness(*said)
    if questions:
        return likeness >= SAME_SUBJECT and _likeness(one.exchange, other.exchange)[0] >= SAME_TALK
    if names and figures:  # then the name tells whose number it is
        return False
    enough = not names or len(shared) > 1 or bool(shared & _one_at_a_time())
    return enough and likeness >= SAME_SUBJECT


def _may_be_alike(one: Wording, other: Wording) -> bool:
    """Return whether the likeness of two texts can reach SAME_SUBJECT, if all details were left
    aside.
    """
    shared = len(one.affirmed & other.affirmed)
    apart = len(one.affirmed) + len(other.affirmed) - 2 * shared
    apart -= len(one.details) + len(other.details)
    return shared >= SAME_SUBJECT * max(1, shared + max(0, apart))


def _likeness(one: Wording, other: Wording) -> tuple[float, frozenset[str]]:
    """The share of content words that two texts have in common, and these; details that only one
    of them has are left aside."""
    shared = one.affirmed & other.affirmed
    apart = (one.affirmed ^ other.affirmed) - one.details - other.details
    return len(shared) / max(1, len(shared) + len(apart)), shared


def _differing(one: Wording, other: Wording) -> frozenset[str]:
    """The names of one that the other does not say at all, in capitals or not."""
    return (one.capitalised - other.affirmed) | (other.capitalised - one.affirmed)
