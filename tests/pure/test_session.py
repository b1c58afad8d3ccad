from __future__ import annotations

import errno
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from emulator import Program
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from ragchat.terminal.commands import Command, Mistake, TypedQuestion, parse, words
from ragchat.terminal.line_editor import LineEditor
from ragchat.terminal.pastes import Pastes

Typed = Callable[[str], list[str | None]]

ALT_ENTER = "\x1b\r"
CTRL_C, CTRL_D, CTRL_J, CTRL_R = "\x03", "\x04", "\n", "\x12"
RIGHT, END = "\x1b[C", "\x1b[F"

EDITOR = """
from pathlib import Path
from ragchat.terminal.line_editor import LineEditor
from ragchat.terminal.parts import LinePart
editor = LineEditor(Path({history!r}), save={save}, status=[LinePart("loading…")])
"""
READING = """
import sys
from ragchat.terminal.keys import quiet_keys
with quiet_keys(sys.stdin):
    while (text := editor.read("> ")) is not None:
        print("sent", ascii(text))
print("left")
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "history"


@pytest.fixture
def typed(history: Path) -> Typed:
    """What is read, text by text, when these keys are pressed."""

    def read(keys: str) -> list[str | None]:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            editor = LineEditor(history)
            pipe.send_bytes((keys + CTRL_D).encode("utf-8", "surrogateescape"))
            texts: list[str | None] = []
            while (text := editor.read("> ")) is not None:
                texts.append(text)
            return texts

    return read


def test_a_question_within_a_session_takes_the_line_that_is_typed() -> None:
    program = Program(
        "from ragchat.terminal.screen import Screen\n"
        "screen = Screen()\n"
        "with screen.quiet():\n"
        "    for name in ('apples', 'pears'):\n"
        "        print(name, screen.confirm(f'keep {name}?'))\n"
    )
    program.wait_for("keep apples?")
    program.type("yes\r")
    program.wait_for("apples True")
    program.wait_for("keep pears?")
    program.type("no\r")
    program.wait_for("pears False")
    program.end()


def test_enter_sends_and_ctrl_d_on_an_empty_line_leaves(typed: Typed) -> None:
    assert typed("one\rtwo\r") == ["one", "two"]


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        (f"{RIGHT}\r", "Is the cook sober?"),
        ("\t\r", "Is the cook sober?"),
        (f"{END}Ever?\r", "Is the cook sober?Ever?"),
        ("/quit\r", "/quit"),
        ("And the mate?\r", "And the mate?"),
        (f"\r{CTRL_C}{RIGHT}none of it\r", "none of it"),
    ],
)
def test_an_offered_text_is_taken_by_a_key_and_left_by_typing(
    history: Path, keys: str, sent: str
) -> None:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        editor = LineEditor(history)
        pipe.send_text(f"{keys}{RIGHT}after\r")
        assert editor.read("> ", offered="Is the cook sober?") == sent
        assert editor.read("> ") == "after"


@pytest.mark.parametrize("key", [ALT_ENTER, CTRL_J])
def test_a_new_line_can_be_typed(typed: Typed, key: str) -> None:
    assert typed(f"one{key}two\r") == ["one\ntwo"]


def test_pasted_lines_are_kept_and_not_sent(typed: Typed) -> None:
    assert typed("\x1b[200~one\r\ntwo\rthree\n\x1b[201~!\r") == ["one\ntwo\nthree\n!"]


class Marking(DummyOutput):
    """Notes each time whether the terminal is to mark what is pasted."""

    gone = False

    def __init__(self) -> None:
        self.marks: list[bool] = []

    def flush(self) -> None:
        if self.gone:
            raise OSError(errno.EIO, "Input/output error")

    def enable_bracketed_paste(self) -> None:
        self.marks.append(True)

    def disable_bracketed_paste(self) -> None:
        self.marks.append(False)


def test_what_is_pasted_while_an_answer_comes_is_one_text(history: Path) -> None:
    output = Marking()
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=output):
        editor = LineEditor(history)
        pipe.send_text("one\r")
        editor.read("> ")
        assert output.marks[-1:] == [True]
        pipe.send_text("\x1b[200~two\rthree\r\x1b[201~\r")
        assert editor.read("> ") == "two\nthree\n"
        editor.leave()
        assert output.marks[-1:] == [False]
        output.gone = True
        editor.leave()  # a terminal that was closed does not hide why the session ended


def test_a_long_paste_is_sent_whole_and_not_kept_in_the_history(
    typed: Typed, history: Path
) -> None:
    poem = "\n".join(f"line {n} of the poem" for n in range(90))
    keys = f"Who wrote \x1b[200~{poem}\x1b[201~ this?\rshort\r"
    assert typed(keys) == [f"Who wrote {poem} this?", "short"]
    assert json.loads(history.read_text()) == "short"


def test_a_long_paste_is_shown_as_its_size() -> None:
    pastes = Pastes()
    one, other = "a\n" * 17_000, "b\n" * 17_000
    assert pastes.shown("two\nlines") == "two\nlines"
    markers = [pastes.shown(text) for text in (one, other, one)]
    assert markers[0] == markers[2] == "[pasted: 17,000 lines, 34 kB]"
    assert markers[1] == "[pasted: 17,000 lines, 34 kB, no. 2]"
    assert pastes.expanded(f"{markers[1]} and {markers[0]}") == f"{other} and {one}"


def test_ctrl_c_clears_the_line_and_stays(typed: Typed) -> None:
    assert typed(f"wrong{CTRL_C}{CTRL_C}right\r") == ["right"]


def test_a_blank_line_is_not_sent(typed: Typed) -> None:
    assert typed("\r \r\x7ftext\r") == ["text"]


def test_bytes_that_are_no_text_are_replaced(typed: Typed) -> None:
    (text,) = typed("a\udcffb\r")
    assert text is not None
    assert text.encode() == "a\ufffdb".encode()


def test_ctrl_r_finds_what_was_typed_in_an_earlier_session(typed: Typed) -> None:
    typed("the tides\rthe winds\r")
    assert typed(f"{CTRL_R}tid\r\r") == ["the tides"]


def test_the_history_keeps_lines_and_marks_in_a_private_file(typed: Typed, history: Path) -> None:
    history.touch(0o644)
    typed(f"é{ALT_ENTER}“two”\r")
    assert [json.loads(line) for line in history.read_text().splitlines()] == ["é\n“two”"]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_session_that_is_not_saved_remembers_but_does_not_write(history: Path) -> None:
    program = Program(EDITOR.format(history=str(history), save=False) + READING)
    program.wait_for(">")
    program.type("secret\r")
    program.wait_for("sent 'secret'")
    program.type(f"{CTRL_R}sec\r\r{CTRL_D}")
    assert program.end().count("sent 'secret'") == 2
    assert not history.exists()


def test_a_history_that_cannot_be_used_does_not_matter(typed: Typed, history: Path) -> None:
    history.mkdir()
    assert typed("one\r") == ["one"]


def test_a_damaged_history_gives_what_is_whole(typed: Typed, history: Path) -> None:
    history.write_bytes(b'"good"\n\xff{half\n')
    assert typed(f"{CTRL_R}goo\r\r") == ["good"]


def test_on_a_terminal_tab_completes_and_the_status_follows_the_loading(history: Path) -> None:
    loaded = """
