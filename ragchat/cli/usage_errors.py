"""Wrong usage in one line that ends with what to write, in place of click's three; pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

import click

from ragchat.cli.common import OPTION_NAMES
from ragchat.cli.suggestions import options_like, within

_SEARCHING = ("search", "recall", "ask")
"""Commands that take words, which may look like an option."""

_RECURSIVE = ("-r", "-R", "--recursive")


def usage_line(error: click.ClickException) -> str:
    """Return one line that says what was wrong with the command line, and what to do."""
    if isinstance(error, click.NoSuchOption):
        return _no_such_option(error)
    if isinstance(error, click.exceptions.NoSuchCommand):
        meant = within(_command(error).split()[-1], error.command_name)
        near = f"`ragchat {meant}`" if meant else ""
        near = near or _or(f"`{_command(error)} {name}`" for name in error.possibilities or ())
        advice = f"did you mean {near}?" if near else f"{_help(error)} lists them"
        return f"there is no command {error.command_name!r}: {advice}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        wanted = error.param.make_metavar(error.ctx) if error.ctx else error.param.name
        return f"`{_command(error)}` needs {wanted}: {_help(error)} shows how"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad_value(error, error.param)
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} needs a value: write one after it"
    message = error.format_message().rstrip(".")
    if not isinstance(error, click.UsageError):
        return message
    if message.startswith("Got unexpected extra argument"):
        return _too_many(error, message)
    return f"{message[:1].lower()}{message[1:]}: {_help(error)} shows how"


def _no_such_option(error: click.NoSuchOption) -> str:
    """An option may stand before the command, or be something to search for."""
    name = error.option_name
    if name in OPTION_NAMES and (error.ctx is None or error.ctx.parent is None):
        return f"put {name} after the command: `ragchat status --help` lists it"
    if near := _or(_options_like(name, error.ctx)):
        return f"there is no option {name}: did you mean {near}?"
    command = error.ctx.info_name if error.ctx else None
    if name in _RECURSIVE and command == "ingest":
        return f"there is no option {name}: folders are read with all that is below them"
    if command in _SEARCHING:
        return f'there is no option {name}: to look for it as words: ragchat {command} -- "{name}"'
    return f"there is no option {name}: {_help(error)} lists them"


def _options_like(name: str, context: click.Context | None) -> list[str]:
    """Options of the command that are meant; before a command, those of the first that has one."""
    if context is None:
        return []
    command = context.command
    if near := options_like(name, [*_options(command)]):
        return near
    if not isinstance(command, click.Group):
        return []
    for other in command.list_commands(context):
        found = command.get_command(context, other)
        if found and (near := options_like(name, [*_options(found)])):
            return [f"`{context.command_path} {other} {near[0]}`"]
    return []


def _options(command: click.Command) -> Iterable[str]:
    return (
        name for param in command.params if isinstance(param, click.Option) for name in param.opts
    )


def _bad_value(error: click.BadParameter, param: click.Parameter) -> str:
    is_option, kind = isinstance(param, click.Option), param.type
    name = param.opts[0] if is_option else f"`{_command(error)}`"
    if isinstance(kind, click.IntRange | click.FloatRange):
        what = "a whole number" if isinstance(kind, click.IntRange) else "a number"
        most = f" to {kind.max}" if kind.max is not None else " or more"
        return f"{name} takes {what}, {kind.min}{most}"
    if isinstance(kind, click.Choice):
        return f"{name} takes {_or(map(str, kind.choices))}"
    message = error.message.rstrip(".")
    message = f"{message[:1].lower()}{message[1:]}"
    if message.endswith(("is not readable", "is not writable")):
        message += " by this user: check its permissions"
    return f"{name}: {message}" if is_option else message


def _too_many(error: click.ClickException, message: str) -> str:
    """More words than arguments: mostly a text that is not in quotes."""
    command, words = _command(error), message.partition("(")[2].rstrip(")").split()
    if command.split()[-1] in _SEARCHING:
        given = [*map(str, _given(error)), *words]
        return f"a text of several words needs quotes: {command} {shlex.quote(' '.join(given))}"
    return f"`{command}` does not take {' '.join(words)}: {_help(error)} shows how"


def _given(error: click.ClickException) -> list[object]:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return []
    names = [param.name for param in context.command.params if isinstance(param, click.Argument)]
    return [context.params[name] for name in names if name and context.params.get(name)]


def _command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context else "ragchat"


def _help(error: click.ClickException) -> str:
    return f"`{_command(error)} --help`"


def _or(names: Iterable[str]) -> str:
    *others, last = [*names] or [""]
    return f"{', '.join(others)} or {last}" if others else last
