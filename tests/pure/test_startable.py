"""Every benchmark and torture test can be started: it imports, and what it names exists."""

from __future__ import annotations

import ast
import importlib.util
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
OWN = ("ingest", "ragchat")
SCRIPTS = sorted([*TESTS.glob("benchmarks/*.py"), *TESTS.glob("torture/*.py")])


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"started_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look up their module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_can_be_imported_with_all_that_it_imports_later(path: Path) -> None:
    load(path)
    # An import within a function fails only when the function runs.
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN):
            imported = importlib.import_module(str(node.module))
            for alias in node.names:
                if not hasattr(imported, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")


@pytest.mark.parametrize(
    "path", [path for path in SCRIPTS if path.stem.startswith("bench_")], ids=lambda path: path.stem
)
def test_a_benchmark_starts_and_says_how_it_is_used(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [str(path), "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(path), run_name="__main__")
    assert left.value.code == 0
    assert path.name in capsys.readouterr().out


def test_each_function_that_the_code_benchmark_asks_about_exists() -> None:
    module = load(TESTS / "benchmarks" / "bench_code.py")
    for _, place in module.QUESTIONS:
        name, function = place.split(":")
        assert len(module.lines_of(ROOT / name, function)) > 0


def test_make_names_scripts_that_exist() -> None:
    named = re.findall(r"\S+\.py\b", (ROOT / "Makefile").read_text(encoding="utf-8"))
    missing = [name for name in named if "*" not in name and not (ROOT / name).exists()]
    assert missing == []
