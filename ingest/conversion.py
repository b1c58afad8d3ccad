"""A sentence-transformers model becomes an OpenVINO graph, once, in a process of its own.

`python -m ingest.conversion MODEL_FOLDER TARGET` writes `model.xml`, `model.bin`, `tokenizer.json`
and `card.json` into TARGET, after checking the graph's vectors against the model's own. The only
file that imports sentence_transformers and torch: whoever embeds afterwards needs neither.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError
from ingest.inference import Inference, import_openvino

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLOSE_ENOUGH = 0.9995
"""The least cosine between a vector of the graph and the model's own of the same text."""

SAMPLES = (
    "tide",
    "When does the harbour office open on a public holiday?",
    "A keeper lights the lamp at dusk, trims it at midnight, and puts it out at dawn. " * 4,
    "def height(hour: int) -> float:\n    return 2.1 * hour  # metres\n" * 12,
)


def convert(folder: Path, target: Path) -> None:
    """Write the graph of the model in `folder` to `target`. Raises ModelError if it differs."""
    model = load_model(folder)
    openvino = import_openvino()
    tokenizer = model.tokenizer
    example = tokenizer(list(SAMPLES[:2]), padding=True, return_tensors="pt")
    graph = openvino.convert_model(
        _whole(model),
        example_input={name: example[name] for name in ("input_ids", "attention_mask")},
    )
    openvino.save_model(graph, target / "model.xml", compress_to_fp16=False)
    tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    card = card_of(model)
    _check(model, target, card)
    card["sizes"] = {each.name: each.stat().st_size for each in target.iterdir()}
    (target / "card.json").write_text(json.dumps(card), encoding="utf-8")


def load_model(folder: Path) -> Any:  # noqa: ANN401 - sentence_transformers has no types
    """The model as sentence-transformers loads it; no code of the model's own is ever run."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, trust_remote_code=False
    )
    return model.eval()


def card_of(model: Any) -> dict[str, Any]:  # noqa: ANN401
    """What an embedder must know of a model besides its graph."""
    prompts = model.prompts or {}
    passage = prompts.get("document", prompts.get("passage", ""))
    return {
        "dimension": int(model.get_sentence_embedding_dimension()),
        "max_tokens": int(model.max_seq_length or 512),
        "query_prompt": prompts.get("query", ""),
        "passage_prompt": passage,
    }


def encode(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ANN401
    """The model's own vectors, of unit length."""
    import numpy as np

    vectors = model.encode(
        list(texts), batch_size=8, normalize_embeddings=True, show_progress_bar=False
    )
    return np.asarray(vectors, np.float32)


class Original:
    """The model run by torch, where it cannot be converted; slower, and the same vectors."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self._model = model

    def run(self, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The vectors of texts given as token ids: shape (len(batch), dimension)."""
        import numpy as np
        import torch

        padded = self._model.tokenizer.pad({"input_ids": list(batch)}, return_tensors="pt")
        with torch.inference_mode():
            features = {
                "input_ids": padded["input_ids"],
                "attention_mask": padded["attention_mask"],
            }
            return np.asarray(self._model(features)["sentence_embedding"].float(), np.float32)


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


def _check(model: Any, target: Path, card: dict[str, Any]) -> None:  # noqa: ANN401
    import numpy as np

    inference = Inference(target / "model.xml")
    ids = model.tokenizer(list(SAMPLES), truncation=True, max_length=card["max_tokens"])
    # In one batch and one by one: a graph that was traced wrongly fails on another shape.
    batches = [ids["input_ids"], *([each] for each in ids["input_ids"])]
    ours = np.vstack([inference.run(batch) for batch in batches])
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    theirs = np.vstack([encode(model, SAMPLES)] * 2)
    least = float((ours * theirs).sum(axis=1).min())
    if not least >= CLOSE_ENOUGH:
        raise ModelError(f"the converted model differs from its original (cosine {least:.4f})")


def main() -> int:
    """Convert, or say on stderr why not."""
    warnings.simplefilter("ignore")
    try:
        convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent falls back on it
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
