from __future__ import annotations

import click
import pytest

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
