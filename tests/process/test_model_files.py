from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import ModelError
from ingest.models.embedder import load
from ingest.models.files import (
    CONVERTED,
    PACKAGE,
    PACKAGED_NAME,
    VERIFIED,
    ModelCard,
    cache_of,
    check_packaged,
    fingerprint,
    locate,
    packaged_model,
    read_card,
    write_card,
)

CARD = ModelCard(384, 256, 0, "look for: ", "")
COMMIT = "a" * 40
ROOT = Path(__file__).parents[2]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}')
    return folder


@pytest.fixture
def conversion(tmp_path: Path) -> Path:
    folder = tmp_path / "conversion"
    folder.mkdir()
    for name in CONVERTED:
        (folder / name).write_bytes(name.encode() * 100)
    write_card(folder, CARD)
    return folder


@pytest.mark.parametrize("name", ["", PACKAGED_NAME, f"sentence-transformers/{PACKAGED_NAME}"])
def test_the_packaged_model_has_one_name_and_the_published_weights(name: str) -> None:
    known_as, folder = locate(name)
    assert (known_as, folder) == (PACKAGED_NAME, packaged_model())
    check_packaged(folder)


def test_weights_that_are_not_the_published_ones_are_refused_and_no_code_of_theirs_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / PACKAGE / "model").mkdir(parents=True)
    (tmp_path / PACKAGE / "model" / "model.safetensors").write_bytes(b"other weights")
    (tmp_path / PACKAGE / "__init__.py").write_text("raise SystemExit('this was run')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match="not the published all-MiniLM-L6-v2: install"):
        load("", tmp_path / "cache")


def test_a_folder_of_the_current_directory_is_not_taken_for_a_model(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (PACKAGED_NAME, "harbour/tides"):
        shutil.copytree(model, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert locate(PACKAGED_NAME)[1] == packaged_model()
    with pytest.raises(ModelError, match=r"not on this machine.*--model harbour/tides --download"):
        locate("harbour/tides")
    with pytest.raises(ModelError, match="relative path: give an absolute one"):
        locate("./harbour/tides")


def test_an_absolute_path_is_a_name(model: Path) -> None:
    assert locate(str(model)) == (str(model), model)


@pytest.mark.parametrize("name", ["harbour/tides", "tides"])
def test_a_hub_model_is_found_in_the_hub_cache(model: Path, tmp_path: Path, name: str) -> None:
    owner = "harbour" if "/" in name else "sentence-transformers"
    repository = tmp_path / f"models--{owner}--tides"
    snapshot = Path(shutil.copytree(model, repository / "snapshots" / COMMIT))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    # The hub's library reads where its cache is when it is imported.
    program = "import sys; from ingest.models.files import locate; print(*locate(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", program, name],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_HUB_CACHE": str(tmp_path)},
        cwd=ROOT,
    )
    assert done.stdout.split() == [name, str(snapshot)]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ((), "no .*safetensors file"),
        (None, "is not a folder"),
        (("pytorch_model.bin",), "no .*saf"),
    ],
)
def test_what_is_not_a_safe_model_is_refused(
    tmp_path: Path, files: tuple[str, ...] | None, complaint: str
) -> None:
    if files is not None:
        (tmp_path / "model").mkdir()
        for name in files:
            (tmp_path / "model" / name).write_bytes(b"x")
    with pytest.raises(ModelError, match=complaint):
        locate(str(tmp_path / "model"))


def test_the_fingerprint_tells_models_apart_and_not_where_they_lie(
    model: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = fingerprint(model, cache)
    assert len(first) == 16
    assert fingerprint(Path(shutil.copytree(model, tmp_path / "copy")), cache) == first
    (model / "1_Pooling" / "config.json").write_text('{"pooling_mode": "max"}')
    assert fingerprint(model, cache) != first


def test_the_fingerprint_is_hashed_once_for_each_state_of_the_files(
    model: Path, tmp_path: Path
) -> None:
    first = fingerprint(model, tmp_path / "cache")
    weights = model / "model.safetensors"
    state = weights.stat()
    weights.write_bytes(b"WEIGHTS")
    os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert fingerprint(model, tmp_path / "cache") == first
    assert fingerprint(model, tmp_path / "another cache") != first


def test_a_damaged_index_of_fingerprints_is_written_anew(model: Path, tmp_path: Path) -> None:
    first = fingerprint(model, tmp_path)
    (tmp_path / "fingerprints.json").write_text('{"half a')
    assert fingerprint(model, tmp_path) == first


def test_a_whole_conversion_gives_its_card(conversion: Path) -> None:
    assert read_card(conversion) == CARD


@pytest.mark.parametrize("name", [*CONVERTED, "card.json"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_conversion_is_not_whole(conversion: Path, name: str, damage: str) -> None:
    content = (conversion / name).read_bytes()
    half = content[: len(content) // 2]
    (conversion / name).write_bytes(half if damage == "cut" else half + b"~" + content[1:])
    if damage == "gone":
        (conversion / name).unlink()
    assert read_card(conversion) is None


def test_a_conversion_is_sealed_by_what_its_files_hold(conversion: Path) -> None:
    weights = conversion / "model.bin"
    state = weights.stat()
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert read_card(conversion) is None


def test_a_conversion_that_was_copied_is_verified_once(conversion: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(conversion, tmp_path / "copy"))
    before = (copy / VERIFIED).read_text()
    assert read_card(copy) == CARD
    after = (copy / VERIFIED).read_text()
    assert after != before
    assert read_card(copy) == CARD
    assert (copy / VERIFIED).read_text() == after


def test_libraries_share_the_models_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAGCHAT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "platform"))
    if sys.platform == "linux":
        assert cache_of(tmp_path / "a") == tmp_path / "platform" / "ragchat" / "models"
    monkeypatch.setenv("RAGCHAT_CACHE", str(tmp_path / "given"))
    assert cache_of(tmp_path / "a") == cache_of(tmp_path / "b") == tmp_path / "given" / "models"
    assert (tmp_path / "given").stat().st_mode & 0o077 == 0
    (tmp_path / "b" / "models").mkdir(parents=True)
    assert cache_of(tmp_path / "b") == tmp_path / "b" / "models"


@pytest.mark.parametrize("spoil", ["another may write", "no folder"])
def test_a_cache_that_cannot_be_trusted_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("RAGCHAT_CACHE", str(cache))
    if spoil == "no folder":
        cache.touch()
    else:
        cache.mkdir()
        cache.chmod(0o777)
    assert cache_of(tmp_path / "a") == tmp_path / "a" / "models"
