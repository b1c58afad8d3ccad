"""`ragchat config`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json
from ragchat.config_files import PROFILES, read_config, written_config
from ragchat.errors import UsageError
from ragchat.settings import load, valid

if TYPE_CHECKING:
    from ragchat.settings import Value


@click.group()
def config() -> None:
    """Show and change settings."""


@config.command("show")
@common_options
def show_settings(common: Common) -> None:
    """Show every setting, its value and where it was set."""
    from ragchat.terminal.screen import Screen

    values = common.values()
    if common.json:
        print_json(
            [
                {"name": name, "value": _shown(value), "origin": value.origin}
                for name, value in values.items()
            ]
        )
        return
    rows = [(name, _shown(value), value.origin) for name, value in values.items()]
    Screen().table(rows, ("setting", "value", "set by"))


@config.command("get")
@click.argument("name", shell_complete=completing.setting)
@common_options
def get_setting(common: Common, name: str) -> None:
    """Print the value of a setting."""
    from ragchat.terminal.screen import Screen

    value = common.values()[_known(name)]
    if common.json:
        print_json({"name": name, "value": _shown(value), "origin": value.origin})
    else:
        Screen().result(str(_shown(value)))


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name", shell_complete=completing.setting)
@click.argument("value", required=False)
@common_options
def set_setting(common: Common, name: str, value: str | None) -> None:
    """Write a setting to config.toml. NAME=VALUE in one word is understood, too."""
    from ragchat.cli.config_file import put
    from ragchat.terminal.screen import Screen

    if value is None:
        name, equals, value = name.partition("=")
        if not equals:
            raise UsageError(f"a value is missing: `ragchat config set {name} VALUE`")
    path, name = written_config(common.home), _known(name)
    checked = valid(name, value, name)
    _require_usable(name, checked)
    put(path, name, checked)
    load(common.home, {}, {})  # another line of the file may be wrong
    Screen().say(f"{name} = {checked!r} in {path}")
    in_force = common.values()[name]
    if in_force.value != checked:
        Screen().note(f"{in_force.origin} sets it to {_shown(in_force)!r}, which wins")


@config.command("unset")
@click.argument("name", shell_complete=completing.setting)
@common_options
def unset_setting(common: Common, name: str) -> None:
    """Remove a setting from config.toml, so that its default is used."""
    from ragchat.cli.config_file import remove
    from ragchat.terminal.screen import Screen

    path, name = written_config(common.home), _known(name)
    if not remove(path, name):
        raise UsageError(f"{path} does not set {name}: `ragchat config show` says what does")
    Screen().say(f"{name} is no longer set in {path}")


@config.command("edit")
@common_options
def edit_settings(common: Common) -> None:
    """Open config.toml in $EDITOR and check it afterwards."""
    from ragchat.terminal.screen import Screen

    path = written_config(common.home)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        raise UsageError(f"{error.format_message()}: set $EDITOR") from error
    for profile in (None, *read_config(path).get(PROFILES, {})):
        settings = load(common.home, {}, {}, profile=profile)
        for name in ("collection", "chroma_url"):
            _require_usable(name, getattr(settings, name))
    Screen().say(f"{path} is valid")


@config.command("path")
@common_options
def show_path(common: Common) -> None:
    """Print the path of config.toml."""
    from ragchat.terminal.screen import Screen

    Screen().result(str(written_config(common.home)))


@config.command("trust", short_help="Use the .ragchat.toml of this folder.")
@click.option("--never", is_flag=True, help="Leave the file alone and do not mention it again.")
@common_options
def trust_project(common: Common, never: bool) -> None:
    """Show the .ragchat.toml of this folder or one above, and use it from now on.

    It may name a collection, a scope, a model and a system prompt, and nothing else. A file that
    changes has to be trusted again.
    """
    from ragchat.library import project
    from ragchat.terminal.screen import Screen

    screen, found = Screen(), project.find()
    if found is None:
        raise UsageError(f"there is no {project.NAME} in this folder or one above it")
    if not never:
        values = project.settings(found)
        screen.note(f"{found.path} sets:")
        screen.table([(name, str(value)) for name, value in values.items()], ("setting", "value"))
        refused = "nothing is trusted without being asked: add --yes"
        if not common.agrees(screen, "use these settings?", unasked=refused):
            screen.note("they are not used; --never stops the reminder")
            return
    project.decide(found, trusted=not never)
    screen.say(f"{found.path} is {'left alone' if never else 'used from now on'}")


def _require_usable(name: str, value: object) -> None:
    """Raise UsageError or InvalidName for a text that every later command would refuse."""
    if name == "collection":
        from ingest.records.collections import require_name

        require_name(str(value))
    elif name == "chroma_url":
        from ragchat.library.opening import server_of

        server_of(str(value))


def _known(name: str) -> str:
    """Return the name as a setting's. Raises UsageError with a suggestion."""
    from ragchat.settings import RENAMED, Settings, nearest

    known = tuple(Settings.__dataclass_fields__)
    name = name.replace("-", "_")
    name = RENAMED.get(name, name)
    if name not in known:
        near = nearest(name, known)
        advice = f"did you mean {near}?" if near else "`ragchat config show` lists them"
        raise UsageError(f"{name} is not a setting: {advice}")
    return name


def _shown(value: Value) -> object:
    """Return a value without a key or a password in it."""
    from ragchat.claude.redaction import keys_in, redacted

    if isinstance(value.value, str):
        return redacted(value.value, keys_in(os.environ))
    return value.value
