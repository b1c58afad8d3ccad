"""Running a converted model: texts in, vectors out, without torch.

The only file that imports openvino and tokenizers.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError
from ingest.models.files import GRAPH, TOKENIZER, ModelCard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONVERTER = "openvino.tools.ovc"
COMPILED = "compiled"
"""Within a conversion: OpenVINO's cache, which makes the next load faster."""

_MMAP_THRESHOLD, _LARGE = -3, 1024**2
"""The number of the parameter in malloc.h; bytes."""

BATCH_TOKENS = 1024
"""Word pieces at a time: four chunks. Twice as many take 50 MB more and as much processor time (5.6
and 5.7 s for 96 texts of 10 to 220 words).
"""
BATCH_TEXTS = 32

FEW, MANY = "LATENCY", "THROUGHPUT"
"""OpenVINO's names: the whole processor for one batch, or several batches side by side."""
MANY_TOKENS = 3 * BATCH_TOKENS
"""Beyond these several batches side by side are worth compiling the graph for that, which takes
1.7 times as long (0.35 s of processor time where the other takes 0.20).
"""
ALIKE = 0.8
"""The length of the shortest text of a batch, of that of the longest: filling it takes as long as
words do (a question and its answer of 90 and 187 word pieces: 178 ms together, 149 apart).
"""


class Converted:
    """A model that was converted into `folder`. Threads may share it.

    It computes in bfloat16 where the processor does so natively: measured 1.6 times as fast as
    float32, the vectors within a cosine of 0.9999. Raises ImportError where OpenVINO does not run,
    and ModelError at the first text where it cannot load the graph.
    """

    def __init__(self, folder: Path, card: ModelCard) -> None:
        _return_large_blocks()
        self._core = _openvino().Core()
        self.card = card
        self._folder = folder
        self._lock = threading.Lock()
        self._compiled: dict[str, _Compiled] = {}

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - it has no types
        tokenizer = self._new_tokenizer()
        tokenizer.enable_truncation(self.card.max_tokens)
        return tokenizer

    @cached_property
    def _counter(self) -> Any:  # noqa: ANN401 - it has no types
        counter = self._new_tokenizer()
        counter.no_truncation()
        return counter

    def count(self, text: str) -> int:
        """Word pieces of a text, all of it, without the model's own marks."""
        # Of a batch of one, because that form leaves out the offsets and takes a fifth less time.
        return len(self._counter.encode_batch_fast([text], add_special_tokens=False)[0])

    def release(self) -> None:
        """Let the graphs go (240 MB); the next text loads one again."""
        with self._lock:
            self._compiled.clear()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts to be found: shape (len(texts), dimension), of any length."""
        return self._embed([self.card.passage_prompt + text for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions: shape (len(texts), dimension), of any length."""
        return self._embed([self.card.query_prompt + text for text in texts])

    def begin_question(self, text: str) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute the vector of a question, outside of Python; return what waits for it:
        shape (1, dimension), of any length.
        """
        (encoding,) = self._tokenizer.encode_batch_fast([self.card.query_prompt + text])
        compiled = self._compile(MANY if MANY in self._compiled else FEW)
        return compiled.begin(_padded([encoding.ids], self.card.padding))

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        lengths = [len(ids) for ids in tokens]
        places = _batches(lengths)
        batches = (_padded([tokens[at] for at in part], self.card.padding) for part in places)
        many = sum(lengths) > MANY_TOKENS or MANY in self._compiled
        compiled = self._compile(MANY if many else FEW)
        vectors = np.empty((len(texts), self.card.dimension), np.float32)
        for part, found in zip(places, compiled.run(batches), strict=True):
            vectors[part] = found
        return vectors

    def _compile(self, hint: str) -> _Compiled:
        """Return the graph compiled for few texts or for many. Raises ModelError."""
        with self._lock:
            if hint not in self._compiled:
                try:
                    self._compiled[hint] = _Compiled(self._core, self._folder, hint, self._lock)
                except RuntimeError as error:
                    raise ModelError(
                        f"cannot load {self._folder} ({reason(error)}): delete this folder, it is"
                        " made again"
                    ) from error
            return self._compiled[hint]

    def _new_tokenizer(self) -> Any:  # noqa: ANN401
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        tokenizer.no_padding()
        return tokenizer


class _Compiled:
    """A graph as the processor runs it, for few texts or for many.

    `lock` is held in every call of OpenVINO but the waiting: a thread that makes a request keeps a
    lock of OpenVINO's while it waits for Python's, another that sets inputs does the reverse, and
    six first searches at once hung in two of seven runs.
    """

    def __init__(self, core: Any, folder: Path, hint: str, lock: threading.Lock) -> None:  # noqa: ANN401
        self._lock = lock
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options = {
            "INFERENCE_PRECISION_HINT": "bf16" if native else "f32",
            "PERFORMANCE_HINT": hint,
            # Measured: 0.07 s to load instead of 0.20, for 0.4 MB; damaged, it is made again.
            "CACHE_DIR": str(folder / COMPILED),
            "CACHE_MODE": "OPTIMIZE_SIZE",
        }
        self._graph = core.compile_model(folder / GRAPH, "CPU", options)
        self._streams = self._graph.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._idle: list[Any] = []
        _make_private(folder / COMPILED)

    def begin(self, batch: Mapping[str, Any]) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute the vectors of a batch; return what waits for them."""
        return partial(self._result, self._start(batch))

    def run(self, batches: Iterator[Mapping[str, Any]]) -> Iterator[NDArray[np.float32]]:
        """Yield the vectors of each batch, in order; as many run at once as suits the processor."""
        running: deque[Any] = deque()
        for batch in batches:
            if len(running) == self._streams:
                yield self._result(running.popleft())
            running.append(self._start(batch))
        for request in running:
            yield self._result(request)

    def _start(self, batch: Mapping[str, Any]) -> Any:  # noqa: ANN401
        with self._lock:
            # One that has ended is used again: OpenVINO makes a new one only once the graph is not
            # computing, which left the processor idle for a tenth of an ingest.
            request = self._idle.pop() if self._idle else self._graph.create_infer_request()
            request.start_async(batch)
        return request

    def _result(self, request: Any) -> NDArray[np.float32]:  # noqa: ANN401
        import numpy as np

        request.wait()
        with self._lock:
            # A copy: the request's next run writes into the same memory.
            vectors = np.array(request.get_output_tensor(0).data, np.float32)
            self._idle.append(request)
        return vectors


