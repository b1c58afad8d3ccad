from __future__ import annotations

import contextlib
import errno
import io
from pathlib import Path

import pytest
from emulator import Emulator
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ragchat.terminal.blocks import units
from ragchat.terminal.markdown import MarkdownStream, Page

ANSWER = """\
# Retrieval

The **retriever** embeds a question *once* and asks for candidates [1].

1. first, which is long enough to be wrapped
2. second
   - nested `code`

```python
def fuse(pools):
    return sorted(pools)
```

| column | bytes |
|---|---:|
| id | 32 |
| text | 2500 |

> quoted

- alpha
- beta

[1]: https://not.a/definition

Last words."""

words = st.sampled_from(
    ["a ", "word", "\n", "\n", "\n\n", "- ", "1. ", "2) ", "# ", "```\n", "> ", "| a | b |\n"]
    + ["|---|---|\n", "**", "`", "---", "===", "    ", "  ", "[x](y)", "*", "\t", "<b>", "~~~"]
)
pieces = st.lists(words, min_size=1, max_size=40)


def at_once(text: str, columns: int = 40) -> str:
    terminal = Emulator(columns)
    Page(terminal.console()).paint(text, last=True)
    return terminal.text()


def rendered(text: str, columns: int = 40) -> str:
    terminal = Emulator(columns)
    with MarkdownStream(terminal.console()) as answer:
        answer.feed(text)
    return terminal.text()


@pytest.mark.parametrize("columns", [80, 40, 20])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_an_answer_in_pieces_ends_as_the_same_answer_at_once(columns: int, size: int) -> None:
    terminal = Emulator(columns)
    page = Page(terminal.console())
    for start in range(0, len(ANSWER), size):
        page.paint(ANSWER[start : start + size])
    page.paint("", last=True)
    assert terminal.text() == at_once(ANSWER, columns)


@given(pieces, st.sampled_from([8, 20, 60]))
def test_any_markdown_in_pieces_ends_as_the_same_at_once(deltas: list[str], columns: int) -> None:
    terminal = Emulator(columns, rows=6)
    page = Page(terminal.console())
    for delta in deltas:
        page.paint(delta)
    page.paint("", last=True)
    assert terminal.text() == at_once("".join(deltas), columns)


def test_what_is_finished_is_on_the_screen_before_the_answer_ends() -> None:
    terminal = Emulator()
    page = Page(terminal.console())
    page.paint("first\n\n- one\n- two")
    assert terminal.text() == "first\n\n • one\n • two"
    page.paint(" more\n")
    assert terminal.text() == "first\n\n • one\n • two more"


def test_only_the_unfinished_block_is_painted_again() -> None:
    terminal = Emulator()
    page = Page(terminal.console())
    page.paint("first\n\nsecond\n\nthird")
    before = len(terminal.getvalue())
    page.paint(" goes on")
    again = terminal.getvalue()[before:]
    assert "third goes on" in again
    assert "first" not in again


def test_a_mark_that_can_become_anything_is_not_shown_as_a_heading() -> None:
    terminal = Emulator()
    page = Page(terminal.console())
    page.paint("a paragraph\n-")
    assert terminal.text() == "a paragraph"
    page.paint(" an item")
    assert terminal.text() == "a paragraph\n\n • an item"


def test_code_taller_than_the_screen_shows_its_end_and_is_printed_whole() -> None:
    terminal = Emulator(rows=10)
    page = Page(terminal.console())
    code = "\n".join(f"line {n}" for n in range(50))
    page.paint(f"```\n{code}\n")
    assert "line 49" in terminal.text()
    assert "line 30" not in terminal.text()
    page.paint("```", last=True)
    assert terminal.text() == f"```\n{code}\n```"


@pytest.mark.parametrize(("before", "after"), [(60, 20), (20, 60)])
def test_a_window_that_changes_its_width_shows_everything_once(before: int, after: int) -> None:
    terminal = Emulator(before)
    console = terminal.console()
    page = Page(console)
    page.paint("one two three\n\nfour five six seven eight")
    terminal.resize(console, after)
    page.paint(" nine ten")
    page.paint("", last=True)
    shown = terminal.text().split()
    assert shown == "one two three four five six seven eight nine ten".split()


