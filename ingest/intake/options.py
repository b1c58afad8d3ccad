"""How a run of ingestion reads, and who is asked and shown what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.intake.report import Progress, Silent
from ingest.intake.selection import Selection

_EVERYTHING = Selection()
_SILENT = Silent()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of one run.

    - `again` also reads unchanged and forgotten files.
    - `conversations` reads the files that hold past conversations as memory.
    - `prune` decides about roots of which more than half has vanished: it gets the root and the
      missing paths, and returns whether to forget them.
    - `stop` is called between files, conversations and batches; once it returns true, the batch in
      hand is finished and the report says `stopped`.
    """

    again: bool = False
    conversations: bool = False
    selection: Selection = _EVERYTHING
    prune: Callable[[Path, Sequence[Path]], bool] = lambda root, gone: False
    stop: Callable[[], bool] = lambda: False
    progress: Progress = _SILENT


USUAL = RunOptions()
