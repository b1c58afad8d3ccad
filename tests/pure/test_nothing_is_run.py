"""No code path runs, or trusts, content that was read from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ingest.text.yaml_values import plain_loader, string_loader

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ingest").rglob("*.py"), *(ROOT / "ragchat").rglob("*.py")])

MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "tempfile.mktemp",
    "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "yaml.Loader", "yaml.UnsafeLoader",
    "torch.load", "np.load", "numpy.load", "ssl._create_unverified_context",
}  # fmt: skip
ARGUMENTS = {("shell", True), ("trust_remote_code", True), ("verify", False)}
ARGUMENTS |= {("allow_pickle", True), ("weights_only", False)}


def makes_plain_values(call: ast.Call) -> bool:
    """Whether a call of yaml.load names a loader that makes no objects."""
    return len(call.args) > 1 and ast.unparse(call.args[1]) in (
        "yaml.BaseLoader",
        "yaml.SafeLoader",
        "string_loader()",
        "plain_loader()",
    )


def test_loaders_of_yaml_make_no_objects() -> None:
    assert issubclass(string_loader(), (yaml.BaseLoader, yaml.CBaseLoader))
    assert issubclass(plain_loader(), (yaml.SafeLoader, yaml.CSafeLoader))


def dangers(code: str) -> Iterator[str]:
    """Yield the calls and imports that could run, or trust, what others have written."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [node.module or ""]
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from sorted(whole & CALLS)
        elif isinstance(node, ast.Call):
            named = []
            if ast.unparse(node.func) in CALLS:
                yield ast.unparse(node.func)
            if ast.unparse(node.func) == "yaml.load" and not makes_plain_values(node):
                yield "yaml.load"
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                if (keyword.arg, value) in ARGUMENTS and isinstance(value, bool):
                    yield f"{keyword.arg}={value}"
        else:
            continue
        yield from (name for name in named if name.split(".")[0] in MODULES)


def test_nothing_that_is_read_is_ever_run() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): list(dangers(path.read_text("utf-8"))) for path in FILES
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import yaml\nyaml.load(x)",
        "import yaml\nyaml.load(x, yaml.Loader)",
        "from yaml import full_load",
        "eval(x)",
        "exec(x)",
        "os.system(x)",
        "from os import system",
        "from tempfile import mktemp",
        "tempfile.mktemp()",
        "subprocess.run(x, shell=True)",
        "load(x, trust_remote_code=True)",
        "torch.load(x)",
        "np.load(x, allow_pickle=True)",
        "Client(verify=False)",
    ],
)
def test_each_danger_would_be_found(code: str) -> None:
    assert list(dangers(code))


def test_what_is_harmless_is_not_found() -> None:
    code = "import re\nre.compile(x)\nrun(x, shell=False)\nload(trust_remote_code=False, verify=1)"
    assert list(dangers(code)) == []
