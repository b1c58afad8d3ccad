"""Where a library may lie, and what a bad place or a full disk does to it: a line, and no loss."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import warm
from commands import Output, loads

from ragchat.cli import run

LINE = "The harbour office number {n} keeps the key of locker {n}. "


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    return folder


@contextmanager
def mounted(place: Path, options: str) -> Iterator[None]:
    """A small disk of its own, where the system lets us have one."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
    if sys.platform != "linux" or subprocess.run(command, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_done_without(
    ragchat: Output, home: Path, docs: Path, closed: str
) -> None:
    line = f'"{sys.executable}" -m ragchat ingest "{docs}" --home "{home}" {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "ten past noon" in ragchat("search", "high water")[1]


def test_a_folder_that_is_gone_and_a_full_disk_are_named(
    ragchat: Output, home: Path, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    gone = tmp_path / "gone"
    gone.mkdir()
    search = f'"{sys.executable}" -m ragchat search "high water" --home "{home}"'
    places = {f'cd "{gone}" && rmdir "{gone}" && {search}': "the current folder no longer exists"}
    if Path("/dev/full").exists():
        places[f"{search} > /dev/full"] = "cannot write the output (No space left on device)"
    for line, what in places.items():
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.startswith(f"ragchat: {what}")) == (1, True), done


def command(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own: it lets go of the disk when it ends."""
    return warm.run(*words, "--home", home)


@pytest.mark.parametrize("name", ["two words", "Büro – 日本", "it's #1 100%? [a]"])
def test_any_name_of_a_folder_will_do(
    ragchat: Output, home: Path, docs: Path, tmp_path: Path, name: str
) -> None:
    home.rename(tmp_path / name)
    at = ("--home", tmp_path / name)
    assert ragchat("ingest", docs, *at)[0] == 0
    assert ragchat("backup", tmp_path / f"{name}.db", *at)[0] == 0
    assert ragchat("restore", tmp_path / f"{name}.db", *at)[0] == 0
    (found,) = loads(ragchat("search", "high water at Wexmouth", "--json", *at))
    assert "ten past noon" in found["text"]
    assert ragchat("doctor", *at)[0] != 5


def test_a_tilde_is_the_persons_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAGCHAT_HOME", "~/my library")
    monkeypatch.chdir(tmp_path)
    assert run(["status", "--json"]) == 0
    assert (tmp_path / "my library" / "ragchat.db").exists()
    assert not (tmp_path / "~").exists()


def test_a_file_is_no_place_for_a_library(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("RAGCHAT_HOME", str(tmp_path / "file"))
    for words in (["search", "x"], ["status"], ["rebuild"], ["doctor"]):
        code, out, err = ragchat(*words)
        assert (code, out, err.count("\n")) == (5, "", 1)
        assert "--home" in err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_read_only_disk_is_one_line(tmp_path: Path, docs: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "ro"):
        for home in (disk, disk / "new"):
            for words in (["search", "x"], ["ingest", docs], ["backup", tmp_path / "b.db"]):
                done = command(home, *words)
                assert (done.returncode, done.stderr.count("\n")) == (5, 1)
                assert "--home" in done.stderr


def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    home = tmp_path / "locked"
    home.mkdir()
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    home.chmod(0o500)
    done = command(home / "new", "status")
    assert (done.returncode, done.stderr.count("\n")) == (5, 1)


def test_a_full_disk_is_one_line_and_loses_nothing(
    tmp_path: Path, models: Path, docs: Path
) -> None:
    for n in range(20):
        (docs / f"{n:02}.md").write_text(f"# Office {n}\n\n" + LINE.format(n=n) * 60)
    home = tmp_path / "disk"
    with mounted(home, "size=1400k,mode=700"):
        (home / "models").symlink_to(models)
        assert command(home, "ingest", docs / "tides.md").returncode == 0
        full = command(home, "ingest", docs)
        assert full.returncode == 5
        assert "Traceback" not in full.stderr
        assert f"the disk of {home}" in full.stderr.splitlines()[-1]
        subprocess.run(["mount", "-o", "remount,size=200m", str(home)], check=True)
        found = command(home, "search", "high water at Wexmouth", "--json")
        assert found.returncode == 0
        assert "ten past noon" in found.stdout
        assert command(home, "ingest", docs).returncode == 0
        doctor = command(home, "doctor")
        assert doctor.returncode == 0, doctor.stdout


def test_a_backup_onto_a_full_disk_names_that_disk(
    ragchat: Output, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    with mounted(tmp_path / "stick", "size=100k,mode=700"):
        code, _, err = ragchat("backup", tmp_path / "stick" / "copy.db")
        assert (code, err) == (5, f"ragchat: the disk of {tmp_path}/stick is full: make room\n")
        assert list((tmp_path / "stick").iterdir()) == []
