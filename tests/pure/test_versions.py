"""The versions that are installed together lie within those that pyproject.toml allows."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = {
    canonicalize_name(name): version
    for name, _, version in (
        line.partition("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
}


def _wanted() -> list[Requirement]:
    groups = PROJECT["dependency-groups"].values()
    named = [*PROJECT["project"]["dependencies"], *(one for group in groups for one in group)]
    return [Requirement(one) for one in named if isinstance(one, str)]


def test_each_dependency_is_pinned_within_its_range() -> None:
    outside = [
        f"{wanted}: {PINNED.get(canonicalize_name(wanted.name))}"
        for wanted in _wanted()
        if not wanted.specifier.contains(PINNED.get(canonicalize_name(wanted.name), "0"))
    ]
    assert outside == []


def test_each_dependency_of_the_program_has_a_lowest_version() -> None:
    open_below = [
        name
        for name in PROJECT["project"]["dependencies"]
        if not any(one.operator in (">=", "==", "~=") for one in Requirement(name).specifier)
    ]
    assert open_below == []
