"""A sentence-transformers model becomes an OpenVINO graph, once, in a process of its own.

`python -m ingest.models.conversion MODEL_FOLDER TARGET` makes the folder TARGET, having checked
that the graph's vectors are the model's own. Only this file and `ingest.models.reranker` import
sentence_transformers: embedding with the converted model needs neither that nor torch.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError
from ingest.models.files import TOKENIZER, ModelCard, read_card, write_card
from ingest.models.inference import COMPILED, Converted, reason, write_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNREADABLE, UNCONVERTIBLE, FAILED = 3, 4, 5
"""Exit codes of the process: the model cannot be loaded; OpenVINO returns other vectors; no space,
no memory and the like, which may pass.
"""

CLOSE_ENOUGH = 0.9995
"""The least cosine between a vector made the quick way and the model's own of the same text."""

SAMPLES = (
    "",
    "tide",
    "When does the harbour office open on a public holiday?",
    "A keeper lights the lamp at dusk, trims it at midnight, and puts it out at dawn. " * 4,
    "def height(hour: int) -> float:\n    return 2.1 * hour  # metres\n" * 200,
)

QUIET = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Read when the libraries are imported: no network, and nothing printed."""

SAFELY: Mapping[str, Any] = {
    "device": "cpu",
    "local_files_only": True,
    "trust_remote_code": False,
    "model_kwargs": {"use_safetensors": True},
}
"""How a model is opened: no network, and no code that comes with it."""

LEFTOVER_SECONDS = 3600.0
"""Age from which an unfinished conversion counts as abandoned."""


class Original:
    """A model run by sentence-transformers. Threads may share it; they take turns.

    Raises what sentence_transformers raises. No code of the model's own is ever run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = _load(folder)
        self._lock = threading.Lock()
        self.card = _card(self._model)

    def use_bfloat16(self) -> None:
        """Compute in bfloat16, if the processor does so natively and the vectors stay close."""
        import torch

        able: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
        if not (able.get("avx512_bf16") or able.get("amx_bf16")):
            return
        exact = self.embed_passages(SAMPLES[:4])
        self._model.to(torch.bfloat16)
        if least_cosine(self.embed_passages(SAMPLES[:4]), exact) < CLOSE_ENOUGH:
            self._model = _load(self._folder)

    def count(self, text: str) -> int:
        """Word pieces of a text, all of it, without the model's own marks."""
        with self._lock:
            tokens = self._model.tokenizer(
                text, add_special_tokens=False, truncation=False, verbose=False
            )
        return len(tokens["input_ids"])

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts to be found: shape (len(texts), dimension), of any length."""
        return self._embed(self._model.encode_document, texts, self.card.passage_prompt)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions: shape (len(texts), dimension), of any length."""
        return self._embed(self._model.encode_query, texts, self.card.query_prompt)

    def _embed(
        self,
        encode: Any,  # noqa: ANN401 - sentence_transformers' own method
        texts: Sequence[str],
        prompt: str,
    ) -> NDArray[np.float32]:
        with self._lock:
            vectors: NDArray[np.float32] = (
                encode(
                    list(texts),
                    prompt=prompt,
                    batch_size=8,
                    show_progress_bar=False,
                    convert_to_tensor=True,
                )
                .float()
                .numpy()
            )
        return vectors

    def write(self, folder: Path) -> None:
        """The model as a graph, its tokenizer and its card."""
        tokenizer = self._model.tokenizer
        example = tokenizer(list(SAMPLES[1:3]), padding=True, return_tensors="pt")
        inputs = {name: example[name] for name in ("input_ids", "attention_mask")}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write_graph(_whole(self._model), inputs, folder)
        tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
        write_card(folder, self.card)


def convert(original: Original, target: Path) -> None:
    """Make `target` whole or not at all. Raises ModelError if the graph's vectors differ."""
    _sweep(target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="converting-") as unfinished:
        made = Path(unfinished) / target.name
        made.mkdir(mode=0o700)
        original.write(made)
        _check(original, Converted(made, original.card))
        # The model compiled for the check is bound to this path.
        shutil.rmtree(made / COMPILED, ignore_errors=True)
        if read_card(target) is None:
            shutil.rmtree(target, ignore_errors=True)
        try:
            made.rename(target)
        except OSError:
            if read_card(target) is None:
                raise  # else another process was faster, and its conversion is as good


def least_cosine(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The cosine of the two rows that agree least; NaN for vectors that are not numbers."""
    import numpy as np

    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / lengths).min())


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Within it sentence_transformers is imported and used: no network, and nothing printed."""
    os.environ.update(QUIET)
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        yield


def _load(folder: Path) -> Any:  # noqa: ANN401 - sentence_transformers has no types
    with quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder), **SAFELY).eval()


def _card(model: Any) -> ModelCard:  # noqa: ANN401
    prompts = model.prompts
    passage_prompts = (prompts.get(name) for name in ("document", "passage", "corpus"))
    return ModelCard(
        dimension=int(model.encode("tide", show_progress_bar=False).shape[0]),
        max_tokens=int(model.max_seq_length or 512),
        padding=int(model.tokenizer.pad_token_id or 0),
        query_prompt=prompts.get("query") or "",
        passage_prompt=next(filter(None, passage_prompts), ""),
    )


def _whole(model: Any) -> Any:  # noqa: ANN401
    """All modules as one, pooling and the rest included: ids and mask in, vectors out."""
    import torch

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:  # noqa: ANN401
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    return Whole()


def _check(original: Original, converted: Converted) -> None:
    import numpy as np

    theirs = np.vstack([original.embed_passages(SAMPLES), original.embed_questions(SAMPLES)])
    # Together and one by one: a graph that was traced wrongly fails on another shape.
    together = np.vstack([converted.embed_passages(SAMPLES), converted.embed_questions(SAMPLES)])
    alone = np.vstack([converted.embed_passages([text]) for text in SAMPLES])
    least = min(least_cosine(together, theirs), least_cosine(alone, theirs[: len(SAMPLES)]))
    if not least >= CLOSE_ENOUGH:  # also when it is NaN
        raise ModelError(f"the converted model differs from its original (cosine {least:.4f})")


def _sweep(folder: Path) -> None:
    for leftover in folder.glob("converting-*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                shutil.rmtree(leftover)


def main(folder: str, target: str) -> int:
    """Convert, or print the reason in a line on stderr; return the exit code."""
    status = UNREADABLE
    try:
        original = Original(Path(folder))
        status = UNCONVERTIBLE
        convert(original, Path(target))
    except Exception as error:  # noqa: BLE001 - the parent goes by the exit code
        print(f"{type(error).__name__}: {reason(error)}", file=sys.stderr)  # noqa: T201
        passing = status == UNCONVERTIBLE and isinstance(error, (OSError, MemoryError))
        return FAILED if passing else status
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