import threading
def load():
    input_is_awaited.wait()
    editor.status = [LinePart("12 documents")]
input_is_awaited = threading.Event()
threading.Thread(target=load, daemon=True).start()
editor._session.app.after_render += lambda app: app.renderer and input_is_awaited.set()
"""
    program = Program(EDITOR.format(history=str(history), save=True) + loaded + READING)
    program.wait_for("12 documents")
    program.type("/s\t")
    program.wait_for("/search")
    program.type(f"{CTRL_C}/rec\t")
    program.wait_for("> /recall")
    program.type(CTRL_C)
    program.type(CTRL_C)
    program.wait_for("Ctrl-D leaves")
    program.type("hello\r")
    shown = program.wait_for("sent 'hello'")
    assert "Ctrl-D leaves" not in shown
    program.type(CTRL_D)
    assert "left" in program.end()


def test_what_is_typed_during_an_answer_is_the_next_line_and_not_echoed(history: Path) -> None:
    answering = """
import select
from ragchat.terminal.screen import Screen
with Screen().answer() as answer:
    answer.feed("type now")
    select.select([0], [], [])
"""
    program = Program(EDITOR.format(history=str(history), save=True) + answering + READING)
    program.wait_for("type now")
    program.type("early\r")
    shown = program.wait_for("sent 'early'")
    assert shown.splitlines()[0] == "type now"
    program.type(CTRL_D)
    program.end()


def test_lines_typed_before_the_program_reads_keys_are_sent_one_by_one(history: Path) -> None:
    early = """
