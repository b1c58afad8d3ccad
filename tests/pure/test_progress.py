from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from emulator import Emulator
from hypothesis import given
from hypothesis import strategies as st

from ragchat.terminal.estimate import Estimate
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
    run.progress.found(1, 1000)
    run.progress.start(FOLDER / "a.md", 1000)
    run.progress.chunks(1200)
    run.now = 10
    run.progress.advance(100)
    assert run.lines == ["8%  100 chunks  10/s  2 min left  /docs/a.md"]


def test_the_rate_is_that_of_the_last_minute() -> None:
    run = Ingesting()
    run.progress.found(1)
    for second in range(200):
        run.now = second
        run.progress.advance(100 if second < 100 else 20)
    assert "  20/s" in run.lines[-1]


def test_the_files_to_come_are_estimated_from_their_bytes() -> None:
    run = Ingesting()
    run.progress.found(2, 4000)
    run.progress.start(FOLDER / "a.md", 1000)
    run.progress.chunks(20)
    run.now = 10
    run.progress.advance(20)
    assert run.lines == ["25%  20 chunks  2.0/s  30 s left  /docs/a.md"]


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 90)), min_size=2, max_size=40))
def test_the_share_never_falls_and_the_time_left_never_rises(steps: list[tuple[int, int]]) -> None:
    now = 0.0
    estimate = Estimate(lambda: now)
    estimate.found(100 * len(steps))
    known, shares, shown = 0, [0.0], []
    for chunks, seconds in steps:
        estimate.start(100)
        known += chunks
        estimate.chunks(known)
        now += seconds + 0.1
        estimate.advance(chunks)
        shares.append(estimate.share())
        if left := estimate.left():
            shown.append(left[0])
    assert shares == sorted(shares)
    assert shown == sorted(shown, reverse=True)
    assert all(seconds > 0 for seconds in shown)
    assert shares[-1] == 1.0


def test_a_run_that_slows_down_is_said_to_take_longer() -> None:
    run = Ingesting()
    run.progress.found(1, 1000)
    run.progress.start(FOLDER / "a.md", 1000)
    run.progress.chunks(1000)
    for second in range(10, 300, 10):
        run.now = second
        run.progress.advance(50 if second <= 60 else 1)
    assert "  over " in str(run.progress)


def test_before_the_files_are_found_it_says_so() -> None:
    assert str(Ingesting().progress) == "looking for files …"


def test_a_request_to_stop_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    terminal = Emulator(60)
    with IngestProgress(terminal) as progress:
        progress.found(3)
        progress.stopping()
        for thread in threading.enumerate():
            if thread.name.endswith("(note)"):
                thread.join()
        assert "stopping after this batch" in terminal.text()


def test_before_the_first_chunk_it_says_how_many_files_there_are() -> None:
    run = Ingesting()
    run.now = 5
    run.progress.found(7)
    assert run.lines == ["7 files"]


def test_a_path_below_the_current_folder_is_shown_from_there() -> None:
    run = Ingesting()
    run.progress.found(1)
    run.now = 5
    run.progress.start(Path.cwd() / "docs" / "a.md")
    assert run.lines == ["1 file  docs/a.md"]


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
    run.progress.found(1)
    run.now = 5
    run.progress.start(FOLDER / "a\x1b]0;title\x07\n\u202eb[red].md")
    run.progress.note("left out \x9b2Jx")
    assert run.lines == ["1 file  /docs/a b[red].md", "left out x"]
