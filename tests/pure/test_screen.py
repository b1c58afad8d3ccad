from __future__ import annotations

import io
import os
import pty
import re
import sys
import termios
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pytest
from emulator import Emulator

from ingest.conversation import Turn
from ingest.document import DocumentPassage, Hit, MemoryPassage, Passage
from ragchat.answer.citations import AnswerSource
from ragchat.terminal.screen import Screen

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def source(n: int, passage: Passage | str, *, cited: bool = True) -> AnswerSource:
    if isinstance(passage, str):
        passage = DocumentPassage("d", passage, "## How to sail\nfar", "", 12, 40)
    return AnswerSource(n, Hit(passage, 0.8345), cited)


class Piped(Screen):
    """A screen whose two sides are files."""

    def __init__(self, typed: str = "") -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        super().__init__(self.stdout, self.stderr, io.StringIO(typed))

    @property
    def lines(self) -> list[str]:
        return self.stdout.getvalue().splitlines()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Emulator:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Emulator(40)


def on(terminal: Emulator) -> Screen:
    return Screen(terminal, terminal, io.StringIO())


def test_results_and_the_rest_are_apart() -> None:
    screen = Piped()
    screen.result("found")
    screen.note("beside")
    screen.line("12 tokens")
    screen.error("no key:\nset one")
    assert screen.lines == ["found"]
    assert screen.stderr.getvalue() == "beside\n12 tokens\nragchat: no key: set one\n"


def test_sources_are_one_line_each_and_the_cited_ones_first() -> None:
    screen = Piped()
    here = str(Path.cwd() / "docs" / "a.md")
    screen.sources([source(1, "/else/b.md", cited=False), source(2, here), source(3, here)])
    assert screen.lines == [
        "[2] docs/a.md:12-40  0.83  How to sail",
        "[3] docs/a.md:12-40  0.83  How to sail",
        "[1] /else/b.md:12-40  0.83  How to sail",
    ]


@pytest.mark.parametrize(
    ("start", "end", "shown"), [(7, 7, ":7"), (7, None, ":7"), (None, None, "")]
)
def test_a_place_says_no_more_lines_than_are_known(
    start: int | None, end: int | None, shown: str
) -> None:
    screen = Piped()
    screen.sources([source(1, DocumentPassage("d", "/x/a.md", "", "", start, end))])
    assert screen.lines == [f"[1] /x/a.md{shown}  0.83"]


def test_memory_is_shown_with_its_day_and_title() -> None:
    screen = Piped()
    screen.sources([source(1, MemoryPassage("m", "Sailing", "aye", conversation="c1", time=NOON))])
    assert screen.lines == ["[1] [you, 2026-03-04, “Sailing”]  0.83  You: aye"]
    screen.sources([source(2, MemoryPassage("m", "Will it rain", "Will it rain?", time=NOON))])
    assert screen.lines[1:] == ["[2] [you, 2026-03-04, “Will it rain”]  0.83"]


def test_on_a_terminal_uncited_sources_are_dim_and_cut_at_the_edge(terminal: Emulator) -> None:
    long = DocumentPassage("d", "/a.md", "word " * 40)
    on(terminal).sources([source(1, long, cited=False), source(2, "/b.md")])
    first, second = terminal.text().splitlines()
    assert first.startswith("[2] /b.md")
    assert second.endswith("…")
    assert re.search(r"\x1b\[2m\[1\]", terminal.getvalue())
    assert not re.search(r"\x1b\[2m\[2\]", terminal.getvalue())


