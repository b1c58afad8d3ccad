"""`ragchat eval`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from ingest.text.amounts import counted
from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json
from ragchat.cli.parameter_types import NonemptyPath, RegularFile
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ragchat.evaluation.metrics import Mean
    from ragchat.evaluation.own import Probed
    from ragchat.evaluation.runs import Ranking
    from ragchat.evaluation.scores import Requested, Row, Run, Size, Unanswerable
    from ragchat.evaluation.trial import SendingLimits, Trial
    from ragchat.settings import Settings
    from ragchat.terminal.screen import Screen


@click.command("eval")
@click.argument("labelled_set", metavar="[SET]", required=False, type=NonemptyPath())
@click.option("--run-file", type=RegularFile(), help="Write the rankings to this file.")
@click.option("--compare", type=RegularFile(), help="Compare with an earlier run file.")
@click.option(
    "--own",
    type=click.IntRange(min=1),
    metavar="N",
    help="Probe your own library with N sentences.",
)
@click.option(
    "--unanswerable",
    is_flag=True,
    help="Also ask each half of the documents what only the other half answers.",
)
@common_options
def evaluate(
    common: Common,
    labelled_set: Path | None,
    run_file: Path | None,
    compare: Path | None,
    own: int | None,
    unanswerable: bool,
) -> None:
    """Measure retrieval on a labelled SET, in a library of its own; or, with --own N, on N
    sentences of your library. No key is needed.
    """
    if (labelled_set is None) == (own is None):
        raise UsageError("name the folder of a labelled SET, or --own N for your own library")
    if labelled_set is None and (run_file or compare or unanswerable):
        raise UsageError("--run-file, --compare and --unanswerable go with a SET, not with --own")
    if labelled_set is not None:
        _evaluate(common, labelled_set, run_file, compare, unanswerable=unanswerable)
    elif own is not None:
        _probe(common, own)


def _evaluate(
    common: Common,
    folder: Path,
    run_file: Path | None,
    compare: Path | None,
    *,
    unanswerable: bool,
) -> None:
    from ingest.models.embedder import load
    from ingest.models.files import cache_of
    from ingest.store import Store
    from ragchat.evaluation.labelled import read_set
    from ragchat.evaluation.runs import read_run, write_run
    from ragchat.evaluation.scores import difference, score
    from ragchat.evaluation.trial import Trial
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings()
    labelled = read_set(folder)
    other = read_run(compare) if compare else None
    if run_file:
        with _opened(run_file, "a"):  # before the work; an earlier run is replaced after it
            pass
    embedder = load(settings.embedding_model, cache_of(common.home))
    with (
        tempfile.TemporaryDirectory(prefix="ragchat-eval-") as place,
        Store(Path(place) / "home") as store,
    ):
        trial = Trial(labelled, store, embedder)
        with screen.status(f"reading {counted(len(labelled.texts), 'part')} of {labelled.name} …"):
            size = trial.ingest(Path(place) / "set")
        run = _ask(screen, trial, size, settings)
        if unanswerable:
            run = _ask_other_half(screen, trial, Path(place) / "half", run, settings)
    if run_file:
        with _opened(run_file, "w") as lines:
            write_run(lines, run.rankings.values())
    rows = score(labelled, run.rankings, run.requested)
    apart = difference(labelled, run.rankings, other) if other else {}
    if common.json:
        print_json(_fields(rows, run, apart))
    else:
        _show(screen, rows, run, apart)


@contextmanager
def _opened(path: Path, mode: Literal["a", "w"]) -> Iterator[TextIO]:
    try:
        with path.open(mode, encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({error.strerror}): choose another --run-file"
        ) from error


def _ask(screen: Screen, trial: Trial, size: Size, settings: Settings) -> Run:
    from ragchat.evaluation.scores import Run

    rankings: dict[str | int, Ranking] = {}
    requested: dict[str | int, Requested] = {}
    questions = trial.labelled.questions
    limits = _limits(settings)
    with screen.status("asking …") as status:
        for number, question in enumerate(questions, 1):
            status.update(f"asking question {number} of {len(questions)} …")
            rankings[question.qid] = trial.rank(question)
            if question.counts:
                requested[question.qid] = trial.request(question, limits)
    return Run(size, rankings, requested)


def _ask_other_half(
    screen: Screen, trial: Trial, folder: Path, run: Run, settings: Settings
) -> Run:
    from ragchat.evaluation.scores import Needless, Unanswerable

    found: list[Needless] = []
    with screen.status("reading half of the set again …") as status:
        for needless in trial.unanswerable(folder, _limits(settings)):
            found.append(needless)
            status.update(f"asking {counted(len(found), 'question')} of the other half …")
    if not found:
        screen.note("--unanswerable needs two conversations or two files: nothing was asked")
        return run
    return replace(run, unanswerable=Unanswerable(found))


def _limits(settings: Settings) -> SendingLimits:
    from ragchat.evaluation.trial import SendingLimits

    return SendingLimits(
        settings.top_k, settings.personal_memories, settings.context_tokens, settings.model
    )


def _probe(common: Common, number: int) -> None:
    from ragchat.cli.wiring import open_store
    from ragchat.evaluation.own import NOWHERE, Probed, alarms, probe, probes
    from ragchat.library.opening import load_embedder, load_reranker
    from ragchat.retrieval.retriever import Retriever
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings()
    with open_store(common, screen) as store:
        names = common.collections(store)
        asked = probes(store, names, number)
        if not asked:
            raise UsageError("the library is empty: `ragchat ingest FOLDER` first")
        embedder = load_embedder(common.home, settings, store)
        retriever = Retriever(store, embedder, load_reranker(settings))
        with screen.status("asking …") as status:
            ranks: list[int | None] = []
            for rank in probe(retriever, asked, top_k=settings.top_k):
                ranks.append(rank)
                status.update(f"asked {len(ranks)} of {len(asked)} …")
            found = alarms(retriever, names, top_k=settings.top_k)
    probed = Probed(tuple(ranks), len(NOWHERE), tuple(found))
    fields = _probed_fields(probed, settings.top_k)
    if common.json:
        print_json(fields)
    else:
        _show_probed(screen, probed, fields)


def _probed_fields(probed: Probed, top_k: int) -> dict[str, Any]:
    found = [rank for rank in probed.ranks if rank is not None]
    return {
        "asked": len(probed.ranks),
        "top_k": top_k,
        "found": len(found) / len(probed.ranks),
        "found_first": found.count(1) / len(probed.ranks),
        "from_nowhere": probed.nowhere,
        "false_alarms": len(probed.alarms) / probed.nowhere,
        "alarms": list(probed.alarms),
    }


def _show_probed(screen: Screen, probed: Probed, fields: Mapping[str, Any]) -> None:
    screen.result(
        f"{counted(fields['asked'], 'sentence')} of your own with a third of the words left out: "
        f"{fields['found']:.0%} found their passage among the first {fields['top_k']}, "
        f"{fields['found_first']:.0%} as the first"
    )
    screen.result(
        f"{counted(probed.nowhere, 'question')} in English about nothing in the library: "
        f"{fields['false_alarms']:.0%} found something"
    )
    for alarm in probed.alarms:
        screen.note(f"  {alarm}")


def _fields(rows: Sequence[Row], run: Run, apart: Mapping[str, Mean]) -> dict[str, Any]:
    p50, p95 = run.times
    fields = {
        "items": run.size.items,
        "chunks": run.size.chunks,
        "seconds": round(run.size.seconds, 3),
        "bytes_per_item": round(run.size.bytes / max(1, run.size.items)),
        "ms_p50": round(p50, 3),
        "ms_p95": round(p95, 3),
        "request": {
            "recall": round(run.request.recall, 5),
            "passages": round(run.request.passages, 2),
            "tokens": round(run.request.tokens),
        },
        "categories": [
            {"category": row.category, "apart": row.apart} | _means(row.figures) for row in rows
        ],
    }
    if run.unanswerable:
        own, questions = run.unanswerable.first_person, run.unanswerable.questions
        fields["unanswerable"] = {
            "asked": len(questions),
            "sent": round(run.unanswerable.sent.value, 5),
            "tokens": round(run.unanswerable.tokens),
            "first_person": {"asked": own.n, "sent": round(own.value, 5)},
        }
    return fields | ({"difference": _means(apart)} if apart else {})


def _means(figures: Mapping[str, Mean]) -> dict[str, Any]:
    return {
        name: {"mean": round(mean.value, 5), "margin": round(mean.margin, 5), "n": mean.n}
        for name, mean in figures.items()
    }


def _show(screen: Screen, rows: Sequence[Row], run: Run, apart: Mapping[str, Mean]) -> None:
    names = list(rows[0].figures)
    table = [
        [f"({row.category})" if row.apart else row.category]
        + [next((mean.n for mean in row.figures.values()), 0)]
        + [_percent(row.figures[name]) if name in row.figures else "" for name in names]
        for row in rows
    ]
    screen.table(table, ["category", "questions", *names])
    asked, size = run.request, run.size
    screen.result(
        f"in the request: {asked.recall:.1%} of the evidence, {asked.passages:.1f} passages,"
        f" {counted(round(asked.tokens), 'token')}"
    )
    if run.unanswerable:
        _show_unanswerable(screen, run.unanswerable)
    p50, p95 = run.times
    screen.result(
        f"{counted(size.items, 'item')} in {counted(size.chunks, 'chunk')}, indexed in"
        f" {size.seconds:.1f} s, {size.bytes / max(1, size.items):,.0f} bytes an item;"
        f" a question takes {p50:.0f} ms (median), {p95:.0f} ms (95 %)"
    )
    for name, difference in apart.items():
        by = f"{100 * difference.value:+.1f} ± {100 * difference.margin:.1f}"
        screen.result(f"{name}: {by} against {counted(difference.n, 'question')} of the other run")


def _show_unanswerable(screen: Screen, found: Unanswerable) -> None:
    own = found.first_person
    first_person = f"; in the first person {own.value:.1%} of {own.n}" if own.n else ""
    screen.result(
        f"{counted(len(found.questions), 'question')} that nothing answers:"
        f" {found.sent.value:.1%} sent something, {found.tokens:.0f} tokens{first_person}"
    )


def _percent(mean: Mean) -> str:
    return f"{100 * mean.value:.1f} ± {100 * mean.margin:.1f}"
