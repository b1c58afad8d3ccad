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
    from ragchat.interrupts import closing_signals

    # Everything that is written is for its owner's eyes alone.
    os.umask(0o077)
    _open_what_is_closed()
    with closing_signals():
        code = run(sys.argv[1:])
    _leave(code)


def _open_what_is_closed() -> None:
    """Stand in for standard streams that are closed: no file of ours may take their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code; errors become one line on stderr, below the
    traceback where that is wanted.
    """
    from ingest.errors import IngestError
    from ragchat.errors import RagchatError

    debug = "--debug" in arguments
    try:
        result = cli.main(arguments, prog_name="ragchat", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        _show_lines(shown.getvalue())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _told("interrupted", 130)
    except BrokenPipeError:
        return 0
    except (IngestError, RagchatError) as error:
        if debug:
            _trace()
        return _told(str(error), _exit_code(error))
    except Exception as error:  # noqa: BLE001 - a mistake of ours is no reason for a traceback
        if debug:
            _trace()
        what = f"{type(error).__name__}: {error}"
        return _told(f"something unexpected ({what}): please report it, with what --debug shows", 1)
    return result if isinstance(result, int) else 0


def _trace() -> None:
    """Show where the error in hand came from; what a server said stands in it, perhaps the key."""
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


def _told(message: str, code: int) -> int:
    from ragchat.claude.redaction import keys_in, redacted
    from ragchat.terminal.screen import Screen

    Screen().error(redacted(message, keys_in(os.environ)))
    return code


def _leave(code: int) -> NoReturn:
    """Leave at once: background threads that still load libraries are not waited for."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
