from __future__ import annotations

import os
from pathlib import Path

import click
import pytest
from commands import Output

from ragchat.cli.usage_errors import usage_line


@click.group()
def bake() -> None:
    """A command line of its own."""


@bake.command()
@click.argument("recipe")
@click.argument("form", type=click.Choice(["loaf", "roll", "braid"]), default="loaf")
@click.option("--times", type=click.IntRange(1, 9))
@click.option("--salt", type=click.FloatRange(min=0))
@click.option("--tray", type=click.Path(dir_okay=False, exists=True))
def bread(**_: object) -> None:
    """Take one word, a choice, numbers and a file."""


@bake.command()
@click.argument("query")
def search(**_: object) -> None:
    """Take words."""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("bread", "`bake bread` needs RECIPE: `bake bread --help` shows how"),
        ("bread rye stick", "`bake bread` takes loaf, roll or braid"),
        ("bread rye roll two", "`bake bread` does not take two: `bake bread --help` shows how"),
        ("bread rye --times many", "--times takes a whole number, 1 to 9"),
        ("bread rye --times 10", "--times takes a whole number, 1 to 9"),
        ("bread rye --salt -1", "--salt takes a number, 0 or more"),
        ("bread rye --salt", "--salt needs a value: write one after it"),
        ("bread rye --tray nowhere", "--tray: file 'nowhere' does not exist"),
        ("bread rye --time 3", "there is no option --time: did you mean --times?"),
        ("bread rye --oven 3", "there is no option --oven: `bake bread --help` lists them"),
        ("bread rye --stem 3", "there is no option --stem: `bake bread --help` lists them"),
        ("--salt 3", "there is no option --salt: did you mean `bake bread --salt`?"),
        ("brad", "there is no command 'brad': did you mean `bake bread`?"),
        ("sew", "there is no command 'sew': `bake --help` lists them"),
        ("search rye and oats", "a text of several words needs quotes: bake search 'rye and oats'"),
        ("search --rye", 'there is no option --rye: to look for it as words: ragchat search -- "'),
    ],
)
def test_a_slip_is_said_in_one_line(typed: str, said: str) -> None:
    with pytest.raises(click.ClickException) as raised:
        bake.main(typed.split(), prog_name="bake", standalone_mode=False)
    line = usage_line(raised.value)
    assert line.startswith(said)
    assert "\n" not in line


def test_a_file_that_may_not_be_read_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray = tmp_path / "tray"
    tray.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(click.ClickException) as raised:
        bake.main(["bread", "rye", "--tray", str(tray)], "bake", standalone_mode=False)
    assert usage_line(raised.value).endswith("is not readable by this user: check its permissions")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("ask", "Why?", "--stop", ""), "--stop is empty: write a value, or leave it out"),
        (("search", "tides", "--in", "docs/**", "--in", ""), "--in is empty"),
        (("recall", "tides", "--branch", ""), "--branch is empty"),
        (("ingest", "FOLDER", "--exclude", ""), "--exclude is empty"),
        (("rebuild", "--model", ""), "--model is empty"),
        (("ask", "Why?", "--file", ""), "--file: the path is empty"),
        (("restore", ""), "the path is empty: name a file or a folder"),
        (("backup", "FOLDER"), "is a folder: give the path of a file"),
        (("ask", "Why?", "--file", "FOLDER"), "is a folder: give the path of a file"),
        (("restore", "FOLDER/none"), "cannot read 'FOLDER/none' (No such file or directory)"),
        (("conversations", "merge", "FOLDER/none"), "(No such file or directory): check the path"),
        (("conversations", "export", "--all", " "), "the folder is empty: name one after --all"),
        (("ask", "Why \udce9?"), "QUESTION is not UTF-8"),
        (("conversations", "rename", "abc", "caf\udce9"), "NAME is not UTF-8"),
        (("search", "x", "--tag", "sea", "--tag", "\udcff"), "--tag is not UTF-8"),
        (("status", "--collection", "caf\udce9"), "--collection is not UTF-8"),
        (("ask", "Why?", "--max-cost", "nan"), "--max-cost takes a number, 0 or more"),
        (("ask", "Why?", "--max-cost", "inf"), "--max-cost takes a number, 0 or more"),
        (("ask", "Why?", "--no-context", "--in", "*.md"), "--no-context retrieves nothing"),
        (
            ("ask", "Why?", "--no-context", "--since", "2026-03-04"),
            "--no-context retrieves nothing",
        ),
        (("search", "x", "--since", "2026-03-04", "--until", "2026-03-04"), "before that day"),
        (("recall", "x", "--since", "2026-03-04", "--as-of", "2026-03-03"), "--since and --as-of"),
        (("config", "set", "collection", "a b"), "use up to 64 letters, digits, - and _"),
        (("config", "set", "collection", "c" * 65), "use up to 64 letters, digits, - and _"),
        (("config", "set", "chroma_url", "here"), "chroma_url is not an address"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    ragchat: Output, tmp_path: Path, typed: tuple[str, ...], said: str
) -> None:
    code, out, err = ragchat(*(word.replace("FOLDER", str(tmp_path)) for word in typed))
    assert (code, out) == (2, "")
    assert said.replace("FOLDER", str(tmp_path)) in " ".join(err.split())


@pytest.mark.parametrize("typed", [(), ("config",), ("sources",), ("conversations",)])
def test_a_group_of_commands_alone_shows_its_help(ragchat: Output, typed: tuple[str, ...]) -> None:
    code, out, err = ragchat(*typed)
    assert (code, err) == (2, "")
    assert out == ragchat(*typed, "--help")[1]
    assert "Commands:" in out
