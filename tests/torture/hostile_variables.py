"""Each hostile variable alone. All of them at once are in tests/process."""

from __future__ import annotations

from pathlib import Path

import pytest
from guard import Desk
from test_hostile_environment import ENDPOINTS, NONSENSE, SEARCH, SECRET, finds, sink, works

__all__ = ["sink"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models: Path, embedder: object) -> Desk:
    """A desk whose document is in the library already."""
    desk = Desk(tmp_path_factory.mktemp("library") / "desk")
    desk.take_models(models)
    (desk.cwd / "tides.md").write_text(f"# Tides\n\n{SECRET}\n")
    works(desk)
    return desk


@pytest.mark.parametrize("name", [*ENDPOINTS, *NONSENSE])
def test_each_hostile_variable_alone_changes_nothing(
    library: Desk, sink: tuple[int, list[object]], name: str
) -> None:
    port, visitors = sink
    library.environment = {name: {**ENDPOINTS, **NONSENSE}[name].format(port=port)}
    finds(library, library.run(*SEARCH))
    assert visitors == []
