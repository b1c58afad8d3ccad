"""How to ingest, as keyword arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

if TYPE_CHECKING:
    from ingest.intake.options import RunOptions
    from ingest.intake.report import Progress
    from ingest.intake.selection import Selection

Prune = bool | Callable[[Path, Sequence[Path]], bool]


class _Keywords(TypedDict, total=False):
    again: bool
    conversations: bool
    selection: Selection | None
    stop: Callable[[], bool]
    progress: Progress | None


class RunKeywords(_Keywords, total=False):
    """What to read, and who is asked and shown what happens.

    - `again` reads everything, also forgotten files.
    - `conversations` reads the exports of other chat programs among the paths as memory.
    - `selection` leaves files out.
    - `prune` forgets files that vanished, even most of a folder; a function is asked with the
      folder and those files.
    - `stop` is called between batches; once it returns True, the report says `stopped`.
    - `progress` is shown what happens.
    """

    prune: Prune


class IngestKeywords(RunKeywords, total=False):
    """All keyword arguments of `Library.ingest`."""

    dry_run: bool
    wipe: bool
    documents: Mapping[str, bytes] | None


def run_options(*, prune: Prune = False, **keywords: Unpack[_Keywords]) -> RunOptions:
    """Return the options of a run; a keyword whose value is None was not given."""
    from ingest.intake.options import RunOptions

    decide = prune if callable(prune) else lambda root, gone: prune
    given: dict[str, Any] = {name: value for name, value in keywords.items() if value is not None}
    return RunOptions(prune=decide, **given)
