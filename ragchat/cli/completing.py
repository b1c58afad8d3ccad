"""What Tab completes in the shell beside commands, options and files: values, names and ids.

Bash puts a value into the command line as it is, and shows a description as it is: the id or the
title of an imported conversation must be neither a command nor an escape sequence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ragchat.cleaning import one_line
from ragchat.config_files import config_files, default_home, profile_names, profiles
from ragchat.errors import UsageError
from ragchat.settings import CHOICES, Settings

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from ingest.store import Store

Complete = Callable[["click.Context", "click.Parameter", str], "list[CompletionItem]"]
"""Returns the values of a parameter that begin with what was typed of it."""

LONGEST = 100
"""Characters of a description."""
_PLAIN = re.compile(r"\w[\w.:/@+=-]{0,199}")
"""A value that is one word to every shell; any other has to be typed."""


def among(known: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Complete:
    """Return the completion of one of the known values, each of which has a description."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        del param
        return [
            CompletionItem(value, help=one_line(description)[:LONGEST] or None)
            for value, description in known(ctx)
            if value.startswith(incomplete) and _PLAIN.fullmatch(value)
        ]

    return complete


def _choices(setting: str) -> Complete:
    return among(lambda ctx: [(value, "") for value in CHOICES[setting]])


def _topics(ctx: click.Context) -> Iterator[tuple[str, str]]:
    from ragchat.cli.handbook import pages

    del ctx
    for page in pages():
        yield page.name, page.title


def _models(ctx: click.Context) -> list[tuple[str, str]]:
    """Return Claude's models; what another server offers is not asked for at a Tab."""
    from ragchat.claude.prices import PRICES

    del ctx
    return [(name, "") for name in PRICES]


def _profile_names(ctx: click.Context) -> list[tuple[str, str]]:
    with suppress(UsageError):
        return [(name, "") for name in profile_names(profiles(config_files(_home(ctx))))]
    return []


def _collections(ctx: click.Context) -> list[tuple[str, str]]:
    return _of_library(ctx, lambda store: [(name, "") for name in store.collections()])


def _conversations(ctx: click.Context) -> list[tuple[str, str]]:
    """Return the conversations of the collection that was named before, or of all."""
    chosen = ctx.params.get("collection")

    def listed(store: Store) -> list[tuple[str, str]]:
        rows = [store.look_up(name) for name in store.collections() if chosen in (None, name)]
        known = (one for row in rows for one in store.conversations.entries(row))
        return [(conversation.id, conversation.title) for conversation in known]

    return _of_library(ctx, listed)


def _of_library(
    ctx: click.Context, read: Callable[[Store], list[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """Read from the library; nothing if it cannot be read: Tab has no place for an error."""
    from ingest.errors import IngestError
    from ingest.records.home import is_library
    from ingest.store import Store

    home = _home(ctx)
    if is_library(home):
        with suppress(IngestError, OSError), Store(home) as store:
            return read(store)
    return []


def _home(ctx: click.Context) -> Path:
    given = ctx.params.get("home")
    return given.expanduser().absolute() if isinstance(given, Path) else default_home()


effort, history = _choices("effort"), _choices("history")
setting = among(lambda ctx: [(name, "") for name in Settings.__dataclass_fields__])
model, profile = among(_models), among(_profile_names)
topic, collection, conversation = among(_topics), among(_collections), among(_conversations)
