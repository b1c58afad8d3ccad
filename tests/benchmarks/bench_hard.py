"""Hard questions over the code of installed packages: `python tests/benchmarks/bench_hard.py`.

The questions are made from the packages as they are installed, fifteen of each of nine kinds, by
rules, and nothing was tuned on them: names as they are, spelt otherwise, as
plain words, in a polite sentence; files by their names; constants; misspelt sentences; an error
pasted with a log before it. Each is asked as `search` asks (hit@1, hit@5) and as a request is
(sent). A minute.
"""

from __future__ import annotations

import ast
import importlib.util
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from usage import arguments

from ingest.document import DocumentPassage, Passage
from ingest.models.embedder import load
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.retrieval.policy import ForRequest, Unfiltered
from ragchat.retrieval.retriever import Retriever

PACKAGES = ("click", "tenacity", "typer", "anyio")
OF_EACH = 15
LOG = "\n".join(f"12:{n:02}:41 DEBUG pool worker {n % 4} took job {n * 271}" for n in range(25))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a kind, and the lines of a file that answer it; any line if there are none."""

    kind: str
    text: str
    path: Path
    lines: range | None = None

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether a passage shows the first of these lines, where a definition says its name."""
        if not isinstance(passage, DocumentPassage) or Path(passage.source) != self.path:
            return False
        if self.lines is None:
            return True
        start, end = passage.start_line or 0, passage.end_line or 0
        return start <= self.lines.stop - 1 and end >= self.lines.start


@dataclass(frozen=True, slots=True)
class _Found:
    """A definition, a constant or a message of a package: its name and where it is."""

    name: str
    path: Path
    lines: range
    doc: str = ""


def questions(folders: Sequence[Path], chance: random.Random) -> Iterator[Asked]:
    """The questions about some packages, the same for the same packages and seed."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    functions: list[_Found] = []
    constants: list[_Found] = []
    messages: list[_Found] = []
    for path in paths:
        tree = ast.parse(path.read_text("utf-8"))
        functions += _functions(tree, path)
        constants += _constants(tree, path)
        messages += _messages(tree, path)
    functions, constants, messages = map(_once, (functions, constants, messages))
    described = [one for one in functions if len(one.doc.split()) > 5]
    modules = [path for path in paths if len(path.stem) > 5 and path.stem.isalpha()]

    def some(found: Sequence[_Found]) -> list[_Found]:
        return chance.sample(found, min(OF_EACH, len(found)))

    wordings: dict[str, Callable[[str], str]] = {
        "name": lambda name: f"how does {name} work?",
        "spelt otherwise": lambda name: f"what does {_camel(name)} do?",
        "as words": lambda name: f"what does {name.replace('_', ' ')} do?",
        "polite": _polite,
        "misspelt name": lambda name: f"where is {_misspelt(name, chance)} defined?",
    }
    for kind, wording in wordings.items():
        yield from (Asked(kind, wording(one.name), one.path, one.lines) for one in some(functions))
    for one in some(constants):
        yield Asked("constant", f"what is {one.name} set to?", one.path, one.lines)
    for one in some(described):
        yield Asked("misspelt sentence", _misspelt(one.doc, chance), one.path, one.lines)
    for one in some(messages):
        yield Asked("error after a log", f"{LOG}\nError: {one.name}", one.path, one.lines)
    for path in chance.sample(modules, OF_EACH):
        yield Asked("file", f"what is in {path.parent.name}/{path.name}?", path)


def _functions(tree: ast.Module, path: Path) -> Iterator[_Found]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "_" in node.name.strip("_"):
            doc = (ast.get_docstring(node) or "").split(". ")[0].split("\n\n")[0]
            first = range(node.lineno, node.lineno + 1)
            yield _Found(node.name.strip("_"), path, first, " ".join(doc.split()))


def _constants(tree: ast.Module, path: Path) -> Iterator[_Found]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name.isupper() and len(name) > 5:
                yield _Found(name, path, range(node.lineno, node.lineno + 1))


def _messages(tree: ast.Module, path: Path) -> Iterator[_Found]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            text = node.exc.args[0]
            if isinstance(text, ast.Constant) and len(str(text.value).split()) > 4:
                yield _Found(str(text.value), path, range(text.lineno, text.lineno + 1))


def _once(found: Sequence[_Found]) -> list[_Found]:
    """Those whose name is there once: the others have several answers."""
    names = [one.name for one in found]
    return [one for one in found if names.count(one.name) == 1]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _polite(name: str) -> str:
    return (
        f"Hello! I was wondering whether you could please explain to me what {name} is for."
        " Answer in three short bullet points, and give an example, thank you very much."
    )


def _misspelt(text: str, chance: random.Random) -> str:
    """The text with two letters of its longest word swapped."""
    word = max(re.findall(r"[A-Za-z]+", text), key=len)
    at = chance.randrange(1, len(word) - 1)
    slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return text.replace(word, slip, 1)


def main() -> None:
    """Print hit@1, hit@5 and what is sent, by kind."""
    folders = [
        Path(spec.origin).parent
        for name in PACKAGES
        if (spec := importlib.util.find_spec(name)) and spec.origin
    ]
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder, "models"))
        with Store(Path(folder, "home")) as store:
            Ingestion(store, embedder).run(folders)
            retriever = Retriever(store, embedder)
            rows: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
            for asked in questions(folders, random.Random(11)):
                row = _answered(retriever, asked)
                rows[asked.kind].append(row)
                rows["all"].append(row)
    print("| kind | n | hit@1 | hit@5 | sent |\n|---|---|---|---|---|")
    for kind, found in rows.items():
        shares = " | ".join(f"{sum(way) / len(found):.0%}" for way in zip(*found, strict=True))
        print(f"| {kind} | {len(found)} | {shares} |")


def _answered(retriever: Retriever, asked: Asked) -> tuple[bool, bool, bool]:
    query = retriever.read(asked.text)
    shown = retriever.retrieve(query, Scope(), Unfiltered(10)).passages
    sent = retriever.retrieve(query, Scope(), ForRequest(8)).passages
    found = [asked.is_answered_by(passage) for passage in shown]
    return any(found[:1]), any(found[:5]), any(map(asked.is_answered_by, sent))


if __name__ == "__main__":
    arguments(__doc__)
    main()
