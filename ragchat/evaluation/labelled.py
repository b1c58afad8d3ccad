"""Labelled sets: questions with the ids or spans that answer them, in three shapes.

A memory set has `turns.jsonl` and questions with `evidence`, a document set has `docs.jsonl` and
questions with `relevant`, a span set has `NAME.md` files and questions with `refs`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ragchat.errors import UsageError

Id = str | int
Shape = Literal["memory", "documents", "spans"]
APART = frozenset({"5", "adversarial", "abstention"})
"""Categories whose evidence answers nothing: they are reported, but not in the headline."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a file of the set."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the ids of the set, or the spans of one of its files, that answer it.

    `qid` is as the set has it. `place` is the conversation that it is asked of, or the file.
    """

    qid: str | int
    text: str
    category: str = ""
    place: str = ""
    wanted: tuple[Id, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts for the headline."""
        return self.category not in APART


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Questions that have an answer, and the texts they are asked of.

    `texts` are, by place and id, the turns of each conversation, the documents (under the place
    ""), or the files (each under its own name). `lines` are a conversation as the set has it.
    """

    name: str
    shape: Shape
    questions: tuple[Question, ...]
    texts: Mapping[str, Mapping[Id, str]]
    lines: Mapping[str, str]


def read_set(folder: Path) -> LabelledSet:
    """Read a labelled set. Raises UsageError, with the reason, for any other folder."""
    if not (folder / "questions.jsonl").is_file():
        raise UsageError(f"{folder} is not a labelled set: it has no questions.jsonl")
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise UsageError(f"cannot read the labelled set {folder} ({reason}): fix it") from error


def _read(folder: Path) -> LabelledSet:
    texts: dict[str, dict[Id, str]] = {}
    lines: dict[str, str] = {}
    shape: Shape
    if (folder / "turns.jsonl").is_file():
        shape = "memory"
        for turn in _objects(folder / "turns.jsonl"):
            place = str(turn["conv"])
            texts.setdefault(place, {})[turn["id"]] = turn["text"]
            lines[place] = lines.get(place, "") + json.dumps(turn, ensure_ascii=False) + "\n"
    elif (folder / "docs.jsonl").is_file():
        shape = "documents"
        texts[""] = {
            document["id"]: document["text"] for document in _objects(folder / "docs.jsonl")
        }
    else:
        shape = "spans"
        for path in sorted(folder.glob("*.md")):
            if path.name != "README.md":
                texts[path.stem] = {path.stem: path.read_bytes().decode("utf-8")}
    if not texts:
        raise ValueError("there is nothing to ask about: no turns.jsonl, docs.jsonl or NAME.md")
    questions = tuple(_questions(_objects(folder / "questions.jsonl"), shape))
    return LabelledSet(folder.name, shape, questions, texts, lines)


def _objects(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _questions(asked: Iterator[Mapping[str, Any]], shape: Shape) -> Iterator[Question]:
    """Yield the questions that have an answer in the set."""
    for line in asked:
        wanted: tuple[Id, ...] = ()
        spans: tuple[Span, ...] = ()
        if shape == "memory":
            wanted = tuple(line.get("evidence_fixed") or line["evidence"])
        elif shape == "documents":
            wanted = tuple(line["relevant"])
        else:
            spans = tuple(Span(ref["start"], ref["end"]) for ref in line["refs"])
        place = line["conv"] if shape == "memory" else line.get("corpus", "")
        if wanted or spans:
            category = str(line.get("category", ""))
            yield Question(line["qid"], line["question"], category, str(place), wanted, spans)


# A set in two halves: what one answers, the other does not. The halves are contiguous, since
# neighbours are of one article and may answer each other's questions.


def first_half(labelled: LabelledSet) -> frozenset[Id]:
    """The ids of the first half of the documents or files."""
    ids = [id_ for texts in labelled.texts.values() for id_ in texts]
    return frozenset(ids[: len(ids) // 2])


def other_half(labelled: LabelledSet) -> list[tuple[Question, str]]:
    """The questions that have no answer where they are asked, each with the place to ask.

    Conversations are asked what the one before them answers. There are none where a set is of one
    conversation or one file.
    """
    counted = [question for question in labelled.questions if question.counts]
    if labelled.shape == "memory":
        places = list(labelled.texts)
        following = dict(zip(places, [*places[1:], *places[:1]], strict=True))
        return [(q, following[q.place]) for q in counted if following[q.place] != q.place]
    half = first_half(labelled)
    return [(question, "") for question in counted if half and not half & _answering(question)]


def _answering(question: Question) -> set[Id]:
    return set(question.wanted) or {question.place}
