"""Resolve the oldest and the newest dependencies that pyproject.toml allows, on each Python.

Needs the package registry; installs nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_what_pyproject_allows_can_be_resolved(resolution: str, python: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--universal",
         "--resolution", resolution, "--python-version", python, "pyproject.toml"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = (line.partition(" ;")[0] for line in done.stdout.splitlines() if "==" in line)
    resolved = {named.name: named.specifier for named in map(Requirement, lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in map(Requirement, project["dependencies"]):
        (chosen,) = resolved[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(chosen.version), wanted
