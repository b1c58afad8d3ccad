"""Figures of a ranking, each 0..1; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ragchat.evaluation.labelled import Id, Question, Shape, Span
from ragchat.evaluation.runs import RankedText

CHARACTERS = 3_400
"""Characters of ranked results that count in a span set: about the size of a request."""
CHUNKS = 5

Metric = Callable[[Question, Sequence[RankedText]], float]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with half the width of its 95 % interval (normal approximation), over `n` values."""

    value: float
    margin: float
    n: int


def mean(values: Sequence[float]) -> Mean:
    """Return the mean of values; 0 ± 0 for none."""
    n = len(values)
    if n < 2:
        return Mean(values[0] if values else 0.0, 0.0, n)
    middle = math.fsum(values) / n
    variance = math.fsum((value - middle) ** 2 for value in values) / (n - 1)
    return Mean(middle, 1.96 * math.sqrt(variance / n), n)


def metrics_of(shape: Shape) -> dict[str, Metric]:
    """Return the metrics of a shape by name, the headline first."""
    if shape == "memory":
        return {
            "recall in 500 words": within_words(500),
            "recall in 1,000 words": within_words(1_000),
            **{f"R@{k}": recall_at(k) for k in (5, 10, 20)},
        }
    if shape == "documents":
        return {
            "nDCG@10": ndcg_at(10),
            **{f"R@{k}": recall_at(k) for k in (5, 10)},
            "MRR@10": reciprocal_rank_at(10),
        }
    return {
        f"recall in {CHARACTERS:,} characters": lambda q, hits: covered(q, _first(hits)).recall,
        "precision": lambda q, hits: covered(q, _first(hits)).precision,
        "IoU": lambda q, hits: covered(q, _first(hits)).union,
        f"recall in {CHUNKS} chunks": lambda q, hits: covered(q, hits[:CHUNKS]).recall,
    }


def recall_at(k: int) -> Metric:
    """The share of the wanted ids among the first `k` of a ranking."""

    def metric(question: Question, hits: Sequence[RankedText]) -> float:
        wanted = set(question.wanted)
        return len(wanted.intersection(_ids(hits)[:k])) / len(wanted)

    return metric


def within_words(words: int) -> Metric:
    """The share of the wanted ids in the results that fit into `words`."""

    def metric(question: Question, hits: Sequence[RankedText]) -> float:
        left, found = words, set[Id]()
        for hit in hits:
            left -= len(hit.text.split())
            if left < 0:
                break
            found.update(hit.ids)
        return len(found.intersection(question.wanted)) / len(set(question.wanted))

    return metric


def ndcg_at(k: int) -> Metric:
    """Normalised discounted cumulative gain, every wanted id worth the same (Järvelin and
    Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002).
    """

    def metric(question: Question, hits: Sequence[RankedText]) -> float:
        wanted = set(question.wanted)
        gain = sum(_gain(place) for place, id_ in enumerate(_ids(hits)[:k]) if id_ in wanted)
        return gain / sum(_gain(place) for place in range(min(k, len(wanted))))

    return metric


def reciprocal_rank_at(k: int) -> Metric:
    """1 over the rank of the first id that is wanted; 0 if it is not among the first `k`."""

    def metric(question: Question, hits: Sequence[RankedText]) -> float:
        ranks = (rank for rank, id_ in enumerate(_ids(hits)[:k], 1) if id_ in question.wanted)
        return 1 / next(ranks, math.inf)

    return metric


def _gain(place: int) -> float:
    return 1 / math.log2(place + 2)


def _ids(hits: Iterable[RankedText]) -> list[Id]:
    return list(dict.fromkeys(id_ for hit in hits for id_ in hit.ids))


def _first(hits: Sequence[RankedText]) -> list[RankedText]:
    """Return the first results, up to CHARACTERS."""
    left, read = CHARACTERS, list[RankedText]()
    for hit in hits:
        length = hit.end - hit.start
        if length > left:
            break
        left -= length
        read.append(hit)
    return read


@dataclass(frozen=True, slots=True)
class Covered:
    """How the characters of results and those of references overlap: shares, 0..1."""

    recall: float
    precision: float
    union: float


def covered(question: Question, hits: Sequence[RankedText]) -> Covered:
    """Return how the characters of results and those of the references overlap."""
    wanted = _merged(question.spans)
    read = _merged(Span(hit.start, hit.end) for hit in hits if hit.source == question.place)
    elsewhere = sum(hit.end - hit.start for hit in hits if hit.source != question.place)
    shared = sum(
        max(0, min(one.end, other.end) - max(one.start, other.start))
        for one in wanted
        for other in read
    )
    asked, seen = _length(wanted), _length(read) + elsewhere
    return Covered(shared / asked, shared / seen if seen else 0.0, shared / (asked + seen - shared))


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)
