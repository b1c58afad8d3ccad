"""What every command shares: its options, and the settings that follow from them."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ragchat.errors import UsageError
from ragchat.settings import Settings, default_home, load

if TYPE_CHECKING:
    from ingest.store import Store

_DAY = "%Y-%m-%d"
_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z")


def day_begun(value: str) -> datetime:
    """The time that is given, in local time if it has no offset; of a bare day, its beginning."""
    return _moment(value, timedelta())


def day_over(value: str) -> datetime:
    """The time that is given, in local time if it has no offset; of a bare day, its end."""
    return _moment(value, timedelta(days=1))


def some_path(value: str) -> Path:
    """The path that is given. An empty one would be the current folder, with everything in it."""
    if not value:
        raise click.BadParameter("the path is empty: give a file or a folder")
    return Path(value)


class RegularFile(click.Path):
    """A file that is read or replaced: a pipe would be waited for without an end, and a device
    be read for ever or overwritten. One that is missing is left to the command.
    """

    def __init__(self, *, exists: bool = False) -> None:
        super().__init__(exists=exists, dir_okay=False, path_type=Path)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path; a usage error for what is there and no regular file."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(path.stat().st_mode):
                self.fail(f"{str(path)!r} is not a regular file: give the path of one", param, ctx)
        return path


def _moment(value: str, into_day: timedelta) -> datetime:
    for form in (_DAY, *_TIMES):
        # Years that no clock has fail in arithmetic, later than in their form.
        with contextlib.suppress(ValueError, OverflowError, OSError):
            given = datetime.strptime(value, form)
            return (given + into_day if form == _DAY else given).astimezone()
    raise click.BadParameter(f"{value!r} is no day like 2026-03-04 or time like 2026-03-04T12:30")


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

    def collections(self, store: Store) -> list[str]:
        """The names of the collections to look in: the one in use, with --all every one."""
        own = self.settings().collection
        others = store.collections() if self.everywhere else []
        return [own, *(each for each in others if each != own)]

    def one_collection(self) -> str:
        """The name of the collection to change. Raises UsageError for --all."""
        if self.everywhere:
            raise UsageError("--all only looks: name the collection to change with --collection")
        return self.settings().collection


_OPTIONS = (
    click.option("--collection", metavar="C", help="The library within the library to use."),
    click.option("--all", "everywhere", is_flag=True, help="Look in every collection."),
    click.option(
        "--home",
        type=some_path,
        metavar="DIRECTORY",
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
