"""The files of settings: the user's and the library's config.toml, and the profiles in them."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ragchat.errors import UsageError

PROFILES = "profiles"
"""The table of config.toml that holds the profiles."""

Profiles = Mapping[str, Mapping[str, Any]]
"""The settings of each profile of a file, by its name."""


def default_home() -> Path:
    """The library's folder: RAGCHAT_HOME, else the platform's folder for a user's data."""
    given = os.environ.get("RAGCHAT_HOME")
    return Path(given).expanduser().absolute() if given else _data_folder()


def config_path(home: Path) -> Path:
    """The file of a library's settings."""
    return home / "config.toml"


def user_config_path() -> Path:
    """The file of the user's settings for every library, in the platform's folder for that:
    `~/.config/ragchat/config.toml` on Linux.
    """
    import platformdirs

    return Path(platformdirs.user_config_dir("ragchat", appauthor=False)) / "config.toml"


def written_config(home: Path) -> Path:
    """The file that `config set` writes: the library's if there is one or its folder was chosen,
    else the user's.
    """
    own = config_path(home)
    return own if own.exists() or home != _data_folder() else user_config_path()


def config_files(home: Path) -> dict[str, dict[str, Any]]:
    """The settings in the user's file and the library's, by path; the later wins."""
    paths = dict.fromkeys((user_config_path(), config_path(home)))
    return {str(path): read_config(path) for path in paths}


def read_config(path: Path) -> dict[str, Any]:
    """Return the settings in a file as they are written there; none without such a file."""
    if path.exists() and not path.is_file():  # a pipe would be waited for without an end
        raise UsageError(f"cannot read {path}: it is not a regular file; move it away")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):  # the store reports a bad folder
        return {}
    except (OSError, ValueError) as error:  # both decoders' errors are ValueErrors
        raise UsageError(f"cannot read {path} ({error}): fix the file or remove it") from error
    return values


def profiles(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Profiles]:
    """The profiles in each of the files. Raises UsageError where they are not tables."""
    found = {path: table.get(PROFILES, {}) for path, table in files.items()}
    for path, named in found.items():
        if not isinstance(named, dict) or not all(isinstance(one, dict) for one in named.values()):
            raise UsageError(f"{path} sets {PROFILES}: write a table for each, [{PROFILES}.NAME]")
    return found


def profile_names(found: Mapping[str, Profiles]) -> list[str]:
    """The names of the profiles of all files."""
    return list(dict.fromkeys(name for named in found.values() for name in named))


def in_profile(found: Mapping[str, Profiles], name: str) -> dict[str, Mapping[str, Any]]:
    """The settings of a profile in each of the files. Raises UsageError if none has it."""
    known = profile_names(found)
    if name not in known:
        near = next(iter(difflib.get_close_matches(name, known, n=1)), "")
        advice = f"did you mean {near}?" if near else f"write [{PROFILES}.{name}] in config.toml"
        raise UsageError(f"there is no profile {name!r}: {advice}")
    return {path: named.get(name, {}) for path, named in found.items()}


def _data_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("ragchat", appauthor=False))
