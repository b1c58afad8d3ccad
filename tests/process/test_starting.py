"""What a new process imports before it has shown, or found, anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fakes import ScriptedClaude

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store

HEAVY = (
    "anthropic",
    "chromadb",
    "numpy",
    "openvino",
    "torch",
    "transformers",
    "sentence_transformers",
    "ragchat.chat",
)
NOT_FOR_THE_PROMPT = ("ingest.index.index", "ingest.search.candidates", "ingest.readers")
NOT_FOR_A_SEARCH = ("numpy.ma", "rich.console", "ingest.text.secrets", "ragchat.memory")
PROMPT = "import ragchat.cli.interactive, ragchat.terminal.line_editor, ragchat.terminal.repl"


def show(names: tuple[str, ...]) -> str:
    return f"import sys; print('imported', *(name for name in {names} if name in sys.modules))"


SHOW = show(HEAVY)


def imported(program: str, *arguments: str) -> list[set[str]]:
    """Return the modules that a program has imported, of those named at each SHOW in it."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return [set(words[1:]) for words in lines if words[:1] == ["imported"]]


def test_nothing_heavy_is_imported_before_the_prompt() -> None:
    assert imported(f"{PROMPT}\n{show(HEAVY + NOT_FOR_THE_PROMPT)}") == [set()]


def test_a_search_of_a_small_library_does_without_chroma_and_nothing_needs_torch(
    home: Path, tmp_path: Path, tiny: Embedder, server: ScriptedClaude
) -> None:
    note = tmp_path / "a.txt"
    note.write_text("The lamp burns at the third pier.\n")
    with Store(home) as store:
        Ingestion(store, tiny).run([note])
    note.write_text("The lamp burns at the fourth pier.\n")
    program = f"""
import sys
from ragchat.cli import run
run(["search", "Which lamp burns?"])
{show(HEAVY + NOT_FOR_A_SEARCH)}
run(["ingest", sys.argv[1]])
run(["ask", "Which lamp burns?", "--no-stdin"])
{SHOW}
"""
    searched, asked = imported(program, str(note))
    assert searched == {"numpy", "openvino"}
    assert "fourth pier" in str(server.requests[-1])
    assert not asked & {"torch", "transformers", "sentence_transformers"}
