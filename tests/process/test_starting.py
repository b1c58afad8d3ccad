"""What a new process imports before it has shown, or found, anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store

HEAVY = ("anthropic", "chromadb", "numpy", "openvino", "torch", "ragchat.chat")
PROMPT = "import ragchat.cli.session, ragchat.terminal.line_editor, ragchat.terminal.repl"


def imported(program: str, *arguments: str) -> set[str]:
    """Return the modules of HEAVY that a program has imported at its end."""
    program += f"\nimport sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_nothing_heavy_is_imported_before_the_prompt() -> None:
    assert imported(PROMPT) == set()


def test_a_search_of_a_small_library_does_without_chroma_and_torch(
    home: Path, tmp_path: Path, tiny: Embedder
) -> None:
    (tmp_path / "a.txt").write_text("The lamp burns at the third pier.\n")
    with Store(home) as store:
        Ingestion(store, tiny).run([tmp_path / "a.txt"])
    program = "import sys; from ragchat.cli import run; run(sys.argv[1:])"
    found = imported(program, "search", "Which lamp burns?", "--home", str(home))
    assert found == {"numpy", "openvino"}
