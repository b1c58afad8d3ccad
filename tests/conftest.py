"""Fixtures that most tests need: a converted model for all runs, a new home for each test."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from commands import Output, loads
from fakes import ScriptedClaude
from filelock import FileLock
from hypothesis import HealthCheck, settings
from tiny_model import make_model_apart
from warm import FORKED_VERIFICATION
from warm_server import serving

from ingest.models import conversion
from ingest.models.embedder import Embedder, load
from ingest.records.database import Database
from ingest.store import Store
from ragchat.cli import run

# A machine may be slow; what is tested does not depend on it. `make torture` is thorough.
for name, examples in {"ragchat": 25, "thorough": 1_000}.items():
    settings.register_profile(
        name,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("ragchat")


def pytest_configure(config: pytest.Config) -> None:
    """Serve warm commands from the main process of a run."""
    if not hasattr(config, "workerinput"):
        stack = ExitStack()
        stack.enter_context(serving())
        config.add_cleanup(stack.close)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no worker is left alone with one at the end; then
    those that import torch, so that one worker does it for all.
    """
    early = ("first", "torch")
    items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in early])


PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path) -> None:
    """Hide the credentials, proxies and settings of the machine; share converted models."""
    hide_environment(monkeypatch, tmp_path, models)


@pytest.fixture(scope="module")
def clean_module(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for what is made once for all tests of a file."""
    with pytest.MonkeyPatch.context() as changed:
        hide_environment(changed, tmp_path_factory.mktemp("machine"), models)
        yield


def hide_environment(changed: pytest.MonkeyPatch, person: Path, models: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "RAGCHAT_", "XDG_")) or name in PROXIES:
            changed.delenv(name)
    changed.setenv("RAGCHAT_HOME", str(person / "home"))
    changed.setenv("HOME", str(person))
    changed.setenv("RAGCHAT_CACHE", str(models.parent))


@pytest.fixture(scope="session")
def models(pytestconfig: pytest.Config) -> Path:
    """The cache of converted models, which later runs find again until the conversion changes."""
    code = hashlib.sha256(Path(conversion.__file__).read_bytes()).hexdigest()[:16]
    cache = pytestconfig.cache
    assert cache is not None
    folder = cache.mkdir(f"ragchat-{code}") / "models"
    folder.mkdir(exist_ok=True)
    for private in (folder.parent, folder):
        private.chmod(0o700)
    return folder


@pytest.fixture(scope="session")
def embedder(models: Path) -> Embedder:
    """The packaged model, converted by the first worker that needs it."""
    with FileLock(models.with_suffix(".lock")):
        return load("", models)


@pytest.fixture(scope="session")
def tiny_model(pytestconfig: pytest.Config, models: Path) -> Path:
    """The folder of a tiny model, made and converted by the first worker that needs it."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("tiny-model")
    with FileLock(models.with_suffix(".lock")):
        model = make_model_apart(folder, models)
        load(str(model), models)  # where the conversion has changed since
        return model


@pytest.fixture
def tiny(tiny_model: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """A tiny model, which the commands of the test use, too."""
    monkeypatch.setenv("RAGCHAT_EMBEDDING_MODEL", str(tiny_model))
    return load(str(tiny_model), models)


@pytest.fixture
def home(tmp_path: Path, models: Path, embedder: Embedder) -> Path:
    """An empty library that need not convert its model again."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "models").symlink_to(models)
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """The library of `home`, open."""
    with Store(home) as opened:
        yield opened


@pytest.fixture
def opened() -> Iterator[Callable[..., Database]]:
    """Open databases that are closed after the test: Python 3.13 warns of those that are not."""
    with ExitStack() as stack:
        yield lambda path, **options: stack.enter_context(closing(Database(path, **options)))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedClaude]:
    """Claude on loopback; its script is filled by the test."""
    claude = ScriptedClaude()
    with claude.serving() as url:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
        monkeypatch.setenv("RAGCHAT_CITATIONS", "native")
        yield claude


freeze = gc.freeze


@pytest.fixture
def ragchat(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Output]:
    """Run a command in this process: exit code, stdout, stderr."""
    # `ask` freezes what it has loaded, a model included, since its process usually ends there. Here
    # it has to be let go, and only what the test made is looked through for that: looking through
    # all modules takes longer than most tests.
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr("ingest.index.verification.subprocess", FORKED_VERIFICATION)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    yield call
    gc.collect()
    freeze()


@pytest.fixture
def notes(tmp_path: Path, tiny: Embedder, ragchat: Output) -> Path:
    """A library of three files, two of them about boats and one of these tagged."""
    folder = tmp_path / "notes"
    (folder / "boats").mkdir(parents=True)
    (folder / "boats" / "hull.md").write_text("---\ntags: [repair]\n---\n\nThe hull is of oak.\n")
    (folder / "boats" / "mast.md").write_text("# Mast\n\nThe mast is of spruce.\n")
    (folder / "crew.md").write_text("# Crew\n\nThe crew are four.\n")
    loads(ragchat("ingest", folder, "--json"))
    return folder
