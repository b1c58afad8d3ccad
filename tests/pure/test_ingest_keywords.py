"""Keyword arguments of `Library.ingest` become the options of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.intake.options import RunOptions
from ingest.intake.selection import Selection
from ragchat.library.ingest_keywords import run_options


def test_what_is_not_given_is_as_usual() -> None:
    usual, found = RunOptions(), run_options(selection=None, progress=None)
    assert (found.selection, found.progress) == (usual.selection, usual.progress)
    assert (found.again, found.stop(), found.prune(Path("a"), [])) == (False, False, False)


def test_what_is_given_is_handed_on() -> None:
    chosen = Selection(("*.md",))
    found = run_options(again=True, selection=chosen, prune=True, stop=lambda: True)
    assert (found.again, found.selection, found.stop()) == (True, chosen, True)
    assert found.prune(Path("a"), [])
    assert run_options(prune=lambda root, gone: root.name in map(str, gone)).prune(
        Path("a"), [Path("a")]
    )


def test_a_mistyped_name_is_an_error() -> None:
    mistyped: dict[str, Any] = {"agian": True}
    with pytest.raises(TypeError, match="agian"):
        run_options(**mistyped)
