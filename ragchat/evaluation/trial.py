"""A labelled set in a library of its own, asked through the ordinary retriever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.intake.options import RunOptions
from ingest.intake.report import Silent
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.search.spans import Place
from ragchat.claude.tokens import ChatModel
from ragchat.evaluation.labelled import Id, LabelledSet, Question, first_half, other_half
from ragchat.evaluation.runs import DEPTH, RankedText, Ranking
from ragchat.evaluation.scores import Needless, Requested, Size
from ragchat.query.about_user import AboutUser
from ragchat.request.budget import fit
from ragchat.retrieval.fusion import ScoredCandidate
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retrieval, Retriever

if TYPE_CHECKING:
    from ingest.document import Hit
    from ingest.intake.report import Progress
    from ingest.models.embedder import Embedder
    from ingest.store import Store


WAYS: Mapping[str, Callable[[ScoredCandidate], float]] = {
    "dense": lambda one: one.candidate.signals.cosine,
    "words": lambda one: one.candidate.signals.bm25,
    "ours": lambda one: one.score,
}
"""The scores to rank by: either signal alone, or both as for a user."""


HALF = "half"
"""The collection of one half of the documents, which is asked what the other half answers."""


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """What a request may hold, as the settings have it."""

    top_k: int
    personal_memories: int
    tokens: int
    model: str


class Trial:
    """Puts a set into an empty library, each conversation in a collection of its own, and asks."""

    def __init__(self, labelled: LabelledSet, store: Store, embedder: Embedder) -> None:
        self.labelled = labelled
        self.retriever = Retriever(store, embedder)
        self._store = store
        self._documents: dict[str, Id] = {}
        self._turns = {
            place: {str(id_): id_ for id_ in texts} for place, texts in labelled.texts.items()
        }

    def ingest(self, folder: Path, progress: Progress | None = None) -> Size:
        """Write the set's files into a folder and read them by the ordinary pipeline."""
        started = time.monotonic()
        for collection, path in self._files(folder):
            options = RunOptions(progress=progress or Silent())
            Ingestion(self._store, self.retriever.embedder, collection, options).run([path])
        seconds = time.monotonic() - started
        chunks = self._store.chunks.count()
        files = (path for path in self._store.home.rglob("*") if path.is_file())
        return Size(
            items=sum(map(len, self.labelled.texts.values())),
            chunks=chunks,
            seconds=seconds,
            bytes=sum(path.stat().st_size for path in files),
        )

    def _files(self, folder: Path) -> Iterator[tuple[str, Path]]:
        """The paths to read, each with its collection."""
        folder.mkdir(parents=True)
        if self.labelled.shape == "memory":
            for place, lines in self.labelled.lines.items():
                path = folder / f"{self._collection(place)}.jsonl"
                path.write_text(lines, encoding="utf-8")
                yield self._collection(place), path
            return
        for place, texts in self.labelled.texts.items():
            for number, (id_, text) in enumerate(texts.items()):
                path = folder / (f"{place}.md" if place else f"{number:06}.txt")
                path.write_bytes(text.encode("utf-8", "replace"))
                self._documents[str(path)] = id_
        yield "default", folder

    def _collection(self, place: str) -> str:
        if self.labelled.shape != "memory":
            return "default"
        return f"conversation-{list(self.labelled.texts).index(place)}"

    def scope(self, place: str) -> Scope:
        """Return where a question about this place is asked."""
        kind = "memory" if self.labelled.shape == "memory" else "document"
        return Scope(collections=(self._collection(place),), kinds=(kind,))  # type: ignore[arg-type]

    def document(self, source: str) -> Id:
        """The id of the document in this file."""
        return self._documents[source]

    def rank(self, question: Question, *, relevant: bool = False) -> Ranking:
        """The ranking of a question: of turns, of documents by their best part, or of chunks; with
        `relevant`, without passages below the relevance threshold.
        """
        started = time.monotonic()
        query = self.retriever.read(question.text)
        ranked = self.retriever.rank(query, self.scope(question.place))
        ms = (time.monotonic() - started) * 1000
        if relevant:
            near = self.retriever.relevant(query, ranked)
            ranked = [unit for unit, enough in zip(ranked, near, strict=True) if enough]
        return self._ranking(question, ranked, WAYS["ours"], ms)

    def rank_each_way(self, question: Question) -> dict[str, Ranking]:
        """The same candidates, ranked by either part alone and by both."""
        query = self.retriever.read(question.text)
        ranked = self.retriever.rank(query, self.scope(question.place))
        return {name: self._ranking(question, ranked, way, 0.0) for name, way in WAYS.items()}

    def _ranking(
        self,
        question: Question,
        ranked: Sequence[ScoredCandidate],
        way: Callable[[ScoredCandidate], float],
        ms: float,
    ) -> Ranking:
        found = self._store.passages.places([unit.candidate.chunk for unit in ranked])
        hits: dict[object, RankedText] = {}
        for unit in sorted(ranked, key=way, reverse=True):
            hit = self._hit(found[unit.candidate.chunk], question.place, way(unit))
            hits.setdefault(hit.ids or (hit.source, hit.start), hit)
        return Ranking(question.qid, ms, tuple(hits.values())[:DEPTH])

    def _hit(self, place: Place, asked: str, score: float) -> RankedText:
        if self.labelled.shape == "spans":
            file = str(self._documents[place.source])
            return RankedText((), file, place.start, place.end, place.text, round(score, 6))
        if self.labelled.shape == "documents":
            asked, id_ = "", self._documents[place.source]
        else:
            id_ = self._turns[asked][place.turn]
        text = self.labelled.texts[asked][id_]
        return RankedText((id_,), asked or str(id_), 0, len(text), text, round(score, 6))

    def request(self, question: Question, limits: SendingLimits) -> Requested:
        """Return what would go into a request, after thresholds, folding, shares and budget."""
        found, kept, tokens = self._sent(question, self.scope(question.place), limits)
        return Requested(self._recall(question, found, kept), len(kept), tokens)

    def unanswerable(self, folder: Path, limits: SendingLimits) -> Iterator[Needless]:
        """Ask the questions of one half of the set of its other half; yield what each sends.

        Conversations are asked the questions of the next one; of documents, half is read again into
        a collection of its own, and asked what only the others answer.
        """
        asked = other_half(self.labelled)
        if self.labelled.shape != "memory" and asked:
            self._ingest_half(folder)
        for question, place in asked:
            scope = self.scope(place)
            if self.labelled.shape != "memory":
                scope = replace(scope, collections=(HALF,))
            found, kept, tokens = self._sent(question, scope, limits)
            about_user = found.query.about_user is not AboutUser.NOT
            yield Needless(len(kept), tokens, first_person=about_user)

    def _ingest_half(self, folder: Path) -> None:
        """Read the first half of the documents again; their vectors are known."""
        folder.mkdir(parents=True)
        kept = first_half(self.labelled)
        for path, id_ in list(self._documents.items()):
            if id_ in kept:
                copied = folder / Path(path).name
                copied.write_bytes(Path(path).read_bytes())
                self._documents[str(copied)] = id_
        Ingestion(self._store, self.retriever.embedder, HALF).run([folder])

    def _sent(
        self, question: Question, scope: Scope, limits: SendingLimits
    ) -> tuple[Retrieval, tuple[Hit, ...], int]:
        query = self.retriever.read(question.text)
        policy = ForRequest(limits.top_k, personal_memories=limits.personal_memories)
        found = self.retriever.retrieve(query, scope, policy)
        hits = (*found.hits, *found.personal_memories)
        kept, ledger = fit(hits, limits.tokens, ChatModel(limits.model).tokens)
        return found, kept, sum(entry.tokens for entry in ledger if entry.sent)

    def _recall(self, question: Question, found: Retrieval, kept: Sequence[Hit]) -> float:
        if self.labelled.shape == "memory":
            wanted = set(question.wanted)
            return len(wanted & self._said(question.place, found, kept)) / len(wanted)
        if self.labelled.shape == "documents":
            ids = {self._documents[hit.passage.origin] for hit in kept}
            return len(ids.intersection(question.wanted)) / len(set(question.wanted))
        return self._covered(question, found, kept)

    def _said(self, asked: str, found: Retrieval, kept: Sequence[Hit]) -> set[Id]:
        """The turns that are shown whole, or, of long ones, with the part that was found."""
        texts = {hit.passage.id: hit.passage.text for hit in kept}
        chunks = {
            unit.candidate.chunk: texts[unit.candidate.unit]
            for unit in found.candidates
            if unit.candidate.unit in texts
        }
        return {
            self._turns[asked][place.turn]
            for chunk, place in self._store.passages.places(list(chunks)).items()
            if place.text in chunks[chunk]
        } | {
            id_
            for id_, said in self.labelled.texts[asked].items()
            if said.strip() and any(said.strip() in text for text in texts.values())
        }

    def _covered(self, question: Question, found: Retrieval, kept: Sequence[Hit]) -> float:
        from ragchat.evaluation.metrics import covered

        units: Mapping[str, int] = {
            unit.candidate.unit: unit.candidate.chunk for unit in found.candidates
        }
        found_at = self._store.passages.places([units[hit.passage.id] for hit in kept])
        hits = [self._hit(place, "", 0.0) for place in found_at.values()]
        return covered(question, hits).recall
