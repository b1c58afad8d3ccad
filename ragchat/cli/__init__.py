"""The command line: parse, wire, print. A command's file is imported when the command is called.

Knows click, exit codes and which objects a command needs. Does no work itself.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

import click

from ragchat.cli.garbage import starting
from ragchat.cli.suggestions import suggestion
from ragchat.errors import UsageError


class LazyCommand(NamedTuple):
    """A command before it is imported: its file in `commands`, its line of `--help`, and its
    function, where that has another name because the command's means something in Python.
    """

    file: str
    summary: str
    function: str = ""


COMMANDS = {
    "ingest": LazyCommand("ingest", "Read documents and past conversations into the library."),
    "ask": LazyCommand("ask", "Ask Claude about your documents and past conversations."),
    "search": LazyCommand("search", "Search documents and memory; no key needed."),
    "recall": LazyCommand("search", "Search past conversations; no key needed."),
    "conversations": LazyCommand(
        "conversations", "List, show, export, rename and delete conversations."
    ),
    "forget": LazyCommand(
        "forget", "Forget exchanges, conversations, files or everything before a day."
    ),
    "sources": LazyCommand("sources", "List the files of the library, or forget some."),
    "models": LazyCommand(
        "models", "List the models that Claude's API, or another server, offers."
    ),
    "eval": LazyCommand(
        "evaluation", "Measure retrieval on a labelled set or on your own library.", "evaluate"
    ),
    "status": LazyCommand("library", "Show what the library holds and has cost."),
    "doctor": LazyCommand("doctor", "Check the library and say what to do."),
    "rebuild": LazyCommand("library", "Rebuild the index from the stored texts."),
    "mcp": LazyCommand(
        "mcp", "Serve the library to Claude Code and other MCP clients.", "serve_mcp"
    ),
    "config": LazyCommand("config", "Show and change settings."),
    "backup": LazyCommand("backup", "Write the library into one file."),
    "restore": LazyCommand("backup", "Replace the library with a backup."),
    "help": LazyCommand("help", "Show a page of the handbook.", "show_help"),
    "completion": LazyCommand("completion", "Print the completion script of bash, zsh or fish."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and summary, so that `--help` imports nothing heavy."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order of a first visit."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"ragchat.cli.commands.{entry.file}")
        command: click.Command = getattr(module, entry.function or cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called. Raises UsageError with a suggestion."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise UsageError(f"there is no command {name!r}: {suggestion(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list in `--help` without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="ragchat", prog_name="ragchat")
def cli() -> None:
    """Chat with Claude about your documents; every conversation is remembered.

    \b
    ragchat ingest ./docs     read a folder into the library
    ragchat ask               ask about it
    ragchat recall "…"        search past conversations
    """


def main() -> NoReturn:
    """Run the command line and leave with the exit code that its contract names."""
    from ragchat.interrupts import INTERRUPTED, closing_signals, ignore_signals

    # Files are readable by their owner alone.
    os.umask(0o077)
    starting()
    _reopen_closed_streams()
    with closing_signals() as closing:
        try:
            code = run(sys.argv[1:])
        except KeyboardInterrupt:
            code = INTERRUPTED
        ignore_signals()
        _leave(INTERRUPTED if closing() else code)


def _reopen_closed_streams() -> None:
    """Open standard streams that are closed: a file of ours must not get their descriptors."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    An error is one line on stderr, with --debug below its traceback, and with --json also an
    object with an `error` field on stdout.
    """
    from ingest.errors import IngestError
    from ragchat.errors import RagchatError
    from ragchat.interrupts import INTERRUPTED, terminal_is_gone

    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    report = _Report(as_json="--json" in options, debug="--debug" in options)
    try:
        result = cli.main(arguments, prog_name="ragchat", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return error.exit_code
    except click.ClickException as error:
        return report.usage(error)
    except (click.Abort, KeyboardInterrupt):
        return report.failure("interrupted", INTERRUPTED)
    except BrokenPipeError:
        return 0
    except (IngestError, RagchatError) as error:
        report.trace()
        return report.failure(str(error), _exit_code(error))
    except OSError as error:
        if terminal_is_gone():
            return INTERRUPTED
        report.trace()
        return report.failure(_system_failure(error), 1)
    except Exception as error:  # noqa: BLE001 - a bug is reported in one line, too
        report.trace()
        what = f"{type(error).__name__}: {error}"
        advice = "please report it together with the output of --debug"
        return report.failure(f"unexpected error ({what}): {advice}", 1)
    return result if isinstance(result, int) else 0


class _Report:
    """Writes the error that ends a command. It may quote a server, so keys in it are redacted."""

    def __init__(self, *, as_json: bool, debug: bool) -> None:
        self._as_json = as_json
        self._debug = debug

    def usage(self, error: click.ClickException) -> int:
        """Report wrong usage. Return the exit code."""
        from ragchat.cli.usage_errors import usage_line

        return self.failure(usage_line(error), error.exit_code)

    def failure(self, message: str, code: int) -> int:
        """Report any other error. Return its exit code."""
        from ragchat.terminal.screen import Screen

        with contextlib.suppress(OSError):  # the terminal or the pipe may be closed
            self._json(message, code)
            Screen().error(_redacted(message))
        return code

    def trace(self) -> None:
        """Show with --debug where the error in hand came from."""
        import traceback

        if self._debug:
            self._lines(traceback.format_exc())

    def _json(self, message: str, code: int) -> None:
        if self._as_json:
            from ragchat.cli.output import print_json

            print_json({"error": _redacted(message), "exit_code": code})

    def _lines(self, text: str) -> None:
        from ragchat.terminal.screen import Screen

        for line in _redacted(text).splitlines():
            Screen().note(line)


def _redacted(text: str) -> str:
    from ragchat.claude.redaction import keys_in, redacted

    return redacted(text, keys_in(os.environ))


def _system_failure(error: OSError) -> str:
    """Return what the system refused, and what to do."""
    try:
        Path.cwd()
    except OSError:
        return "the current folder no longer exists: change to another (cd)"
    reason = error.strerror or type(error).__name__
    if error.filename is not None:
        return f"cannot use {error.filename} ({reason}): check the path and its permissions"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"cannot write the output ({reason}): make room, or write it elsewhere"
    return f"the system refused ({reason}): run it again with --debug to see where"


def _exit_code(error: Exception) -> int:
    from ingest.errors import InvalidName, StoreError
    from ragchat.errors import RagchatError

    if isinstance(error, RagchatError):
        return error.exit_code
    if isinstance(error, InvalidName):
        return 2
    return 5 if isinstance(error, StoreError) else 1


def _leave(code: int) -> NoReturn:
    """Exit without waiting for background threads, which may still be loading libraries."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # its reader or its terminal may be gone
            stream.flush()
    os._exit(code)
