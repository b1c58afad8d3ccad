"""Retrieval on labelled sets: dense search alone, word search alone, and both as a user has them.

    python tests/benchmarks/bench_retrieval.py FOLDER…

Each folder is a labelled set. Prints tables in Markdown: every figure with its 95 % interval, how
much higher both together are than the better part, and what questions of one set bring in when they
are asked of another.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from usage import arguments

from ingest.models.embedder import load
from ingest.store import Store
from ragchat.evaluation.labelled import LabelledSet, Question, read_set
from ragchat.evaluation.metrics import Mean
from ragchat.evaluation.runs import Ranking
from ragchat.evaluation.scores import difference, score
from ragchat.evaluation.trial import Trial

UNRELATED = 100
"""Questions of one set asked of another."""

Rankings = Mapping[str | int, Ranking]


def main(folders: Sequence[str]) -> None:
    """Read each set into a library of its own, and ask."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        embedder = load("", place / "models")
        trials: list[Trial] = []
        for folder in folders:
            labelled = read_set(Path(folder))
            store = stack.enter_context(Store(place / labelled.name))
            trial = Trial(labelled, store, embedder)
            size = trial.ingest(place / f"{labelled.name}-files")
            print(f"\n{labelled.name}: {size.items:,} items, {size.chunks:,} chunks\n", flush=True)
            compare(trial)
            trials.append(trial)
        unrelated(trials)


def compare(trial: Trial) -> None:
    """One row a way of ranking, and the difference to the better part."""
    labelled = trial.labelled
    ways: dict[str, dict[str | int, Ranking]] = {}
    for question in labelled.questions:
        for way, ranking in trial.rank_each_way(question).items():
            ways.setdefault(way, {})[question.qid] = ranking
    figures = {way: score(labelled, rankings)[0].figures for way, rankings in ways.items()}
    names = list(figures["ours"])
    print(f"| | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for way, means in figures.items():
        print(f"| {way} | {' | '.join(shown(means[name]) for name in names)} |")
    print(f"| above the better part | {' | '.join(gains(labelled, ways, figures))} |", flush=True)


def gains(
    labelled: LabelledSet,
    ways: Mapping[str, Rankings],
    figures: Mapping[str, Mapping[str, Mean]],
) -> Iterator[str]:
    """By metric, the paired difference of ours to the better of the two parts."""
    apart = {way: difference(labelled, ways["ours"], ways[way]) for way in ("dense", "words")}
    for name in figures["ours"]:
        better = max(("dense", "words"), key=lambda way: figures[way][name].value)
        mean = apart[better][name]
        yield f"{100 * mean.value:+.1f} ± {100 * mean.margin:.1f}"


def unrelated(trials: Sequence[Trial]) -> None:
    """What the thresholds keep of the evidence, and the share of questions asked of the wrong set
    that bring something in; of a memory set, also those of one conversation asked of another.
    """
    print("\n| asked of | evidence | with thresholds | unrelated questions that bring something |")
    print("|---|---|---|---|")
    for trial in trials:
        own = [
            question
            for question in trial.labelled.questions
            if question.counts and (question.wanted or question.spans)
        ]
        cells = [f"{100 * kept(trial, own, relevant=relevant):.1f}" for relevant in (False, True)]
        shares = [
            f"{other.labelled.name} {100 * alarms(trial, foreign(trial, other)):.0f} %"
            for other in trials
            if other is not trial or trial.labelled.shape == "memory"
        ]
        print(f"| {trial.labelled.name} | {' | '.join(cells)} | {', '.join(shares)} |", flush=True)


def kept(trial: Trial, asked: Sequence[Question], *, relevant: bool) -> float:
    """The mean of what is shown of the evidence: R@10, of a set of spans its first metric."""
    rankings = {question.qid: trial.rank(question, relevant=relevant) for question in asked}
    figures = score(trial.labelled, rankings)[0].figures
    return figures.get("R@10", next(iter(figures.values()))).value


def foreign(trial: Trial, other: Trial) -> list[Question]:
    """Some questions of the other set (or of other conversations), each asked of a place here."""
    chance = random.Random(7)
    places = list(trial.labelled.texts)
    asked = [question for question in other.labelled.questions if question.counts]
    moved = []
    for question in chance.sample(asked, min(UNRELATED, len(asked))):
        elsewhere = [place for place in places if place != question.place] or places
        moved.append(Question(question.qid, question.text, place=chance.choice(elsewhere)))
    return moved


def alarms(trial: Trial, asked: Sequence[Question]) -> float:
    """The share that brings something in."""
    found = [bool(trial.rank(question, relevant=True).hits) for question in asked]
    return sum(found) / max(1, len(found))


def shown(mean: Mean) -> str:
    """A mean in percent with its interval."""
    return f"{100 * mean.value:.1f} ± {100 * mean.margin:.1f}"


if __name__ == "__main__":
    main(arguments(__doc__, least=1))
