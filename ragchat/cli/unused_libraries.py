"""Installed libraries for graphics cards, which embedding on the processor never loads."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from pathlib import Path

ADVICE = "ragchat never uses them: `ragchat help installation` has the lines for a CPU build"


def unused_bytes(distributions: Iterable[importlib.metadata.Distribution] | None = None) -> int:
    """Return the size of the CUDA libraries that the installed PyTorch depends on."""
    found = importlib.metadata.distributions() if distributions is None else distributions
    return sum(size for distribution in found for size in _sizes(distribution))


def _sizes(distribution: importlib.metadata.Distribution) -> Iterator[int]:
    name = (distribution.metadata["Name"] or "").lower().replace("_", "-")
    if not name.startswith(("nvidia-", "cuda-")) and name != "triton":
        return
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if path.is_file():
            yield path.stat().st_size
