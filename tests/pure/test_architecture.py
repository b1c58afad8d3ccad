"""The map of ARCHITECTURE.md, held: directions of imports, doors, SQL, the size of rooms.

Each rule is one test that lists every offender.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ingest").rglob("*.py"), *(ROOT / "ragchat").rglob("*.py")])
PACKAGES = sorted({path.parent for path in FILES})

# A line may import the lines below it; packages on one line do not import each other.
LAYERS = [
    ["ragchat.cli"],
    ["ragchat.terminal", "ragchat.mcp"],
    ["ragchat.library"],
    ["ragchat.chat"],
    ["ragchat.evaluation", "ragchat.memory"],
    ["ragchat.request"],
    ["ragchat.retrieval"],
    ["ragchat.answer"],
    ["ragchat.query"],
    ["ragchat.claude", "ragchat.settings"],
    ["ragchat.config_files"],
    ["ragchat.cleaning", "ragchat.errors", "ragchat.interrupts"],
    ["ingest.merging", "ingest.pipeline"],
    ["ingest.intake", "ingest.maintenance"],
    ["ingest.store"],
    ["ingest.search"],
    ["ingest.index"],
    ["ingest.records", "ingest.readers", "ingest.transcripts"],
    ["ingest.models", "ingest.text"],
    ["ingest.conversation", "ingest.document", "ingest.files"],
    ["ingest.cache", "ingest.errors", "ingest.origins"],
]
DOORS = {
    "anthropic": {"ragchat/claude/connection.py", "ragchat/claude/sdk_failures.py"},
    "httpx2": {"ragchat/claude/connection.py", "ragchat/claude/sdk_failures.py"},
    "chromadb": {"ingest/index/chroma.py"},
    # One kind of model is converted in a child process, the other read with where it is asked for.
    "sentence_transformers": {"ingest/models/conversion.py", "ingest/models/reranker.py"},
    "huggingface_hub": {"ingest/models/hub.py"},
    "openvino": {"ingest/models/inference.py"},
    "tokenizers": {"ingest/models/inference.py"},
    # Other tools' databases are opened to be read, and have nothing to do with a library.
    "sqlite3": {
        "ingest/records/database.py",
        "ingest/records/sqlite_failures.py",
        "ingest/transcripts/sqlite.py",
    },
    "filelock": {"ingest/models/embedder.py", "ingest/records/lock.py"},
    "pypdfium2": {
        "ingest/readers/pdf/document.py",
        "ingest/readers/pdf/boxes.py",
        "ingest/readers/pdf/page.py",
    },
    "olefile": {"ingest/readers/ole.py"},
    "xlrd": {"ingest/readers/xls/workbook.py"},
    "xml": {"ingest/readers/xml.py", "ingest/transcripts/xml_stream.py"},
    "zipfile": {"ingest/readers/archive.py", "ingest/transcripts/source.py"},
    "semantic_text_splitter": {"ingest/text/chunker.py"},
    "tree_sitter": {"ingest/text/syntax.py"},
    "pathspec": {"ingest/intake/gitignore.py", "ingest/intake/selection.py"},
    # The page and its parts; the detector of encodings that comes with it.
    "turbohtml": {"ingest/readers/guess.py", "ingest/readers/html/page.py"}
    | {
        f"ingest/readers/html/{part}.py"
        for part in "components formulas forms lines main_parts rules tables unseen words".split()
    },
    "yaml": {"ingest/text/yaml_values.py"},
    "tomlkit": {"ragchat/cli/config_file.py"},
    "dateutil": {"ingest/transcripts/times.py"},
    "jsonschema": {"ragchat/claude/structured_output.py", "ragchat/mcp/tools.py"},
    "mcp": {"ragchat/mcp/server.py", "ragchat/mcp/serving.py"},
    "mcp_types": {"ragchat/mcp/server.py"},
    "uvicorn": {"ragchat/mcp/serving.py"},
    "torch": {"ingest/models/conversion.py"},
}
ROOMS = {
    "click": "ragchat/cli/",
    "rich": "ragchat/terminal/",
    "prompt_toolkit": "ragchat/terminal/",
}
ENTRIES = 18
"""The most files and folders that `ls` shows of a program, __init__.py and py.typed left out."""

SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|WITH|PRAGMA|VACUUM|ATTACH)\s"
)
SQL_ROOMS = ("ingest/records/", "ingest/search/", "ingest/transcripts/")
"""A reader of another program's conversations may query that program's database."""

DATABASE_ROOMS = (
    "ingest/records/",
    "ingest/search/",
    "ingest/store.py",  # the root that puts tables and index together
    "ingest/maintenance/backups.py",  # copies the file itself
    "ingest/index/chroma_server.py",  # Chroma calls a part of a server a database
)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, inside functions and for types, too."""
    for node in ast.walk(tree(path)):
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
        if any(module == other or module.startswith(f"{other}.") for other in modules):
            return number
    return None


