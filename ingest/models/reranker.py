"""Reading passages beside the question: a sentence-transformers CrossEncoder, if one is wanted.

Beside `ingest.models.conversion` the only file that imports sentence_transformers. A reranker loads
torch into the process that answers: it takes seconds to load and to read anyway.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.errors import ModelError
from ingest.models.conversion import SAFELY, quiet
from ingest.models.files import folder_of, read_json
from ingest.models.inference import reason
from ingest.models.texts import encodable

WHAT = "reranking model"
BATCH = 8
"""Pairs read at a time: more pad and leave the cache, fewer do not fill the processor."""


class CrossEncoderReranker:
    """A question and texts in, a number for each out. Threads may share one; they take turns."""

    def __init__(self, name: str, model: Any) -> None:  # noqa: ANN401 - it has no types
        self.name = name
        self._model = model
        self._lock = threading.Lock()

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers the question, 0..1, in the order given.

        Texts longer than the model's window are cut at their end. Raises ModelError where the
        model returns values that are not numbers.
        """
        if not texts:
            return []
        asked = encodable(question)
        with self._lock:
            raw = self._model.predict(
                [(asked, encodable(text)) for text in texts],
                batch_size=BATCH,
                show_progress_bar=False,
                activation_fn=_as_it_is,
            )
        if not all(math.isfinite(score) for score in raw):
            raise ModelError(
                f"the {WHAT} {self.name} returns values that are not numbers: choose another"
            )
        return [_squashed(float(score)) for score in raw]


def load(name: str) -> CrossEncoderReranker:
    """The reranker of a model; see `files.folder_of` for what `name` may be.

    No code of the model's own is run, and nothing is downloaded. Raises ModelError.
    """
    folder = folder_of(name, WHAT)
    # Anything else would be given a head of random numbers, and rank by them without a word.
    if not _is_cross_encoder(folder):
        raise ModelError(
            f"{name} is not a cross-encoder: name one in rerank_model, or remove that setting"
        )
    try:
        with quiet():
            from sentence_transformers import CrossEncoder

            model = CrossEncoder(str(folder), **SAFELY).eval()
    except Exception as error:
        raise ModelError(
            f"cannot load the {WHAT} {name} ({reason(error)}): give another"
        ) from error
    if model.num_labels != 1:
        raise ModelError(
            f"the {WHAT} {name} returns {model.num_labels} scores a passage: choose one that "
            "returns a single one"
        )
    return CrossEncoderReranker(name, model)


def _is_cross_encoder(folder: Path) -> bool:
    kind = read_json(folder / "config_sentence_transformers.json").get("model_type")
    heads = read_json(folder / "config.json").get("architectures") or []
    return kind == "CrossEncoder" or any(
        str(head).endswith("ForSequenceClassification") for head in heads
    )


def _as_it_is(scores: Any) -> Any:  # noqa: ANN401
    """Squashed here, in double precision: in single, all that is good would be equally good."""
    return scores


def _squashed(raw: float) -> float:
    """The logistic function, which no number overflows."""
    return (1 + math.tanh(raw / 2)) / 2
