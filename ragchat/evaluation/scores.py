"""Figures of a whole run, by category and in total, and of the difference of two; pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ragchat.evaluation.labelled import LabelledSet, Question
from ragchat.evaluation.metrics import Mean, mean, metrics_of
from ragchat.evaluation.runs import Ranking

ALL = "all"
SENT = "sent"
"""The metric of what a request holds, beside those of the ranking."""


@dataclass(frozen=True, slots=True)
class Requested:
    """The share of a question's evidence in its request, and the passages and tokens there."""

    recall: float
    passages: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Needless:
    """The passages and tokens that a question sends which nothing answers. `first_person`: it asks
    about the user, or for what they should do.
    """

    passages: int
    tokens: int
    first_person: bool = False


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """All questions that nothing answers, as shares of them that send something all the same."""

    questions: Sequence[Needless]

    @property
    def sent(self) -> Mean:
        """The share that sends anything."""
        return _share_sent(self.questions)

    @property
    def first_person(self) -> Mean:
        """The same of those in the first person."""
        return _share_sent([question for question in self.questions if question.first_person])

    @property
    def tokens(self) -> float:
        """The tokens that are sent for nothing, on average."""
        return mean([question.tokens for question in self.questions]).value


def _share_sent(questions: Sequence[Needless]) -> Mean:
    return mean([float(question.passages > 0) for question in questions])


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a set as a library: turns or documents, chunks, seconds to index, bytes."""

    items: int
    chunks: int
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """The results of asking all questions of a set."""

    size: Size
    rankings: Mapping[str | int, Ranking]
    requested: Mapping[str | int, Requested]
    unanswerable: Unanswerable | None = None

    @property
    def request(self) -> Requested:
        """The average request."""
        n = max(1, len(self.requested))
        return Requested(
            recall=sum(request.recall for request in self.requested.values()) / n,
            passages=sum(request.passages for request in self.requested.values()) / n,
            tokens=sum(request.tokens for request in self.requested.values()) / n,
        )

    @property
    def times(self) -> tuple[float, float]:
        """Median and 95th percentile of the milliseconds that a question took."""
        times = sorted(ranking.ms for ranking in self.rankings.values())
        if not times:
            return 0.0, 0.0
        return statistics.median(times), times[min(len(times) - 1, round(0.95 * len(times)))]


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of a category by metric; `apart` if it is not part of "all"."""

    category: str
    figures: Mapping[str, Mean]
    apart: bool = False


def score(
    labelled: LabelledSet,
    rankings: Mapping[str | int, Ranking],
    requested: Mapping[str | int, Requested] = MappingProxyType({}),
) -> list[Row]:
    """Return the figures of a run: the total first, then each of several categories. The last
    figure is the share of the evidence that is sent.
    """
    values = _values(labelled, rankings)
    for qid, request in requested.items():
        values[qid][SENT] = request.recall
    counted = [question for question in labelled.questions if question.counts]
    rows = [_row(ALL, counted, values, apart=False)]
    categories = sorted({question.category for question in labelled.questions})
    if len(categories) > 1:
        for category in categories:
            asked = [question for question in labelled.questions if question.category == category]
            rows.append(_row(category, asked, values, apart=not asked[0].counts))
    return rows


def difference(
    labelled: LabelledSet,
    rankings: Mapping[str | int, Ranking],
    other: Mapping[str | int, Ranking],
) -> dict[str, Mean]:
    """Return how much higher a run is than another on the questions of both, by metric: the mean
    of the paired differences.
    """
    ours, theirs = _values(labelled, rankings), _values(labelled, other)
    both = [q for q in labelled.questions if q.counts and q.qid in ours and q.qid in theirs]
    return {
        name: mean([ours[q.qid][name] - theirs[q.qid][name] for q in both])
        for name in metrics_of(labelled.shape)
    }


def _values(
    labelled: LabelledSet, rankings: Mapping[str | int, Ranking]
) -> dict[str | int, dict[str, float]]:
    metrics = metrics_of(labelled.shape)
    return {
        question.qid: {
            name: metric(question, rankings[question.qid].hits) for name, metric in metrics.items()
        }
        for question in labelled.questions
        if question.qid in rankings
    }


def _row(
    category: str,
    asked: Sequence[Question],
    values: Mapping[str | int, Mapping[str, float]],
    *,
    apart: bool,
) -> Row:
    known = [values[question.qid] for question in asked if question.qid in values]
    names = list(dict.fromkeys(name for measured in known for name in measured))
    figures = {
        name: mean([measured[name] for measured in known if name in measured]) for name in names
    }
    return Row(category, figures, apart)
