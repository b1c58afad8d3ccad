"""The embedder: one model for passages and questions, whatever runs it underneath."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import ModelError
from ingest.model_files import PACKAGED_NAME, check_packaged, fingerprint, locate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 8
"""Texts at a time, sorted by length: small batches stay in the cache and pad little."""

FILES = ("model.xml", "model.bin", "tokenizer.json")
CONVERSION_SECONDS = 600


class Vectoriser(Protocol):
    """What runs a model: token ids in, vectors of shape (len(batch), dimension) out."""

    def run(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The vectors of texts given as token ids."""


class Embedder:
    """Texts in, vectors of unit length out.

    `fingerprint` names what vectors it makes; `max_tokens` is what the model reads of a text, in
    word pieces, its own marks included. Threads may share one.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        card: dict[str, Any],
        tokenizer: Any,  # noqa: ANN401 - a tokenizers.Tokenizer
        vectoriser: Vectoriser,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = int(card["dimension"])
        self.max_tokens = int(card["max_tokens"])
        self._query_prompt = str(card["query_prompt"])
        self._passage_prompt = str(card["passage_prompt"])
        self._vectoriser = vectoriser
        self._counter = tokenizer
        self._tokenizer = type(tokenizer).from_str(tokenizer.to_str())
        self._counter.no_truncation()
        self._counter.no_padding()
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_tokens)

    def count(self, text: str) -> int:
        """Word pieces of a text, all of it, without the model's own marks."""
        return len(self._counter.encode(_encodable(text), add_special_tokens=False).ids)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts to be found, in their order: shape (len(texts), dimension)."""
        return self._embed([self._passage_prompt + text for text in texts])

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: shape (dimension,)."""
        vector: NDArray[np.float32] = self._embed([self._query_prompt + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        encoded = self._tokenizer.encode_batch([_encodable(text) for text in texts])
        ids = [each.ids for each in encoded]
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]), reverse=True)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            vectors[part] = self._vectoriser.run([ids[at] for at in part])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-12)
        return scaled


def load(name: str, cache: Path) -> Embedder:
    """The embedder of a model; see `model_files.locate` for what `name` may be.

    The first time it is converted into a folder of `cache`, which takes some seconds; after that
    loading takes a quarter of one. Raises ModelError.
    """
    known_as, folder = locate(name)
    print_ = fingerprint(folder, cache)
    converted = cache / print_
    if not _is_whole(converted):
        if known_as == PACKAGED_NAME:
            check_packaged(folder)
        if not _convert(folder, converted):
            return _slow_embedder(known_as, print_, folder)
    return _converted_embedder(known_as, print_, converted)


def _converted_embedder(name: str, fingerprint: str, converted: Path) -> Embedder:
    from tokenizers import Tokenizer

    from ingest.inference import Inference

    card = json.loads((converted / "card.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))
    return Embedder(name, fingerprint, card, tokenizer, Inference(converted / "model.xml"))


def _slow_embedder(name: str, fingerprint: str, folder: Path) -> Embedder:
    """sentence-transformers itself, where OpenVINO does not run the model."""
    from ingest.conversion import Original, card_of, load_model

    try:
        model = load_model(folder)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"cannot load the embedding model {name} ({reason}): give another"
        ) from error
    tokenizer = model.tokenizer.backend_tokenizer
    return Embedder(name, fingerprint, card_of(model), tokenizer, Original(model))


def _is_whole(converted: Path) -> bool:
    """Whether the conversion is complete: OpenVINO may crash on half a file."""
    try:
        card = json.loads((converted / "card.json").read_text(encoding="utf-8"))
        sizes = {name: (converted / name).stat().st_size for name in FILES}
    except (OSError, ValueError):
        return False
    return isinstance(card, dict) and card.get("sizes") == sizes


def _convert(folder: Path, converted: Path) -> bool:
    """Convert in a process of its own, so that torch never enters this one; False if it cannot."""
    converted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=converted.parent, prefix="converting-") as unfinished:
        command = [sys.executable, "-m", "ingest.conversion", str(folder), unfinished]
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                capture_output=True,
                check=False,
                timeout=CONVERSION_SECONDS,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
                cwd=unfinished,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode != 0:
            return False
        target = Path(unfinished) / "done"
        target.mkdir(mode=0o700)
        for each in (*FILES, "card.json"):
            (Path(unfinished) / each).rename(target / each)
        shutil.rmtree(converted, ignore_errors=True)
        try:
            target.rename(converted)
        except OSError:
            # Another process was quicker; its conversion is as good.
            return _is_whole(converted)
    return True


def _encodable(text: str) -> str:
    """Without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
