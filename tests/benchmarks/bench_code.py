"""Functions found by what they do: `python tests/benchmarks/bench_code.py [ROOT]`.

`ingest/` and `ragchat/` under ROOT (this project, unless another checkout of it is named) are read
into a fresh library, and the ordinary retriever is asked 30 questions about single functions. A hit
is a passage of the right file that shares at least half of the shorter of the two, itself or the
function. Then the time to chunk a megabyte of Python. Five minutes on a quiet machine.
"""

from __future__ import annotations

import ast
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, report
from usage import arguments

from ingest.document import Document, DocumentPassage, Passage
from ingest.models.embedder import Embedder, load
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ingest.text.chunker import chunk
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retriever

PROJECT = Path(__file__).parents[2]
BEST = 5
QUESTIONS = [
    (
        "How is the SQLite database migrated to a newer schema?",
        "ingest/records/database.py:_migrate",
    ),
    ("What does WriterLock.held do?", "ingest/records/lock.py:held"),
    (
        "Which file names look like secrets?",
        "ingest/intake/names.py:looks_secret",
    ),
    (
        "How are .gitignore rules of the folders above read?",
        "ingest/intake/gitignore.py:rules_above",
    ),
    ("How is a question turned into terms to search for?", "ingest/search/terms.py:terms_of"),
    ("What does Outline.in_fence tell?", "ingest/text/outline.py:in_fence"),
    ("How is a long heading path shortened?", "ingest/text/chunker.py:_shortened"),
    ("How is the encoding of a file guessed?", "ingest/readers/guess.py:guess"),
    ("Where are HTML comments taken out of Markdown?", "ingest/text/unseen_markup.py:unseen_parts"),
    ("How does Cleaned map an offset back to the text as read?", "ingest/text/cleaning.py:as_read"),
    ("Which function makes the library's folder private?", "ingest/records/home.py:make_private"),
    ("How is the id of a chunk computed?", "ingest/records/public_ids.py:chunk_key"),
    ("What does Documents.drop_orphans delete?", "ingest/records/documents.py:drop_orphans"),
    (
        "How is Chroma kept from reading environment variables?",
        "ingest/index/isolation.py:isolated_settings",
    ),
    (
        "Where are two models' vectors compared after conversion?",
        "ingest/models/conversion.py:_check",
    ),
    ("How are texts batched by length for the model?", "ingest/models/inference.py:_batches"),
    ("How does the store rebuild the index for another model?", "ingest/index/sync.py:rebuild"),
    (
        "How are passages of a forgotten file chosen?",
        "ingest/maintenance/forgetting.py:choose_sources",
    ),
    ("Which files of a folder have vanished since?", "ingest/intake/pruning.py:vanished"),
    (
        "What stands before each part of a turn?",
        "ingest/intake/exchange_index.py:turn_context",
    ),
    ("How is the month's spending added up?", "ingest/records/spending.py:months"),
    ("How are the two signals fused into one ranking?", "ragchat/retrieval/fusion.py:fuse"),
    ("Does a candidate lie above the floor?", "ragchat/retrieval/relevance.py:relevance"),
    ("How are near-duplicate passages folded?", "ragchat/retrieval/folding.py:fold"),
    ("What fits into the token budget?", "ragchat/request/budget.py:fit"),
    (
        "How much would sending the full history have cost?",
        "ragchat/claude/cost.py:full_history_cost",
    ),
    ("Does the model accept a prefilled answer?", "ragchat/claude/capabilities.py:accepts_prefill"),
    ("How is a quotation looked up in the stored text?", "ragchat/answer/citations.py:quote_found"),
    (
        "What happens when the connection to Claude fails?",
        "ragchat/claude/sdk_failures.py:_connection_failure",
    ),
    ("How does Limits shrink the window after a pause?", "ragchat/request/limits.py:shrunk"),
]


def lines_of(path: Path, function: str) -> range:
    """The lines of the last function of that name in a file, counted from 1."""
    found = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    return found[-1]


def is_hit(passage: Passage, path: Path, lines: range) -> bool:
    """Whether a passage shows the function."""
    if not isinstance(passage, DocumentPassage) or Path(passage.source) != path:
        return False
    if passage.start_line is None or passage.end_line is None:
        return False
    shared = min(passage.end_line + 1, lines.stop) - max(passage.start_line, lines.start)
    return 2 * shared >= min(passage.end_line + 1 - passage.start_line, len(lines))


def ranks(store: Store, embedder: Embedder, root: Path) -> Iterator[tuple[str, str, int]]:
    """Each question, the function it asks about, and the rank it is found at; 0 for none."""
    retriever = Retriever(store, embedder)
    for question, place in QUESTIONS:
        name, function = place.split(":")
        path = root / name
        lines = lines_of(path, function)
        found = retriever.retrieve(retriever.read(question), Scope(), ForRequest(BEST)).passages
        hits = [n for n, passage in enumerate(found, 1) if is_hit(passage, path, lines)]
        yield question, place, hits[0] if hits else 0


def seconds_a_megabyte(root: Path, embedder: Embedder) -> float:
    """Processor time to chunk a megabyte of Python, in files of their usual size."""
    texts = [path.read_text(encoding="utf-8") for path in root.rglob("*.py")]
    size, started = 0, time.process_time()
    while size < 1_000_000:
        for text in texts:
            chunk(Document(text, "code", "", "python"), embedder.count, embedder.max_tokens - 2)
            size += len(text)
    return (time.process_time() - started) / size * 1_000_000


def main() -> None:
    """Print what was missed, and the table."""
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PROJECT
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder, "models"))
        with Store(Path(folder, "home")) as store:
            Ingestion(store, embedder).run([root / "ingest", root / "ragchat"])
            lengths = [row[0] for row in store.database.rows("SELECT length(text) FROM chunks")]
            found = list(ranks(store, embedder, root))
        for question, place, rank in found:
            if rank != 1:
                print(f"{rank or '-'}  {question}  {place}")
        print(f"{len(lengths)} chunks of {sum(lengths) / len(lengths):.0f} characters")
        figures = [
            Figure(f"not first, of {len(found)}", sum(rank != 1 for *_, rank in found), ""),
            Figure(f"not in the best {BEST}", sum(rank == 0 for *_, rank in found), ""),
            Figure("chunking a megabyte", seconds_a_megabyte(root, embedder), "s"),
        ]
        report("code", figures)


if __name__ == "__main__":
    arguments(__doc__)
    main()