def room(module: str) -> str:
    """Return the package of a module; files of one package may import each other."""
    return ".".join(module.split(".")[:2])


def module_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_go_down_the_list_and_never_up() -> None:
    assert [line for path in FILES for line in wrong_imports(path)] == []


def wrong_imports(path: Path) -> Iterator[str]:
    own = module_of(path)
    if own in ("ragchat", "ingest", "ragchat.__main__"):
        return
    here = layer(own)
    if here is None:
        yield f"{own} is not in the list"
        return
    for imported in imports(path):
        if imported.split(".")[0] not in ("ragchat", "ingest") or room(imported) == room(own):
            continue
        below = layer(imported)
        if below is None or below <= here:
            yield f"{own} imports {imported}, which is not below it"


def test_each_outside_library_has_one_door() -> None:
    assert [line for path in FILES for line in other_doors(path)] == []


def other_doors(path: Path) -> Iterator[str]:
    for imported in imports(path):
        library = imported.split(".")[0]
        if name(path) not in DOORS.get(library, {name(path)}):
            yield f"{name(path)} imports {library}"
        if not name(path).startswith(ROOMS.get(library, "")):
            yield f"{name(path)} imports {library}"


def test_files_and_functions_are_short() -> None:
    assert [line for path in FILES for line in too_long(path)] == []


def too_long(path: Path) -> Iterator[str]:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > 300:
        yield f"{name(path)}: {lines} lines"
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 50:
                yield f"{name(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("program", ["ingest", "ragchat"])
def test_one_look_takes_in_a_program(program: str) -> None:
    entries = {
        path.relative_to(ROOT / program).parts[0]
        for path in FILES
        if name(path).startswith(f"{program}/")
    }
    assert len(entries - {"__init__.py"}) <= ENTRIES, sorted(entries)


def test_each_package_says_what_it_knows() -> None:
    lengths = {name(package): docstring_lines(package) for package in PACKAGES}
    assert {package: n for package, n in lengths.items() if not 2 <= n <= 4} == {}


def docstring_lines(package: Path) -> int:
    if not (package / "__init__.py").exists():
        return 0
    text = ast.get_docstring(tree(package / "__init__.py")) or ""
    return sum(bool(line.strip()) for line in text.splitlines())


def test_sql_is_written_in_records_and_search_alone() -> None:
    found = {name(path) for path in FILES if any(statements(path))}
    outside = {path for path in found if not path.startswith(SQL_ROOMS)}
    assert outside == set()


def statements(path: Path) -> Iterator[str]:
    """Yield the strings of a file that begin as a statement of SQL does."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.value


def test_only_the_records_reach_for_the_database() -> None:
    outside = [path for path in FILES if not name(path).startswith(DATABASE_ROOMS)]
    assert [line for path in outside for line in databases(path)] == []


def databases(path: Path) -> Iterator[str]:
    """Yield the lines that read the attribute `database` of something."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr == "database":
            yield f"{name(path)}:{node.lineno}"


def test_a_loop_names_what_it_takes() -> None:
    files = [*FILES, *(ROOT / "tests").rglob("*.py")]
    found = [f"{name(path)}:{line}" for path in files for line in nameless_loops(path)]
    assert found == []