def import_libraries() -> None:
    """Import what a converted model runs with: half of the time until its first vector. Raises
    ImportError where it does not run.
    """
    _openvino()
    import tokenizers  # noqa: F401


def write_graph(module: object, example: Mapping[str, Any], folder: Path) -> None:
    """Trace a torch module called with `example`'s tensors, and write it as a graph."""
    openvino = _openvino()
    from openvino.tools.ovc import convert_model

    graph = convert_model(module, example_input=dict(example))
    openvino.save_model(graph, folder / GRAPH, compress_to_fp16=False)


def reason(error: BaseException) -> str:
    """Return the first line of a library's error message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _make_private(compiled: Path) -> None:
    """OpenVINO lets the group read what it has compiled."""
    for path in compiled.glob("*.blob"):
        with contextlib.suppress(OSError):  # it may be another process's, or gone by now
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)


def _return_large_blocks() -> None:
    """Let glibc give large blocks back to the system as they are freed.

    By default it keeps blocks of up to 32 MB once one of that size was freed; between batches of
    many shapes that is 60 MB of 385, measured at the same processor time.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


def _openvino() -> Any:  # noqa: ANN401 - it has no types
    """Return openvino, imported without two of its packages, which it does without.

    Its telemetry would fork a process that resolves a statistics host and write a file under the
    user's home. Its converter takes a third of the time to import it, and is not needed to embed.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    if "openvino" not in sys.modules:
        sys.modules[CONVERTER] = None  # type: ignore[assignment]
    try:
        with _interrupts_held():
            import openvino
    finally:
        if CONVERTER in sys.modules and sys.modules[CONVERTER] is None:
            del sys.modules[CONVERTER]
    return openvino


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back for the import of a C extension, out of which it comes as an ImportError: as
    if there were no OpenVINO. Only the main thread is interrupted.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    held: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if held:
        handler(*held[0])


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts that run together: long ones first, because like lengths pad little."""
    order = sorted(range(len(lengths)), key=lambda at: lengths[at], reverse=True)
    batches: list[list[int]] = []
    while order:
        longest = lengths[order[0]]
        size = min(max(1, BATCH_TOKENS // max(1, longest)), BATCH_TEXTS)
        batch = [at for at in order[:size] if lengths[at] >= ALIKE * longest]
        batches.append(batch)
        order = order[len(batch) :]
    return batches


def _padded(tokens: Sequence[Sequence[int]], padding: int) -> dict[str, NDArray[np.int64]]:
    import numpy as np

    ids = np.full((len(tokens), max(1, *map(len, tokens))), padding, np.int64)
    mask = np.zeros_like(ids)
    for row, numbers in enumerate(tokens):
        ids[row, : len(numbers)] = numbers
        mask[row, : len(numbers)] = 1
    return {"input_ids": ids, "attention_mask": mask}