def test_a_link_shows_its_url_and_nothing_is_clickable() -> None:
    terminal = Emulator(80)
    with MarkdownStream(terminal.console()) as answer:
        answer.feed("[text](https://x.y/z?a=b) ![alt](http://img) <https://auto.link>")
    assert terminal.text() == "text (https://x.y/z?a=b) alt (http://img) https://auto.link"
    assert "\x1b]8" not in terminal.getvalue()


def test_nothing_that_was_written_is_hidden() -> None:
    text = "List<int> <b>x</b> [red]no[/red] :smile: [1]\n\n[1]: http://x\n\n<div>y</div>"
    assert rendered(text, 80) == text


def test_an_entity_cannot_spell_what_was_cleaned() -> None:
    assert rendered("a&#x202e;b &#27;[31m&#x9b;c&#13;d &lt;") == "ab \ufffd[31m\ufffdcd <"


def test_escapes_cut_by_the_stream_do_not_reach_the_terminal() -> None:
    terminal = Emulator()
    with MarkdownStream(terminal.console()) as answer:
        for delta in ["safe \x1b", "]52;c;", "aGVs", "bG8=\x07", "text \x9b", "31mred"]:
            answer.feed(delta)
    assert terminal.text() == "safe text red"
    assert "aGVs" not in terminal.getvalue()


def test_a_table_that_does_not_fit_becomes_one_line_a_cell() -> None:
    table = "| name | description |\n|---|---|\n| alpha | extraordinary |\n| beta | plain |\n"
    assert rendered(table, 20).splitlines() == [
        "name: alpha",
        "description:",
        "extraordinary",
        "",
        "name: beta",
        "description: plain",
    ]


def test_long_lines_of_code_are_copied_whole() -> None:
    console = Emulator(20)
    with MarkdownStream(console.console()) as answer:
        answer.feed("```\nx = 'a line of code that is longer'\n```")
    assert "x = 'a line of code that is longer'\n" in console.getvalue()


def test_the_cursor_is_back_when_the_answer_is_interrupted() -> None:
    terminal = Emulator()
    with contextlib.suppress(KeyboardInterrupt), MarkdownStream(terminal.console()) as answer:
        answer.feed("half an answ")
        raise KeyboardInterrupt
    assert terminal.text() == "half an answ"
    assert not terminal.screen.cursor.hidden
    assert terminal.screen.cursor.x == 0


class Gone(Emulator):
    def write(self, text: str) -> int:
        raise OSError(errno.EIO, text)


def test_a_failure_to_write_is_not_lost_in_the_painter() -> None:
    answer = MarkdownStream(Gone().console())
    answer.feed("text")
    with pytest.raises(OSError, match="Errno 5"):
        answer.close()


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_dumb_terminal_gets_plain_text(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    assert rendered("**bold**\n\n- item") == "**bold**\n\n- item"


def test_a_pipe_gets_the_text_as_it_comes(tmp_path: Path) -> None:
    out = io.StringIO()
    with MarkdownStream(Console(file=out)) as answer:
        answer.feed("# **bold** \x1b[31m")
        assert out.getvalue() == "# **bold** "
        answer.feed("a" * 200)
    assert out.getvalue() == "# **bold** " + "a" * 200 + "\n"


def test_an_empty_answer_prints_nothing() -> None:
    terminal = Emulator()
    with MarkdownStream(terminal.console()) as answer:
        answer.feed("")
    assert terminal.getvalue() == ""


def test_a_table_of_very_many_cells_is_shown_as_it_was_written() -> None:
    row = "| " + " | ".join(f"**{n}**" for n in range(50)) + " |"
    table = "\n".join([row, "|---" * 50 + "|", *[row] * 100])
    shown = rendered(table, columns=400)
    assert shown.count("| 0 | 1 | 2 |") == 101
    assert "┃" not in shown
    assert "━" not in shown


@pytest.mark.parametrize("bracket", ["[", "![", "[a]("])
def test_very_many_brackets_are_shown_as_text(bracket: str) -> None:
    """Looking for links in them would take minutes."""
    long = bracket * 300_000
    (block,) = units(long)
    assert [child.content for child in block.tokens[1].children or ()] == [long]
    (_, after) = units(f"{long}\n\nA [link](https://sea.example)\n")
    assert "link_open" in [child.type for child in after.tokens[1].children or ()]