def test_no_color_is_honoured(terminal: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    on(terminal).error("red")
    assert "\x1b[31m" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Emulator()
    on(plain).error("red")
    assert "\x1b" not in plain.getvalue()


def test_force_color_does_not_paint_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen = Piped()
    with screen.answer() as answer:
        answer.feed("**bold**")
    screen.error("red")
    assert "\x1b" not in screen.stdout.getvalue() + screen.stderr.getvalue()


def test_passages_show_the_beginning_of_their_text() -> None:
    screen = Piped()
    passage = DocumentPassage("id", "/a.md", "one\n\ntwo\nthree\nfour", "A > B", start_line=3)
    screen.found([Hit(passage, 0.5)])
    assert screen.lines == ["[1] /a.md:3  0.50  A > B", "    one", "    two", "    three"]


def test_a_table_for_a_pipe_has_tabs_and_is_never_cut() -> None:
    screen = Piped()
    screen.table([("a" * 200, 3), ("b", 12)], ("file", "chunks"))
    assert screen.lines == ["file\tchunks", f"{'a' * 200}\t3", "b\t12"]


def test_a_table_on_a_terminal_folds_long_cells(terminal: Emulator) -> None:
    on(terminal).table([("a" * 50, 3), ("b", 12)], ("file", "chunks"))
    shown = terminal.text()
    assert shown.count("a") == 50
    assert shown.splitlines()[0].split() == ["file", "chunks"]
    assert shown.splitlines()[-1].endswith("12")


def test_every_string_is_cleaned(terminal: Emulator) -> None:
    evil = "x\x1b]52;c;AAAA\x07\x9b2J\u202ey\r[red]"
    screen = on(terminal)
    for say in (screen.result, screen.note, screen.line, screen.error):
        say(evil)
    document, memory = DocumentPassage("i", evil, evil, evil), MemoryPassage("m", evil, evil)
    screen.sources([source(1, document), source(2, memory)])
    screen.found([Hit(document, 0.1), Hit(memory, 0.1, earlier=(Hit(memory, 0.1),))])
    screen.table([(evil, 1)], (evil, "n"))
    screen.turn(Turn("user", evil, NOON, "t", speaker=evil))
    with screen.status(evil) as status:
        status.update(evil)
    assert not re.search("AAAA|\x9b|\u202e|\x1b\\]|\x1b\\[2J", terminal.getvalue())
    assert "xy[red]" in terminal.text()


def test_a_status_is_gone_when_it_is_over_and_silent_in_a_pipe(terminal: Emulator) -> None:
    with on(terminal).status("thinking") as status:
        assert "thinking" in terminal.text()
        status.update("waiting 3 s " * 10)
        assert "waiting 3 s" in terminal.text()
        assert len(terminal.text().splitlines()) == 1
    assert terminal.text() == ""
    screen = Piped()
    with screen.status("thinking") as status:
        status.update("waiting")
    assert screen.stderr.getvalue() == ""


def test_where_nobody_can_be_asked_the_answer_is_yes() -> None:
    screen = Piped("n\n")
    assert not screen.can_ask
    assert screen.confirm("really delete?")
    assert screen.stderr.getvalue() == ""


def test_without_a_stdin_an_answer_is_shown_and_nobody_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    out = io.StringIO()
    screen = Screen(out, io.StringIO())
    with screen.answer() as stream:
        stream.feed("At noon.\n")
    assert out.getvalue() == "At noon.\n"
    assert not screen.can_ask
    assert screen.confirm("really delete?")


def test_what_an_encoding_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Screen(out, out, io.StringIO()).result("naïve “title”")
    out.flush()
    assert raw.getvalue() == b"na?ve ?title?\n"


def test_a_closed_pipe_is_told_to_the_caller() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    with pytest.raises(BrokenPipeError):
        Screen(Closed(), io.StringIO(), io.StringIO()).result("x")


@pytest.fixture
def line() -> Iterator[tuple[int, TextIO]]:
    """A real terminal: the side of the person, and the side of the program."""
    person, program = pty.openpty()
    with os.fdopen(program) as keys:
        yield person, keys
    os.close(person)


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [
        ("y\n", True),
        ("YES\n", True),
        ("\n", False),
        ("no\n", False),
        ("ragchat status\ny\n", True),  # typed ahead for the shell
        ("a\nb\nc\ny\n", False),
    ],
)
def test_only_yes_is_yes(line: tuple[int, TextIO], typed: str, agreed: bool) -> None:
    person, keys = line
    os.write(person, typed.encode())
    screen = Screen(io.StringIO(), io.StringIO(), keys)
    assert screen.can_ask
    assert screen.confirm("really delete?") is agreed


def test_a_terminal_of_other_processes_is_left_alone(line: tuple[int, TextIO]) -> None:
    _, keys = line
    before = termios.tcgetattr(keys)
    with Screen(io.StringIO(), io.StringIO(), keys).answer():
        assert termios.tcgetattr(keys) == before


def test_a_status_yields_to_what_everything_waits_for(terminal: Emulator) -> None:
    screen = on(terminal)
    with screen.status("searching …") as status:
        with screen.preparing():
            assert "preparing the embedding model" in terminal.text()
            status.update("waiting for Claude …")
            assert "waiting" not in terminal.text()
        assert terminal.text().endswith("waiting for Claude …")
    with screen.preparing(), screen.status("searching …"):
        assert "preparing the embedding model" in terminal.text()


def test_what_is_paged_is_laid_out_for_the_screen(
    monkeypatch: pytest.MonkeyPatch, terminal: Emulator
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("pydoc.pager", shown.append)
    text = "## Tides\n\n" + "The tide turns twice a day, and **neaps** are weak. " * 9

    def draw(screen: Screen) -> None:
        screen.table([(f"{n}.md", n) for n in range(30)], ("file", "chunks"))
        screen.markdown(text)
        screen.passage("wind " * 40)

    on(terminal).paged(draw)
    lines = shown[0].splitlines()
    assert "\x1b" not in shown[0]
    assert "\t" not in shown[0]
    assert "**" not in shown[0]
    assert max(map(len, lines)) <= terminal.screen.columns
    assert lines[1].split() == ["0.md", "0"]
    assert "Tides" in lines[31]


@pytest.mark.parametrize(("own", "prompt"), [(None, "q goes back"), ("-FRX", "-FRX")])
def test_less_says_how_to_leave_it(
    own: str | None, prompt: str, monkeypatch: pytest.MonkeyPatch, terminal: Emulator
) -> None:
    monkeypatch.delenv("LESS", raising=False)
    if own:
        monkeypatch.setenv("LESS", own)
    seen: list[str] = []
    monkeypatch.setattr("pydoc.pager", lambda _: seen.append(os.environ["LESS"]))
    on(terminal).paged(lambda screen: screen.result("tide\n" * 90))
    assert prompt in seen[0]
    assert os.environ.get("LESS") == own


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_window_cuts_the_place_and_keeps_the_id_and_the_score(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Emulator(columns, 12)
    screen = on(terminal)
    talk = MemoryPassage(
        "9c0ffee14b2d", "How do I splice a rope that is thinner than the other?", ""
    )
    file = DocumentPassage("i", f"/{'rigging/' * 8}splices.md", "Tuck.", "Splices", start_line=4)
    screen.found([Hit(talk, 0.87), Hit(file, 0.42)])
    first, second = [line for line in terminal.text().splitlines() if line.startswith("[")]
    assert "9c0ffee1  0.87" in first
    assert "splices.md:4" in second
    assert "0.42" in second


def test_what_is_done_is_said_if_the_rest_is_stopped(terminal: Emulator) -> None:
    screen = on(terminal)
    with screen.done_so_far("the first half is done"):
        pass
    assert terminal.text() == ""
    with pytest.raises(KeyboardInterrupt), screen.done_so_far("the first half is done"):
        raise KeyboardInterrupt
    assert "the first half is done" in terminal.text()
