"""What cosines mean in a model and a language: measured once and kept in the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragchat.query.rules import rules
from ragchat.retrieval.belief import Gauge, Gauges, gauged

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store


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
