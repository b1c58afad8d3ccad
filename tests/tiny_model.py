"""A real sentence-transformers model of two small layers with random weights.

For tests that need some model and do not ask what it finds: it loads and embeds in no time.
`python tests/tiny_model.py FOLDER [CACHE]` makes and converts it in a process of its own, since
torch takes seconds and half a gigabyte to import.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingest.models import conversion
from ingest.models.files import fingerprint, packaged_model

PROMPTS = {"query": "look for: ", "passage": "a note of the harbour master: "}


def make_model(folder: Path, *, include_prompt: bool = True) -> Path:
    """Make a model unlike the packaged one: CLS pooling, prompts, no normalization."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(1)
    bert = BertModel(
        BertConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            initializer_range=0.2,  # so that each word changes the vector
        )
    )
    bert.save_pretrained(folder / "bert")
    AutoTokenizer.from_pretrained(str(packaged_model())).save_pretrained(folder / "bert")
    modules = [
        Transformer(str(folder / "bert"), max_seq_length=64),
        Pooling(32, pooling_mode="mean" if not include_prompt else "cls"),
    ]
    modules[1].include_prompt = include_prompt
    SentenceTransformer(modules=modules, prompts=PROMPTS).save(str(folder / "model"))
    return folder / "model"


def make_model_apart(folder: Path, cache: Path | None = None) -> Path:
    """Make the model, and convert it into `cache`, in one other process, unless it is there."""
    if not (folder / "model" / "modules.json").exists():
        command = [sys.executable, __file__, str(folder), *([str(cache)] if cache else [])]
        subprocess.run(command, check=True, capture_output=True)
    return folder / "model"


if __name__ == "__main__":
    made, *caches = make_model(Path(sys.argv[1])), *map(Path, sys.argv[2:])
    for place in caches:
        sys.exit(conversion.main(str(made), str(place / fingerprint(made, place))))