def nameless_loops(path: Path) -> Iterator[int]:
    """Yield the lines where a loop or comprehension calls its variable `each`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for target in ast.walk(node.target):
                if isinstance(target, ast.Name) and target.id == "each":
                    yield target.lineno


def test_a_figure_leads_to_where_it_was_measured() -> None:
    results = (ROOT / "tests" / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    headings = {anchor(line) for line in results.splitlines() if line.startswith("#")}
    pages = [*ROOT.glob("*.md"), *(ROOT / "data" / "docs").glob("*.md"), *FILES]
    missing = [
        f"{name(path)}: {found}"
        for path in pages
        for found in re.findall(r"RESULTS\.md#([\w-]+)", path.read_text(encoding="utf-8"))
        if found not in headings
    ]
    assert missing == []


def test_a_page_names_files_that_are_there() -> None:
    pages = [*ROOT.glob("*.md"), ROOT / "tests" / "benchmarks" / "RESULTS.md"]
    named = {
        (page.name, file)
        for page in pages
        if page.name != "CHANGELOG.md"
        for file in re.findall(r"`((?:ingest|ragchat|tests)/[\w/]+\.py)`", page.read_text("utf-8"))
    }
    assert [(page, file) for page, file in sorted(named) if not (ROOT / file).exists()] == []
    tests = {
        (page.name, test)
        for page in pages
        if page.name != "CHANGELOG.md"
        for test in re.findall(
            r"(?<!/)(?:pure|library|process|torture)/\w+", page.read_text("utf-8")
        )
    }
    missing = [
        (page, test) for page, test in sorted(tests) if not (ROOT / "tests" / f"{test}.py").exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_a_page_names_what_is_in_the_code(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    files = [*FILES, *(ROOT / "tests").rglob("*.py")]
    words = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in files)))
    words |= {"py", *(path.stem for path in files)}
    names = set(re.findall(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)?)`", text))
    assert [name for name in sorted(names) if not words.issuperset(name.split("."))] == []


def test_the_map_is_drawn_as_it_is_held() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = page.partition("## The packages")[2].split("```")[1]
    layers = [set(re.findall(r"\w+(?:\.py)?(?![\w/])", row)) for row in re.split(r"→|\n", drawn)]
    plain = [{found.removesuffix(".py") for found in layer} for layer in layers if layer]
    assert plain == [{module.split(".")[1] for module in layer} for layer in LAYERS]


def test_each_dependency_says_what_it_is_for() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.partition("## Dependencies")[2].partition("\n## ")[0]
    named = re.findall(r"[\w.-]+", " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    wanted = {re.split(r"[<>=]", line)[0] for group in groups for line in group}
    grammars = {package for package in wanted if package.startswith("tree-sitter-")}
    assert wanted - grammars - set(named) == set()
    assert f"each of {len(grammars)} languages" in table


def anchor(heading: str) -> str:
    """Return the anchor that forges give a heading of Markdown."""
    words = re.sub(r"[^\w\s-]", "", heading.lstrip("#").strip().lower())
    return words.replace(" ", "-")


@pytest.mark.parametrize(
    ("code", "finds"),
    [
        ('run("SELECT 1")', statements),
        ('run(f"DELETE FROM {table}")', statements),
        ('run("\\n  WITH a AS (SELECT 1) SELECT * FROM a")', statements),
        ("def f(store):\n    return store.database.rows", databases),
        ("for each in x: pass", nameless_loops),
        ("[each for number, each in enumerate(x)]", nameless_loops),
        ("import chromadb", other_doors),
        ("def f():\n    import rich.table", other_doors),
        ("from ragchat.cli import main", wrong_imports),
        ("def f():\n" + "    x = 1\n" * 50, too_long),
        ("x = 1\n" * 301, too_long),
    ],
)
def test_each_rule_finds_what_breaks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, finds: object
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "ingest" / "errors.py"
    path.parent.mkdir()
    path.write_text(code)
    assert callable(finds)
    assert list(finds(path))