import select, sys
from ragchat.terminal.keys import lines_typed_early
print("type now")
select.select([0], [], [])
editor.read_first(lines_typed_early(sys.stdin))
"""
    program = Program(EDITOR.format(history=str(history), save=True) + early + READING)
    program.wait_for("type now")
    program.type("first\r\rsecond\rthi")
    program.wait_for("sent 'second'")
    program.type("rd\r")
    shown = program.wait_for("sent 'third'")
    assert "> first\nsent 'first'" in shown
    program.type(CTRL_D)
    program.end()
    assert [json.loads(line) for line in history.read_text().splitlines()] == [
        "first",
        "second",
        "third",
    ]


def test_what_was_written_in_the_editor_is_not_sent_before_enter(
    history: Path, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf " twice" >> "$1"\n')
    editor.chmod(0o700)
    code = EDITOR.format(history=str(history), save=True) + READING
    program = Program(code, EDITOR=str(editor), VISUAL="")
    program.wait_for(">")
    program.type("think\x18\x05")
    assert "sent" not in program.wait_for("> think twice")
    program.type("\r")
    program.wait_for("sent 'think twice'")
    program.type(CTRL_D)
    program.end()


def test_a_dumb_terminal_reads_lines_too(history: Path) -> None:
    program = Program(EDITOR.format(history=str(history), save=True) + READING, TERM="dumb")
    program.wait_for(">")
    program.type("wrong")
    program.wait_for("> wrong")
    program.type(f"{CTRL_C}plain\r")
    program.wait_for("sent 'plain'")
    program.type(CTRL_D)
    assert "left" in program.end()


def unknown(word: str) -> Mistake:
    return Mistake(
        f"there is no /{word}: /help lists the commands (a space first sends it as text)"
    )


def shell(advice: str) -> Mistake:
    return Mistake(f"that is a command of the shell: {advice} (a space first sends it)")


SHELL_HABIT = Mistake(
    "/new starts a new conversation, Ctrl-L clears the screen (a space first sends it as text)"
)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("docs/** notes", ("docs/**", "notes")),
        ("'docs/*' \"My notes/*\"", ("docs/*", "My notes/*")),
        ("Mara's", ("Mara's",)),
        ("", ()),
    ],
)
def test_an_argument_may_be_quoted_as_in_a_shell(argument: str, expected: tuple[str, ...]) -> None:
    assert words(argument) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/search  two words ", Command("search", "two words")),
        ("/HELP", Command("help")),
        ("/?", Command("help")),
        ("quit", Command("quit")),
        (" Exit ", Command("quit")),
        ("/exit", Command("quit")),
        ("/search a\nb", Command("search", "a\nb")),
        (" what is this? ", TypedQuestion("what is this?")),
        ("", TypedQuestion("")),
        ("/", Mistake("/help lists the commands")),
        ("?", Command("help")),
        ("help", Command("help")),
        ("help me", TypedQuestion("help me")),
        ("/clear", Command("new")),
        ("/reset", Command("new")),
        ("/sources 2", Command("sources", "2")),
        (" /usr is full, why?", TypedQuestion("/usr is full, why?")),
        ("/new and then?", Mistake("/new takes no argument: leave out what follows it")),
        ("/recall", Mistake("/recall needs an argument: /recall QUERY")),
        ("/2 of them", unknown("2")),
        ("/usr is full, why?", unknown("usr")),
        ("/exit_", Mistake("there is no /exit_: did you mean /quit?")),
        ("quit smoking", TypedQuestion("quit smoking")),
        ("/etc/hosts", TypedQuestion("/etc/hosts")),
        ("/etc/hosts what is this", TypedQuestion("/etc/hosts what is this")),
        ("// a comment", TypedQuestion("// a comment")),
        ("/serach", Mistake("there is no /serach: did you mean /search?")),
        ("/serach the tides", Mistake("there is no /serach: did you mean /search?")),
        ("/xyzzy", unknown("xyzzy")),
        ("ragchat  search tides", shell("here it is /search")),
        ("ragchat status --json", shell("leave with /quit first")),
        (" ragchat status is slow", TypedQuestion("ragchat status is slow")),
        ("ragchat searches slowly", TypedQuestion("ragchat searches slowly")),
        ("/xyzzy what is this", unknown("xyzzy")),
        ("/find the tides", Mistake("there is no /find: did you mean /search?")),
        ("/citations", Mistake("there is no /citations: did you mean /sources?")),
        (":wq", Command("quit")),
        ("Bye", Command("quit")),
        ("bye for now, what is a tide?", TypedQuestion("bye for now, what is a tide?")),
        ("/forget", Mistake("/forget needs an argument: /forget ID; /recall shows the ids")),
        ("Clear", SHELL_HABIT),
        (" clear", TypedQuestion("clear")),
        ("undo", Mistake("did you mean /undo? (a space first sends it as text)")),
        ("undo what?", TypedQuestion("undo what?")),
    ],
)
def test_a_line_is_a_word_a_question_or_a_slip(
    line: str, said: Command | TypedQuestion | Mistake
) -> None:
    assert parse(line) == said
