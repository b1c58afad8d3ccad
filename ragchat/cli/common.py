"""The options of every command, and the settings and collections that follow from them."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ragchat.cli import completing
from ragchat.cli.parameter_types import NonemptyPath
from ragchat.config_files import default_home
from ragchat.errors import UsageError
from ragchat.settings import Settings, Value, is_utf8, resolve

if TYPE_CHECKING:
    from ingest.store import Store
    from ragchat.terminal.screen import Screen

download_option = click.option(
    "--download",
    is_flag=True,
    help="Fetch the model from the Hugging Face hub if it is not on this machine.",
)

_noticed: set[str] = set()
"""Notices that this process has shown; settings are read more than once."""


@dataclass(frozen=True, slots=True)
class Common:
    """The values of the options that every command has."""

    home: Path
    collection: str | None
    everywhere: bool
    json: bool
    yes: bool
    profile: str | None = None

    def settings(self, **flags: object) -> Settings:
        """Return the settings in force; a flag that is None was not given."""
        return Settings(**{name: value.value for name, value in self.values(**flags).items()})

    def values(self, **flags: object) -> dict[str, Value]:
        """Return the settings in force, each with where it was set."""
        from ragchat.library.project import settings_of_project

        given = {"collection": self.collection, **flags}
        project = settings_of_project(_notice)
        return resolve(self.home, os.environ, given, _notice, profile=self.profile, project=project)

    def origin(self, setting: str) -> str:
        """Return where a setting was set: `default`, a file, a variable or a flag."""
        return self.values()[setting].origin

    def collections(self, store: Store) -> list[str]:
        """Return the names of the collections to read: the one in use, with --all every one.

        Raises UsageError if the user named one that does not exist.
        """
        own = self.settings().collection
        existing = store.collections()
        if own not in existing:
            self._missing(own, existing)
        others = existing if self.everywhere else []
        return [own, *(name for name in others if name != own)]

    def one_collection(self, store: Store) -> str:
        """Return the name of the collection to change, which exists.

        Raises UsageError for --all and for a name that does not exist.
        """
        self.forbid_all()
        return self.collections(store)[0]

    def new_collection(self, store: Store) -> str:
        """Return the name of the collection to write to, and say if it is a new one."""
        own = self.settings().collection
        existing = store.collections()
        if own not in existing and (existing or self.origin("collection") != "default"):
            known = f"; the library has {', '.join(existing)}" if existing else ""
            _notice(f"{own!r} is a new collection{known}")
        return own

    def agrees(self, screen: Screen, question: str, *, unasked: str | None = None) -> bool:
        """Ask the user, unless --yes agrees. Where no user can answer it is agreed to, or raises
        UsageError with the line `unasked`.
        """
        if self.yes:
            return True
        if unasked is not None and not screen.can_ask:
            raise UsageError(unasked)
        return screen.confirm(question)

    def forbid_all(self) -> None:
        """Raise UsageError for --all."""
        if self.everywhere:
            raise UsageError("--all works only with commands that read: name one with --collection")

    def _missing(self, name: str, existing: list[str]) -> None:
        if existing:
            known = f"the library has {', '.join(existing)}: choose one with --collection"
        else:
            known = f"the library is empty: `ragchat ingest FOLDER --collection {name}` creates it"
        if self.origin("collection") != "default":
            raise UsageError(f"there is no collection {name!r}: {known}")
        if existing and not self.everywhere:
            _notice(f"the collection {name!r} is empty; {known}")


def _notice(line: str) -> None:
    from ragchat.terminal.screen import Screen

    if line not in _noticed:
        _noticed.add(line)
        Screen().note(line)


_OPTIONS = (
    click.option(
        "--collection",
        metavar="C",
        help="The collection to use.",
        shell_complete=completing.collection,
    ),
    click.option("--all", "everywhere", is_flag=True, help="Read every collection."),
    click.option(
        "--home",
        type=NonemptyPath(),
        metavar="DIRECTORY",
        help="The folder of the library (or RAGCHAT_HOME).",
    ),
    click.option(
        "--profile",
        metavar="P",
        help="Use the settings [profiles.P] of config.toml.",
        shell_complete=completing.profile,
    ),
    click.option("--json", is_flag=True, help="Print JSON instead of text."),
    click.option("--yes", is_flag=True, help="Do not ask before acting."),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)


MAY_BE_EMPTY = frozenset({"system"})
"""Options whose empty value means something: no system prompt of one's own."""

OPTION_NAMES = frozenset(
    {"--collection", "--all", "--home", "--profile", "--json", "--yes", "--debug"}
)
"""The names of the options above."""


def _check_texts(context: click.Context) -> None:
    """Raise UsageError for an option that is empty, mostly by a variable of the shell that is not
    set, and for a text that is not UTF-8, which could not be stored or sent.
    """
    for param in context.command.params:
        name = param.name or ""
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        given = context.params.get(name)
        texts = given if isinstance(given, tuple) else (given,)
        shown = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
        if "" in texts and isinstance(param, click.Option) and name not in MAY_BE_EMPTY:
            raise UsageError(f"{shown} is empty: write a value, or leave it out")
        if not all(is_utf8(text) for text in texts if isinstance(text, str)):
            raise UsageError(f"{shown} is not UTF-8: write it again, or convert it with iconv")


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command, which arrive as the first argument `common`."""

    @functools.wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401
        home: Path | None,
        collection: str | None,
        everywhere: bool,
        profile: str | None,
        json: bool,
        yes: bool,
        debug: bool,
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        del debug  # `ragchat.cli` reads it from the arguments before they are parsed
        _check_texts(click.get_current_context())
        folder = home.expanduser().absolute() if home is not None else default_home()
        common = Common(folder, collection, everywhere, json, yes, profile)
        return function(common, *arguments, **options)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command
