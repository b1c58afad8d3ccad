"""Run files: the ranking for each question, one line of JSON a question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ragchat.errors import UsageError

DEPTH = 100
"""Hits of a ranking that are written."""


@dataclass(frozen=True, slots=True)
class RankedText:
    """A hit of a ranking.

    `ids` are the set's ids whose whole text is in `text`; `source` is a conversation or a
    file, `start` and `end` characters of it.
    """

    ids: tuple[str | int, ...]
    source: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits of a question, best first, and the milliseconds it took."""

    qid: str | int
    ms: float
    hits: tuple[RankedText, ...]


def write_run(lines: TextIO, rankings: Iterable[Ranking]) -> None:
    """Write a line a question."""
    for ranking in rankings:
        results = [
            {"ids": list(hit.ids), "source": hit.source, "start": hit.start, "end": hit.end}
            | {"text": hit.text, "score": hit.score}
            for hit in ranking.hits
        ]
        line = {"qid": ranking.qid, "ms": round(ranking.ms, 3), "results": results}
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_run(path: Path) -> dict[str | int, Ranking]:
    """Return the rankings of a run file, by question. Raises UsageError for any other file."""
    try:
        with path.open(encoding="utf-8") as lines:
            return {ranking.qid: ranking for ranking in _rankings(lines)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not a run file of `ragchat eval --run-file` ({error})"
        ) from error


def _rankings(lines: Iterable[str]) -> Iterator[Ranking]:
    for line in lines:
        found = json.loads(line)
        hits = (
            RankedText(**(result | {"ids": tuple(result["ids"])})) for result in found["results"]
        )
        yield Ranking(found["qid"], found["ms"], tuple(hits))
