"""The embedder: one model for passages and questions, run by OpenVINO or by torch."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import filelock

from ingest.errors import ModelError
from ingest.models.embedding import Embedding
from ingest.models.files import (
    PACKAGED_NAME,
    ModelCard,
    check_packaged,
    fingerprint,
    locate,
    read_card,
    state,
)
from ingest.models.inference import Converted, reason
from ingest.models.texts import encodable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.models.conversion import Original

CONVERSION_SECONDS = 600


class LoadedModel(Protocol):
    """A model, converted or original. Its vectors may have any length."""

    card: ModelCard

    def count(self, text: str) -> int:
        """Return the word pieces of a text, all of it, without the model's own marks."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts to be found: shape (len(texts), dimension)."""

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions: shape (len(texts), dimension)."""


class Embedder:
    """Texts in, vectors of unit length out. Threads may share one.

    `fingerprint` identifies its vectors, 16 hex digits; `max_tokens` is what the model reads
    of a passage, in word pieces, its own marks included.
    """

    def __init__(self, name: str, fingerprint: str, model: LoadedModel) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = model.card.dimension
        prompt = model.card.passage_prompt
        self.max_tokens = model.card.max_tokens - (model.count(prompt) if prompt else 0)
        self._model = model
        self._latest: tuple[str, Embedding | None] = ("", None)

    def preload(self, question: str = "") -> None:
        """Load what questions need, so that the first one does not wait for it, and begin to embed
        this one, if it is known.
        """
        self.begin_question(question)

    @property
    def threads_share(self) -> bool:
        """Whether several threads may embed at once."""
        return isinstance(self._model, Converted)

    def release(self) -> None:
        """Give the memory of a converted model back until it is needed again."""
        if isinstance(self._model, Converted):
            self._model.release()

    def count(self, text: str) -> int:
        """Word pieces of a text, all of it, without the model's own marks."""
        return self._model.count(encodable(text))

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts to be found, in their order: shape (len(texts), dimension)."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return _unit(self._model.embed_passages([encodable(text) for text in texts]))

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """The vector of a question: shape (dimension,)."""
        return self.begin_question(text).vector

    def begin_question(self, text: str) -> Embedding:
        """Begin to embed a question: a converted model computes beside the caller."""
        known, embedding = self._latest
        if embedding is None or embedding.has_failed or known != text:
            embedding = Embedding(self._begun(encodable(text)))
            self._latest = (text, embedding)
        return embedding

    def _begun(self, text: str) -> Callable[[], NDArray[np.float32]]:
        if isinstance(self._model, Converted):
            wait = self._model.begin_question(text)
            return lambda: _unit(wait())[0]
        return lambda: self.embed_questions([text])[0]

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of at least one question, in their order: shape (len(texts), dimension)."""
        return _unit(self._model.embed_questions([encodable(text) for text in texts]))


Preparing = Callable[[], AbstractContextManager[None]]
"""Returns what surrounds a conversion, so that the wait can be explained."""


def load(name: str, cache: Path, preparing: Preparing = contextlib.nullcontext) -> Embedder:
    """Return the embedder of a model; `files.locate` says what `name` may be.

    The first time, the model is converted into a folder of `cache`, which takes some seconds,
    within `preparing`; after that loading takes a quarter of one, and no torch. Raises ModelError.
    """
    known_as, folder = locate(name)
    try:
        mark = fingerprint(folder, cache)
        card = read_card(cache / mark)
        if card is None:
            if known_as == PACKAGED_NAME:
                check_packaged(folder)
            with preparing():
                card = _convert_once(known_as, folder, cache / mark)
    except OSError as error:
        raise ModelError(
            f"cannot use {error.filename or cache} ({error.strerror}): check its permissions"
        ) from error
    if card is not None:
        # OpenVINO was taken away since, or the conversion
        with contextlib.suppress(ImportError, OSError):
            converted = (cache / mark).resolve()
            return Embedder(known_as, mark, _converted(converted, card, state(converted)))
    return Embedder(known_as, mark, _original(known_as, folder))


@functools.lru_cache(maxsize=2)
def _converted(folder: Path, card: ModelCard, state: str) -> Converted:  # noqa: ARG001 - a key
    """The converted model, loaded once a process and again when its files have changed.

    Loading takes two thirds of a search in a process that has searched before (measured: 0.45 of
    0.7 s). Two are kept, for a library that changes its model.
    """
    return Converted(folder, card)


def _original(name: str, folder: Path) -> Original:
    """The model run by torch, where OpenVINO does not run it; slower, and the same vectors."""
    from ingest.models.conversion import Original

    try:
        original = Original(folder)
        original.use_bfloat16()
    except Exception as error:
        raise _unreadable(name, reason(error)) from error
    return original


def _convert_once(name: str, folder: Path, target: Path) -> ModelCard | None:
    """Convert unless another process does so meanwhile: that one is waited for."""
    with filelock.FileLock(target.with_suffix(".lock"), mode=0o600):
        return read_card(target) or _convert(name, folder, target)


def _convert(name: str, folder: Path, target: Path) -> ModelCard | None:
    """Convert in a process of its own, so that torch never enters this one; None if that fails.

    A model that OpenVINO cannot run is remembered, until there is another OpenVINO.
    """
    from ingest.models.conversion import UNCONVERTIBLE, UNREADABLE

    refused = target.with_suffix(".refused")
    version = _openvino_version()
    with contextlib.suppress(OSError):
        if refused.read_text(encoding="utf-8") == version:
            return None
    # With our own import path; and not in the current folder, which -m would put before it.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [
        sys.executable,
        "-m",
        "ingest.models.conversion",
        str(folder),
        str(target.absolute()),
    ]
    try:
        # Torch leaves a folder where temporary files belong.
        with tempfile.TemporaryDirectory(
            dir=target.parent.absolute(), prefix="converting-"
        ) as scratch:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=CONVERSION_SECONDS,
                env={**environment, "TMPDIR": scratch, "TORCHINDUCTOR_CACHE_DIR": scratch},
                cwd=target.parent,
            )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode == UNREADABLE:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _unreadable(name, said[-1] if said else "no reason given")
    if done.returncode == UNCONVERTIBLE:
        refused.write_text(version, encoding="utf-8")
    return read_card(target)


def _unreadable(name: str, why: str) -> ModelError:
    return ModelError(f"cannot load the embedding model {name} ({why}): give another")


def _openvino_version() -> str:
    import importlib.metadata  # with the mail package of Python, for a conversion alone

    try:
        return importlib.metadata.version("openvino")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-12)
    return scaled
