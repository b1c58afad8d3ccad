"""The manual page, made from the commands and their options."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ragchat.cli import cli


def manual(version: str) -> str:
    """Return the manual page as roff, which `man` reads."""
    context = click.Context(cli, info_name="ragchat")
    parts = [
        f'.TH RAGCHAT 1 "" "ragchat {version}" "User Commands"',
        ".ad l",  # words with no extra blanks between them, and whole
        ".nh",
        ".SH NAME",
        f"ragchat \\- {_text(cli.get_short_help_str(limit=200))}",
        ".SH SYNOPSIS",
        ".B ragchat",
        "COMMAND [OPTION]... [ARGUMENT]...",
        ".SH COMMANDS",
    ]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command is not None:
            parts += _command(command, name, context)
    parts += [".SH SEE ALSO", "`ragchat help` shows the handbook."]
    return "\n".join(parts) + "\n"


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_text(context.command_path)} {_text(usage)}"
    for paragraph in (command.help or "").split("\n\n"):
        yield ".PP"
        yield _text(" ".join(paragraph.split()))
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record:
            yield ".TP"
            yield f".B {_text(record[0])}"
            yield _text(" ".join(record[1].split()))
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _command(found, inner, context)


def _text(text: str) -> str:
    """Return a text in which nothing is an instruction of roff."""
    escaped = text.replace("\b", "").replace("\\", "\\e").replace("-", "\\-").strip()
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped
