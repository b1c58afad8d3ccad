"""The command line: parse, wire, print. Each command's file is imported only when it is called.

Knows click, exit codes and which objects a command needs. Does no work itself.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
from typing import NoReturn

import click

COMMANDS = {
    "ingest": (
        "ragchat.cli.commands.ingest",
        "Read documents and past conversations, only what changed.",
    ),
    "ask": (
        "ragchat.cli.commands.ask",
        "Talk with Claude about your documents and past conversations.",
    ),
    "search": (
        "ragchat.cli.commands.search",
        "Find passages in documents and memory; no key needed.",
    ),
    "recall": (
        "ragchat.cli.commands.search",
        "Find what was said in past conversations; no key needed.",
    ),
    "conversations": (
        "ragchat.cli.commands.conversations",
        "List, show, export, rename and delete conversations.",
    ),
    "forget": (
        "ragchat.cli.commands.forget",
        "Forget exchanges, conversations, files or the past.",
    ),
    "sources": ("ragchat.cli.commands.sources", "List the files of the library, or forget some."),
    "models": (
        "ragchat.cli.commands.models",
        "List the models that Claude's API, or another server, offers.",
    ),
    "eval": (
        "ragchat.cli.commands.evaluation",
        "Measure retrieval on a labelled set or on your own texts.",
    ),
    "status": ("ragchat.cli.commands.library", "Say what the library holds and what was spent."),
    "doctor": ("ragchat.cli.commands.doctor", "Examine the library, and say what to do."),
    "rebuild": ("ragchat.cli.commands.library", "Make the index anew from what is stored."),
    "backup": ("ragchat.cli.commands.backup", "Write the library into one file."),
    "restore": ("ragchat.cli.commands.backup", "Put a backup in the library's place."),
}

NAMES = {"eval": "evaluate"}
"""Commands whose function is called otherwise: their own name means something in Python."""


class LazyGroup(click.Group):
    """Knows its commands by name and one line each, so that `--help` imports nothing heavy."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of a first visit."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command itself, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(
            importlib.import_module(module), NAMES.get(cmd_name, cmd_name)
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in `--help`, without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ragchat", prog_name="ragchat")
def cli() -> None:
    """A chat with Claude that knows your documents and remembers every conversation.

    \b
    ragchat ingest ./docs     read a folder into the library, again and again
    ragchat ask               talk about it; every exchange is remembered
    ragchat recall "…"        find what was said, in any conversation
    """


def main() -> NoReturn:
    """Run the command line and leave with the exit code that its contract names."""
    from ragchat.interrupts import INTERRUPTED, closing_signals, ignore_signals

    # Files are readable by their owner alone.
    os.umask(0o077)
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
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    An error becomes one line on stderr, below its traceback if --debug is among the arguments.
    """
    from ingest.errors import IngestError
    from ragchat.errors import RagchatError
    from ragchat.interrupts import INTERRUPTED, terminal_is_gone

    debug = "--debug" in arguments
    try:
        result = cli.main(arguments, prog_name="ragchat", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        _show_lines(shown.getvalue())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        return 0
    except (IngestError, RagchatError) as error:
        if debug:
            _trace()
        return _fail(str(error), _exit_code(error))
    except Exception as error:  # noqa: BLE001 - a bug is reported in one line, too
        if isinstance(error, OSError) and terminal_is_gone():
            return INTERRUPTED
        if debug:
            _trace()
        what = f"{type(error).__name__}: {error}"
        return _fail(f"something unexpected ({what}): please report it, with what --debug shows", 1)
    return result if isinstance(result, int) else 0


def _trace() -> None:
    """Print the current traceback. It may quote a server, so keys in it are redacted."""
    import traceback

    _show_lines(traceback.format_exc())


def _show_lines(text: str) -> None:
    from ragchat.claude.redaction import keys_in, redacted
    from ragchat.terminal.screen import Screen

    for line in redacted(text, keys_in(os.environ)).splitlines():
        Screen().note(line)


def _exit_code(error: Exception) -> int:
    from ingest.errors import StoreError
    from ragchat.errors import RagchatError

    if isinstance(error, RagchatError):
        return error.exit_code
    return 5 if isinstance(error, StoreError) else 1


def _fail(message: str, code: int) -> int:
    from ragchat.claude.redaction import keys_in, redacted
    from ragchat.terminal.screen import Screen

    with contextlib.suppress(OSError):  # stderr may be a terminal that was closed
        Screen().error(redacted(message, keys_in(os.environ)))
    return code


def _leave(code: int) -> NoReturn:
    """Exit without waiting for background threads, which may still be loading libraries."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # its reader or its terminal may be gone
            stream.flush()
    os._exit(code)
