"""The estimate of tokens, beside the word pieces of a real vocabulary."""

from __future__ import annotations

from pathlib import Path

from ingest.models.embedder import Embedder
from ragchat.claude.tokens import estimate_tokens

ROOT = Path(__file__).parents[2]
MODEL = "claude-sonnet-5-5"


def test_one_scale_fits_prose_and_code_by_a_real_vocabulary(embedder: Embedder) -> None:
    def ratio(path: str) -> float:
        text = (ROOT / path).read_text("utf-8")
        return estimate_tokens(text, MODEL) / embedder.count(text)

    prose = ratio("data/docs/12-conversations-and-memory.md")
    assert abs(ratio("ingest/pipeline.py") / prose - 1) < 0.1
    assert abs(ratio("data/docs/17-costs-and-models.md") / prose - 1) < 0.1
