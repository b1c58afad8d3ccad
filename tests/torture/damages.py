"""More damages to an index, of the kinds that tests/process/test_damage.py does."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_damage import (
    MORE_INDEX_DAMAGES,
    Commands,
    Harm,
    Place,
    command,
    library,
    named,
)
from test_damage import test_a_damaged_index_is_named_made_anew_and_complete as heals

__all__ = ["command", "library"]


@pytest.mark.parametrize("damage", MORE_INDEX_DAMAGES, ids=named)
def test_every_other_damage_of_an_index_heals(
    library: Path, command: Commands, tmp_path: Path, damage: tuple[Place, Harm]
) -> None:
    heals(library, command, tmp_path, damage)
