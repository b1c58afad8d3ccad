"""What every command shares: its options, and the settings that follow from them."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ragchat.settings import Settings, default_home, load

DAY = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

download_option = click.option(
    "--download",
    is_flag=True,
    help="Fetch the model that is wanted from the Hugging Face hub if it is missing.",
)


@dataclass(frozen=True, slots=True)
class Common:
    """The options that stand on every command."""

    home: Path
    collection: str | None
    everywhere: bool
    json: bool
    yes: bool

    def settings(self, **flags: object) -> Settings:
        """The settings in force; a flag that is None was not given."""
        return load(self.home, os.environ, {"collection": self.collection, **flags})


_OPTIONS = (
    click.option("--collection", metavar="C", help="The library within the library to use."),
    click.option("--all", "everywhere", is_flag=True, help="Look in every collection."),
    click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder of the library (or RAGCHAT_HOME).",
    ),
    click.option("--json", is_flag=True, help="Print JSON instead of text."),
    click.option("--yes", is_flag=True, help="Do not ask before acting."),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of every command, as its first argument `common`."""

    @functools.wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401
        home: Path | None,
        collection: str | None,
        everywhere: bool,
        json: bool,
        yes: bool,
        debug: bool,
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        del debug  # `ragchat.cli` looks for it before anything is parsed
        where = home.expanduser().absolute() if home is not None else default_home()
        common = Common(where, collection, everywhere, json, yes)
        return function(common, *arguments, **options)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command
