"""The directions of the imports, the doors, and the size of rooms, as ARCHITECTURE.md has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ingest").rglob("*.py"), *(ROOT / "ragchat").rglob("*.py")])

# A line may import the lines below it; packages on one line do not import each other.
LAYERS = [
    ["ragchat.cli"],
    ["ragchat.terminal"],
    ["ragchat.chat"],
    ["ragchat.evaluation", "ragchat.memory"],
    ["ragchat.request"],
    ["ragchat.retrieval"],
    ["ragchat.answer"],
    ["ragchat.query"],
    ["ragchat.claude", "ragchat.settings"],
    ["ragchat.cleaning", "ragchat.errors", "ragchat.interrupts"],
    ["ingest.pipeline"],
    ["ingest.intake", "ingest.maintenance"],
    ["ingest.store"],
    ["ingest.search"],
    ["ingest.index"],
    ["ingest.records", "ingest.readers", "ingest.transcripts"],
    ["ingest.models", "ingest.text"],
    ["ingest.conversation", "ingest.document", "ingest.hashing"],
    ["ingest.errors"],
]
DOORS = {
    "anthropic": {"ragchat/claude/client.py"},
    "httpx2": {"ragchat/claude/client.py"},
    "chromadb": {"ingest/index/chroma.py"},
    # One kind of model is converted in a child process, the other read with where it is asked for.
    "sentence_transformers": {"ingest/models/conversion.py", "ingest/models/reranker.py"},
    "huggingface_hub": {"ingest/models/hub.py"},
    "openvino": {"ingest/models/inference.py"},
    "tokenizers": {"ingest/models/inference.py"},
    "sqlite3": {"ingest/records/database.py"},
    "filelock": {"ingest/records/lock.py"},
    "pypdfium2": {"ingest/readers/pdf.py"},
    "xml": {"ingest/readers/xml.py"},
    "zipfile": {"ingest/readers/archive.py", "ingest/transcripts/source.py"},
    "bs4": {"ingest/readers/html.py"},
    "semantic_text_splitter": {"ingest/text/chunker.py"},
    "tree_sitter": {"ingest/text/syntax.py"},
    "pathspec": {"ingest/intake/discovery.py"},
    "charset_normalizer": {"ingest/readers/plain.py"},
    "dateutil": {"ingest/transcripts/times.py"},
    "jsonschema": {"ragchat/claude/structured_output.py"},
    "torch": {"ingest/models/conversion.py"},
}
ROOMS = {
    "click": "ragchat/cli/",
    "rich": "ragchat/terminal/",
    "prompt_toolkit": "ragchat/terminal/",
}


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, inside functions and for types, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in ("ingest", "ragchat"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def layer(module: str) -> int | None:
    for number, modules in enumerate(LAYERS):
        if any(module == each or module.startswith(f"{each}.") for each in modules):
            return number
    return None


def room(module: str) -> str:
    """A package within a package counts as one: its files may import each other."""
    return ".".join(module.split(".")[:2])


def module_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_go_down_the_list_and_never_up(path: Path) -> None:
    own = module_of(path)
    if own in ("ragchat", "ingest", "ragchat.__main__"):
        return
    assert layer(own) is not None, f"{own} has no place in the list"
    for imported in imports(path):
        if imported.split(".")[0] not in ("ragchat", "ingest") or room(imported) == room(own):
            continue
        below, here = layer(imported), layer(own)
        assert below is not None, f"{imported} has no place in the list"
        assert here is not None
        assert below > here, f"{own} imports {imported}, which does not stand below it"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_each_outside_library_has_one_door(path: Path) -> None:
    for imported in imports(path):
        library = imported.split(".")[0]
        if library in DOORS:
            assert name(path) in DOORS[library], f"{library} has another door"
        if library in ROOMS:
            assert name(path).startswith(ROOMS[library]), f"{library} has another room"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{node.name} is long"
