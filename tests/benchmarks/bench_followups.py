"""Follow-up questions: R@5 of the question as it is, of a perfect rewriting, and ours.

    python tests/benchmarks/bench_followups.py FOLDER

FOLDER holds the labelled sets `locomo` and `claude-docs`. The questions are in `followups.jsonl`.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from followups import FollowUp, Place, load
from usage import arguments

from ingest.models.embedder import Embedder
from ingest.models.embedder import load as load_model
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.evaluation.labelled import read_set
from ragchat.evaluation.trial import Trial
from ragchat.query.followup import Earlier
from ragchat.retrieval.fusion import ScoredCandidate
from ragchat.retrieval.retriever import Retriever

HANDBOOK = Path(__file__).parents[2] / "data" / "docs"
K = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate as the labels name it: a file with its span, or an id of the set."""

    name: str
    unit: str
    start: int
    end: int

    def answers(self, place: Place) -> bool:
        """Whether it holds what the label points to."""
        if not place.words:
            return self.name == str(place.id)
        span = place.span((HANDBOOK / place.id).read_text("utf-8"))
        return self.name == place.id and span is not None and self.start <= span[0] < self.end


class Library:
    """One of the three sets, ready to be asked."""

    def __init__(self, name: str, folder: Path, place: Path, embedder: Embedder) -> None:
        self.store = Store(place / name)
        self._trial: Trial | None = None
        if name == "handbook":
            Ingestion(self.store, embedder).run([HANDBOOK])
        else:
            self._trial = Trial(read_set(folder / name), self.store, embedder)
            self._trial.ingest(place / f"{name}-files")
        self._retriever = Retriever(self.store, embedder)

    def ask(self, question: str, conv: str | None, before: Sequence[Earlier] = ()) -> list[Found]:
        """What a question brings, best first."""
        scope = self._trial.scope(conv or "") if self._trial else Scope()
        return list(
            self._found(self._retriever.rank(self._retriever.read(question, before), scope), conv)
        )

    def _found(self, ranked: Sequence[ScoredCandidate], conv: str | None) -> Iterator[Found]:
        stand = self.store.passages.places([scored.candidate.chunk for scored in ranked])
        for unit in ranked:
            place = stand[unit.candidate.chunk]
            if self._trial is None:
                name = Path(place.source).name
            else:
                name = place.turn if conv else str(self._trial.document(place.source))
            yield Found(name, unit.candidate.unit, place.start, place.end)


def main(folder: Path) -> None:
    """Ask every question in three ways, and print the shares that find their evidence."""
    asked = load()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        embedder = load_model("", Path(place) / "models")
        libraries = {
            name: Library(name, folder, Path(place), embedder)
            for name in sorted({question.set for question in asked})
        }
        for library in libraries.values():
            stack.enter_context(library.store)
        hits: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
        for question in asked:
            row = ways(question, libraries[question.set])
            kind = "change of topic" if question.topic_change else "follow-up"
            for group in (question.set, kind, f"split {question.split}", "all"):
                hits[group].append(row)
    print("| | questions | as it is | rewritten | ours | of the rewritten |")
    print("|---|---|---|---|---|---|")
    for group, rows in sorted(hits.items()):
        raw, ideal, ours = (sum(way) / len(rows) for way in zip(*rows, strict=True))
        shares = (raw, ideal, ours, ours / ideal)
        print(f"| {group} | {len(rows)} | {' | '.join(f'{share:.0%}' for share in shares)} |")


def ways(each: FollowUp, library: Library) -> tuple[bool, bool, bool]:
    """Whether the evidence is among the first: as it is, rewritten, ours."""
    before = [
        Earlier(said.question, said.answer, cited(said.cited, said.question, each, library))
        for said in each.earlier
    ]
    return (
        hit(library.ask(each.question, each.conv), each),
        hit(library.ask(each.ideal, each.conv), each),
        hit(library.ask(each.question, each.conv, before), each),
    )


def cited(
    labels: Sequence[Place], question: str, each: FollowUp, library: Library
) -> frozenset[str]:
    """The units that the answer before was built on."""
    found = library.ask(question, each.conv)
    return frozenset(one.unit for one in found if any(one.answers(label) for label in labels))


def hit(found: Sequence[Found], each: FollowUp) -> bool:
    """Whether one of the first few different places answers."""
    first: dict[tuple[str, int], Found] = {}
    for one in found:
        start = one.start if each.set == "handbook" else 0
        first.setdefault((one.name, start), one)
    shown = list(first.values())[:K]
    return any(one.answers(label) for one in shown for label in each.evidence)


if __name__ == "__main__":
    main(Path(arguments(__doc__, least=1)[0]))
