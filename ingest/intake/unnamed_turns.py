"""Turns that have no ids where they come from: known by their words and their neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ingest.text.cleaning import masked

if TYPE_CHECKING:
    from ingest.conversation import Turn
    from ingest.records.imports import StoredTurn

_ALIKE = 0.5
"""A line between the same neighbours is the same one, edited, if so much of it is alike."""


def with_known_ids(
    said: Sequence[Turn], unnamed: Collection[str], known: Sequence[StoredTurn]
) -> tuple[Turn, ...]:
    """The messages, those without ids under the ids that they are stored with."""
    if not unnamed or not known:
        return tuple(said)
    ids = _by_words(said, unnamed, known)
    ids.update(_by_neighbours(said, unnamed, known, ids))
    return tuple(replace(turn, id=ids.get(turn.id, turn.id)) for turn in said)


def _by_words(
    said: Sequence[Turn], unnamed: Collection[str], known: Sequence[StoredTurn]
) -> dict[str, str]:
    """The n-th message with these words is the n-th that is stored with them."""
    stored: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for turn in reversed(known):
        stored[turn.role, turn.speaker, turn.text].append(turn.key)
    found: dict[str, str] = {}
    for message in said:
        words = (message.role, masked(message.speaker), masked(message.text))
        if message.id in unnamed and stored[words]:
            found[message.id] = stored[words].pop()
    return found


def _by_neighbours(
    said: Sequence[Turn],
    unnamed: Collection[str],
    known: Sequence[StoredTurn],
    ids: dict[str, str],
) -> dict[str, str]:
    """A message between two known ones, in the place of the one that is stored there."""
    place = {turn.key: n for n, turn in enumerate(known)}
    taken = set(ids.values())
    found: dict[str, str] = {}
    for n, message in enumerate(said):
        if message.id in ids or message.id not in unnamed:
            continue
        before = place.get(ids.get(said[n - 1].id, ""), -1) if n else -1
        after = place.get(ids.get(said[n + 1].id, ""), -1) if n + 1 < len(said) else len(known)
        if (n and before < 0) or after != before + 2:
            continue
        old = known[before + 1]
        if old.key not in taken and old.role == message.role and _alike(old.text, message.text):
            found[message.id] = old.key
            taken.add(old.key)
    return found


def _alike(old: str, new: str) -> bool:
    return SequenceMatcher(None, old[:1000], new[:1000]).ratio() >= _ALIKE
