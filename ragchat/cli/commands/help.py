"""`ragchat help`."""

from __future__ import annotations

import difflib
import importlib.metadata

import click

from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json
from ragchat.errors import RagchatError, UsageError


@click.command("help")
@click.argument("topic", nargs=-1, shell_complete=completing.topic)
@click.option("--man", is_flag=True, help="Print the manual page of all commands, for `man -l -`.")
@common_options
def show_help(common: Common, topic: tuple[str, ...], man: bool) -> None:
    """Show a page of the handbook: its number, its name, words in it, a setting or a command.

    Without TOPIC, list the pages.
    """
    from ragchat.cli.handbook import find, pages
    from ragchat.terminal.screen import Screen

    if man:
        from ragchat.cli.manual import manual

        click.echo(manual(importlib.metadata.version("ragchat")), nl=False)
        return
    screen = Screen()
    known = pages()
    if not known:
        raise RagchatError("the handbook is not installed: see data/docs in the sources")
    wanted = " ".join(topic)
    found = find(wanted, known) if wanted else known
    if not found:
        near = difflib.get_close_matches(wanted, [page.name for page in known], n=1)
        advice = f"did you mean `ragchat help {near[0]}`?" if near else "`ragchat help` lists them"
        raise UsageError(f"no page is about {wanted!r}: {advice}")
    if common.json:
        print_json([{"number": p.number, "name": p.name, "title": p.title} for p in found])
    elif len(found) > 1:
        screen.table(
            [(page.number, page.name, page.title) for page in found], ("", "topic", "title")
        )
        screen.note("`ragchat help TOPIC` shows a page; `ragchat COMMAND --help` the options")
    else:
        screen.paged(lambda on: on.markdown(found[0].text))
