"""Whom hits are for decides how many are wanted and how much must speak for each; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForRequest:
    """For a request to the model: a pool must open before anything of it is sent.

    `in_window` are the ids of exchanges that are sent in the recent turns already, `instead_of` is
    that of the exchange that is asked again. A question about the user gets up to
    `personal_memories` short statements of theirs beyond `top_k`.
    """

    top_k: int
    in_window: frozenset[str] = frozenset()
    instead_of: str = ""
    personal_memories: int = 0


@dataclass(frozen=True, slots=True)
class ForReader:
    """For a person who reads the hits: less must speak for each."""

    top_k: int


@dataclass(frozen=True, slots=True)
class Unfiltered:
    """The best, however little they have to do with the query: for measuring."""

    top_k: int


Policy = ForRequest | ForReader | Unfiltered
