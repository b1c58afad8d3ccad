"""The embedder against sentence-transformers: `python tests/benchmarks/bench_embedding.py`.

Both embed the same texts of about 800 characters: SentenceTransformer.encode as it comes, and
Embedder.embed_passages. Interleaved, so that a busy machine is busy for both. Loading is measured
in processes of their own: cold is with the conversion, warm without.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from corpus import paragraph, words
from figures import Figure, report
from numpy.typing import NDArray
from usage import arguments

from ingest.models.embedder import load
from ingest.models.files import packaged_model

TEXTS = 304
CHARACTERS = 800
ROUNDS = 3

LOADING = """
import json, resource, sys, time
started = time.perf_counter()
if sys.argv[1] == "converted":
    from pathlib import Path
    from ingest.models.embedder import load
    embed = load("", Path(sys.argv[2])).embed_question
else:
    from sentence_transformers import SentenceTransformer
    embed = SentenceTransformer(sys.argv[2], device="cpu").encode
loaded = time.perf_counter()
embed("When is high water?")
print(json.dumps({
    "load": loaded - started,
    "first": time.perf_counter() - loaded,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def timed(
    embed: Callable[[list[str]], NDArray[np.float32]], texts: list[str]
) -> tuple[float, NDArray[np.float32]]:
    """Seconds, and the vectors."""
    started = time.perf_counter()
    vectors = embed(texts)
    return time.perf_counter() - started, vectors


def loading(what: str, folder: Path) -> dict[str, float]:
    """Seconds to load, seconds to embed a first question, and the most memory held."""
    done = subprocess.run(
        [sys.executable, "-c", LOADING, what, str(folder)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure and report."""
    random_ = random.Random(7)
    vocabulary = words(7)
    texts = [paragraph(random_, vocabulary, CHARACTERS) for _ in range(TEXTS)]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold = loading("converted", cache)
        warm = loading("converted", cache)
        torch = loading("original", packaged_model())
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
        # Only now: a process that is started from a big one seems as big.
        from sentence_transformers import SentenceTransformer

        embedder = load("", cache)
        original = SentenceTransformer(str(packaged_model()), device="cpu")
        spent = np.zeros(2)
        least = 1.0
        for _ in range(ROUNDS):
            theirs, expected = timed(original.encode, texts)
            ours, vectors = timed(embedder.embed_passages, texts)
            spent += theirs, ours
            least = min(least, float((vectors * expected).sum(axis=1).min()))
    figures = [
        Figure("a text, sentence-transformers", spent[0] / TEXTS / ROUNDS * 1e3, "ms"),
        Figure("a text, our embedder", spent[1] / TEXTS / ROUNDS * 1e3, "ms"),
        Figure("of sentence-transformers", spent[1] / spent[0], "x"),
        Figure("1 less the least cosine of the two", 1 - least, "", must=5e-4),
    ]
    for name, measured in (
        ("sentence-transformers", torch),
        ("embedder, converting", cold),
        ("embedder", warm),
    ):
        figures += [
            Figure(f"new process, {name}: load", measured["load"], "s"),
            Figure(f"new process, {name}: a question", measured["first"] * 1e3, "ms"),
            Figure(f"new process, {name}: memory", measured["megabytes"], "MB"),
        ]
    report("embedding", figures)


if __name__ == "__main__":
    arguments(__doc__)
    main()
