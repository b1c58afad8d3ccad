from __future__ import annotations

import io
from pathlib import Path

import pytest
from emulator import Emulator

from ragchat.terminal.progress import IngestProgress

FOLDER = Path("/docs")


class Ingesting:
    """An ingestion whose progress goes to a pipe, by a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.err = io.StringIO()
        self.progress = IngestProgress(self.err, clock=lambda: self.now)

    @property
    def lines(self) -> list[str]:
        return self.err.getvalue().splitlines()


def test_without_a_terminal_it_speaks_only_every_five_seconds() -> None:
    run = Ingesting()
    for second in range(12):
        run.now = second
        run.progress.advance(1)
    assert len(run.lines) == 2


def test_a_line_says_what_is_done_how_fast_and_what_is_left() -> None:
    run = Ingesting()
    run.progress.start(FOLDER / "a.md")
    run.progress.chunks(1200)
    run.now = 10
    run.progress.advance(100)
    assert run.lines == ["100/1,200 chunks  10/s  1 min 50 s left  /docs/a.md"]


def test_the_rate_is_that_of_the_last_twenty_seconds() -> None:
    run = Ingesting()
    for second in range(100):
        run.now = second
        run.progress.advance(100 if second < 50 else 20)
    assert run.lines[-1] == "5,920 chunks  20/s"


def test_the_files_to_come_are_reckoned_from_those_that_were_read() -> None:
    run = Ingesting()
    run.progress.found(3)
    run.progress.start(FOLDER / "a.md")
    run.progress.chunks(20)
    run.now = 10
    run.progress.advance(20)
    assert run.lines == ["20/20 chunks  2.0/s  20 s left  /docs/a.md"]


def test_before_the_first_chunk_it_says_how_many_files_there_are() -> None:
    run = Ingesting()
    run.now = 5
    run.progress.found(7)
    assert run.lines == ["7 files"]


def test_a_path_below_the_current_folder_is_shown_from_there() -> None:
    run = Ingesting()
    run.now = 5
    run.progress.start(Path.cwd() / "docs" / "a.md")
    assert run.lines == ["0 chunks  docs/a.md"]


@pytest.mark.parametrize("columns", [100, 40, 20])
def test_on_a_terminal_the_bar_is_one_line_and_gone_at_the_end(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Emulator(columns)
    with IngestProgress(terminal) as progress:
        progress.found(1)
        progress.start(FOLDER / ("long" * 50))
        progress.chunks(10)
        progress.advance(5)
        progress.note("skipped b.bin")
        assert len(terminal.text().splitlines()) == 2
    assert terminal.text() == "skipped b.bin"


def test_the_bar_is_away_while_something_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Emulator(40)
    with IngestProgress(terminal) as progress:
        progress.found(3)
        with progress.paused():
            progress.found(4)
            assert terminal.text() == ""
        assert "4 files" in terminal.text()
    assert terminal.text() == ""


def test_hostile_names_and_notes_are_cleaned() -> None:
    run = Ingesting()
    run.now = 5
    run.progress.start(FOLDER / "a\x1b]0;title\x07\n\u202eb[red].md")
    run.progress.note("left out \x9b2Jx")
    assert run.lines == ["0 chunks  /docs/a b[red].md", "left out x"]
