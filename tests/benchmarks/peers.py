"""ragchat beside other tools, on one folder of Markdown files.

    peers.py [--envs FOLDER] [--labelled FOLDER] PEER… FOLDER

PEER is llm, langchain, llamaindex, txtai, mempalace or `all`. Each is installed into an
environment of its own below --envs (torch in its CPU build; 1.2 GB each), and embeds with the
packaged all-MiniLM-L6-v2, offline. All run one after the other, ragchat among them, so that a
busy machine is busy for each. Printed is a table of: processor seconds of the first ingest, of
one that finds nothing changed, of one with one changed file, and of a search in a new process;
the milliseconds of a search in a running process; and with --labelled (docs.jsonl,
questions.jsonl) the recall of the relevant documents in the best ten.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.models.files import packaged_model
from ragchat.evaluation.labelled import LabelledSet, read_set

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TORCH = "torch==2.13.0"
CHROMA = "chromadb>=1.5.9,<1.6"
PEERS = {
    "llm": ["llm==0.36", "llm-sentence-transformers==0.3.2", TORCH],
    "langchain": [
        "langchain-chroma==1.1.0",
        "langchain-huggingface==1.2.3",
        "langchain-text-splitters",
        "sentence-transformers>=6.2,<7",
        CHROMA,
        TORCH,
    ],
    "llamaindex": ["llama-index-core==0.14.25", "llama-index-embeddings-huggingface==0.8.0", TORCH],
    "txtai": ["txtai", TORCH],
    # The last three make the graph that Chroma would download.
    "mempalace": ["mempalace==3.11.0", CHROMA, "onnx", "sentence-transformers>=6.2,<7", TORCH],
}
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
QUESTIONS = (
    "How is an error returned to the caller?",
    "What does the borrow checker refuse?",
    "Where is the configuration read?",
    "Which tests run in parallel?",
    "How long does a value live?",
)
BEST = 10
COLUMNS = (
    "ingest, CPU s",
    "again, CPU s",
    "one file changed, CPU s",
    "search, new process, CPU s",
    "search, running, ms",
    "R@10, %",
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that is measured: its adapter, and the Python of its environment."""

    name: str
    python: Path
    home: Path

    def run(self, what: str, *places: object, asked: Sequence[str] = ()) -> tuple[float, Any]:
        """Return the processor seconds of a process, and what it wrote as JSON."""
        command = [self.python, HERE / "adapters" / f"{self.name}_peer.py", what, *places]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [str(part) for part in command],
            input=json.dumps(list(asked)),
            capture_output=True,
            text=True,
            env={**os.environ, **OFFLINE, "HOME": str(self.home), "PYTHONPATH": self._packages},
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise RuntimeError(f"{what} failed: {last}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return spent, json.loads(done.stdout) if what == "search" else None

    @property
    def _packages(self) -> str:
        return str(ROOT) if self.name == "ragchat" else ""


def installed(name: str, envs: Path) -> Tool:
    """Return a tool, installing it if it is not there. Raises RuntimeError."""
    folder = envs / name
    tool = Tool(name, folder / "bin" / "python", folder / "home")
    tool.home.mkdir(parents=True, exist_ok=True)
    if name == "ragchat":
        return Tool(name, Path(sys.executable), tool.home)
    mark = folder / "installed"
    if not mark.exists():
        _uv(
            "venv",
            "--allow-existing",
            "--python",
            f"{sys.version_info[0]}.{sys.version_info[1]}",
            folder,
        )
        # Copied, not linked to uv's cache: LlamaIndex refuses files of its own that have two names.
        options = ("--system-certs", "--link-mode", "copy", "--python", tool.python)
        _uv("pip", "install", *options, *PEERS[name])
        if name == "mempalace":
            _export_for_chroma(tool)
        mark.touch()
    return tool


def _uv(*arguments: object) -> None:
    command = [sys.executable, "-m", "uv", *map(str, arguments), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"cannot be installed: {done.stderr.strip().splitlines()[-1]}")


EXPORT = """
import sys, pathlib, shutil, torch
from transformers import AutoModel
source, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(parents=True, exist_ok=True)
for file in source.glob("*"):
    if file.suffix in (".json", ".txt"):
        shutil.copy(file, target / file.name)
class Named(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    def forward(self, ids, mask, types):
        found = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return found.last_hidden_state
ids = torch.ones((2, 8), dtype=torch.long)
names = ["input_ids", "attention_mask", "token_type_ids"]
axes = {name: {0: "batch", 1: "length"} for name in [*names, "last_hidden_state"]}
torch.onnx.export(
    Named(), (ids, ids, ids * 0), str(target / "model.onnx"), input_names=names,
    output_names=["last_hidden_state"], dynamic_axes=axes, opset_version=17, dynamo=False,
)
"""


def _export_for_chroma(tool: Tool) -> None:
    target = tool.home / ".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx"
    command = [tool.python, "-c", EXPORT, packaged_model(), target]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the model cannot be exported: {done.stderr.strip().splitlines()[-1]}")


def measured(tool: Tool, folder: Path, labelled: LabelledSet | None, work: Path) -> list[float]:
    """Return the values of all COLUMNS for a tool."""
    model = packaged_model()
    docs, store = work / "docs", work / f"store-{tool.name}"
    shutil.rmtree(docs, ignore_errors=True)
    for path in sorted(folder.rglob("*.md")):
        (docs / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, docs / path.relative_to(folder))
    first, _ = tool.run("ingest", store, docs, model)
    again, _ = tool.run("ingest", store, docs, model)
    changed = max(docs.rglob("*.md"))
    changed.write_text(changed.read_text(encoding="utf-8") + "\n\nThe tide turns twice a day.\n")
    one_file, _ = tool.run("ingest", store, docs, model)
    one, _ = tool.run("search", store, docs, model, BEST, asked=QUESTIONS[:1])
    _, found = tool.run("search", store, docs, model, BEST, asked=QUESTIONS * 4)
    running = statistics.median(found["seconds"][len(QUESTIONS) :]) * 1e3
    values = [first, again, one_file, one, running]
    return values if labelled is None else [*values, recall(tool, labelled, work)]


def recall(tool: Tool, labelled: LabelledSet, work: Path) -> float:
    """Return the percentage of relevant documents among the first ten that a tool finds."""
    docs, store = work / f"labelled-{tool.name}", work / f"labelled-store-{tool.name}"
    docs.mkdir()
    for key, text in labelled.texts[""].items():
        (docs / f"{key}.md").write_text(text, encoding="utf-8")
    tool.run("ingest", store, docs, packaged_model())
    asked = [question.text for question in labelled.questions]
    # Several passages may be of one document.
    _, answers = tool.run("search", store, docs, packaged_model(), 4 * BEST, asked=asked)
    shares = []
    for question, found in zip(labelled.questions, answers["found"], strict=True):
        best = list(dict.fromkeys(found))[:BEST]
        shares.append(sum(f"{key}.md" in best for key in question.wanted) / len(question.wanted))
    return 100 * statistics.mean(shares)


def table(rows: Mapping[str, Sequence[float] | str]) -> str:
    """Return the table in Markdown; a tool that did not run has the reason."""
    lines = [f"| | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for name, values in rows.items():
        cells = [values] if isinstance(values, str) else [f"{value:,.2f}" for value in values]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Install, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peers", nargs="+", metavar="PEER")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--envs", type=Path, default=ROOT / ".venv" / "peers")
    parser.add_argument("--labelled", type=Path)
    given = parser.parse_args()
    chosen = list(PEERS) if given.peers == ["all"] else given.peers
    if unknown := set(chosen) - set(PEERS):
        parser.error(f"not known: {', '.join(sorted(unknown))}; choose from {', '.join(PEERS)}")
    labelled = read_set(given.labelled) if given.labelled else None
    rows: dict[str, Sequence[float] | str] = {}
    for name in ("ragchat", *chosen):
        with tempfile.TemporaryDirectory() as work:
            try:
                tool = installed(name, given.envs.absolute())
                rows[name] = measured(tool, given.folder, labelled, Path(work))
            except RuntimeError as error:
                rows[name] = str(error)
        print(f"{name}: {rows[name]}", file=sys.stderr)
    print(table(rows))


if __name__ == "__main__":
    main()
