"""How far an embedding model is believed in each language: measured on a few questions.

The packaged model knows English. In Chinese it finds any two texts as near as a question and its
answer, and what it says of them is worth nothing. A multilingual model is believed everywhere.
Measured once for each model and language, and kept in the library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.text.language import UNKNOWN
from ragchat.query.rules import rules

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store


@dataclass(frozen=True, slots=True)
class Gauge:
    """The mean cosine of unrelated and of related texts in a model, in one language."""

    unrelated: float
    related: float

    @property
    def gap(self) -> float:
        """How far apart they are: about 0.4 for English in the packaged model, 0 for Chinese."""
        return max(0.0, self.related - self.unrelated)


def gauged(cosines: Sequence[Sequence[float]]) -> Gauge:
    """Return the gauge by the cosines of each question (rows) to each answer (columns)."""
    n = len(cosines)
    related = math.fsum(cosines[i][i] for i in range(n)) / n
    others = [cosines[i][j] for i in range(n) for j in range(n) if i != j]
    return Gauge(unrelated=math.fsum(others) / len(others), related=related)


class Gauges:
    """The gauges of a model by language; `measure` is asked once for each, None for unmeasurable.

    A language that cannot be measured is not believed.
    """

    def __init__(self, measure: Callable[[str], Gauge | None]) -> None:
        self._measure = measure
        self._known: dict[str, Gauge | None] = {}
        self._beliefs: dict[str, float] = {}

    def of(self, code: str) -> Gauge | None:
        """The gauge of a language; "" is one that is not known."""
        code = code or UNKNOWN
        if code not in self._known:
            self._known[code] = self._measure(code)
        return self._known[code]

    def belief(self, code: str) -> float:
        """Return how far a cosine is believed in a language, 0..1: by how far apart related and
        unrelated texts are, against English.
        """
        if code not in self._beliefs:
            gauge, best = self.of(code), self.of(UNKNOWN)
            if gauge is None or best is None or best.gap <= 0:
                self._beliefs[code] = 0.0
            else:
                self._beliefs[code] = min(1.0, gauge.gap / best.gap)
        return self._beliefs[code]

    def nearness(self, cosine: float, code: str) -> float:
        """0 for unrelated texts, 1 for texts as near as related ones in English."""
        gauge, best = self.of(code), self.of(UNKNOWN)
        if gauge is None or best is None:
            return 0.0
        return (cosine - gauge.unrelated) / max(1e-6, best.gap)


def measured_gauges(store: Store, embedder: Embedder) -> Gauges:
    """The gauges of a model by language, each measured when it is first asked for."""

    def measure(code: str) -> Gauge | None:
        known = rules(code)
        if known is None or not known.gauge:
            return None
        stored = store.facts.gauge(embedder.fingerprint, code)
        if stored:
            return Gauge(*stored)
        gauge = _measured(embedder, known.gauge)
        store.facts.put_gauge(embedder.fingerprint, code, (gauge.unrelated, gauge.related))
        return gauge

    return Gauges(measure)


def _measured(embedder: Embedder, pairs: Sequence[tuple[str, str]]) -> Gauge:
    questions = embedder.embed_questions([asked for asked, _ in pairs])
    answers = embedder.embed_passages([answer for _, answer in pairs])
    return gauged((questions @ answers.T).tolist())
