"""Settings, each place over the one before: defaults, the user's config.toml, the library's, a
project's `.ragchat.toml`, a profile, the environment (RAGCHAT_<NAME>), flags.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.document import KINDS, Kind
from ragchat.config_files import PROFILES, config_files, in_profile, profiles
from ragchat.errors import UsageError

CHOICES: Mapping[str, tuple[str, ...]] = {
    "citations": ("auto", "native", "text"),
    "effort": ("auto", "low", "medium", "high", "max"),
    "history": ("rag", "window", "summary", "full"),
    "scope": ("all", "documents", "memory"),
}

RENAMED: Mapping[str, str] = {"more_told": "personal_memories"}
"""Settings under their names of the version before, which still work, with a notice."""

NOT_SETTINGS = frozenset({"RAGCHAT_CACHE", "RAGCHAT_HOME", "RAGCHAT_PROFILE"})
"""Variables that begin like a setting's and mean something else."""

_NEVER_EMPTY = frozenset({"model", "summary_model", "collection"})
_ZERO_ALLOWED = frozenset({"timeout", "retries", "personal_memories"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default. Tokens are the model's, as estimated."""

    model: str = "claude-sonnet-5-5"
    system: str = ""
    collection: str = "default"
    scope: str = "all"
    citations: str = "auto"
    embedding_model: str = ""
    rerank_model: str = ""
    chroma_url: str = ""
    top_k: int = 8
    personal_memories: int = 24
    window_tokens: int = 8_000
    context_tokens: int = 3_000
    request_tokens: int = 12_000
    question_tokens: int = 4_000
    max_tokens: int = 16_000
    effort: str = "auto"
    max_cost_day: float = 0.0
    max_cost_month: float = 0.0
    history: str = "rag"
    long_window_tokens: int = 20_000
    full_tokens: int = 150_000
    summary_model: str = "claude-haiku-5-5"
    timeout: int = 0
    retries: int = 3


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it was set: `default`, a file, a variable or a flag."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The settings in a project's file, by its path."""

    path: str
    values: Mapping[str, Any]


def load(
    home: Path,
    environment: Mapping[str, str],
    flags: Mapping[str, Any],
    notice: Callable[[str], None] = lambda line: None,
    *,
    profile: str | None = None,
) -> Settings:
    """The settings in force. Flags whose value is None were not given.

    `notice` is called with a line for each setting under an old name. `profile` names a table
    `[profiles.NAME]` of config.toml; without it, RAGCHAT_PROFILE does.

    Raises UsageError for an unknown name or a value of the wrong kind; the message names the place.
    """
    resolved = resolve(home, environment, flags, notice, profile=profile)
    return Settings(**{name: setting.value for name, setting in resolved.items()})


def resolve(
    home: Path,
    environment: Mapping[str, str],
    flags: Mapping[str, Any],
    notice: Callable[[str], None] = lambda line: None,
    *,
    profile: str | None = None,
    project: ProjectSettings | None = None,
) -> dict[str, Value]:
    """Every setting with its value and the place it comes from. Raises what `load` raises."""
    values = {field.name: Value(field.default, "default") for field in dataclasses.fields(Settings)}

    def put(origin: str, table: Mapping[str, Any]) -> None:
        for name, value in table.items():
            current = _current(name, origin, notice)
            values[current] = Value(valid(current, value, origin), origin)

    files = config_files(home)
    named = profiles(files)
    for path, table in files.items():
        put(path, {name: value for name, value in table.items() if name != PROFILES})
    if project is not None:
        put(project.path, project.values)
    chosen = profile or environment.get("RAGCHAT_PROFILE")
    if chosen:
        for path, chosen_table in in_profile(named, chosen).items():
            put(f"{path} [{PROFILES}.{chosen}]", chosen_table)
    for variable, value in _variables(environment):
        put(variable, {variable.removeprefix("RAGCHAT_").lower(): value})
    for name, value in flags.items():
        if value is not None:
            flag = f"--{name.replace('_', '-')}"
            values[name] = Value(valid(name, value, flag), flag)
    return values


def valid(name: str, value: object, origin: str) -> Any:  # noqa: ANN401 - a text or a number
    """The value of a setting as its kind. Raises UsageError, which names `origin`."""
    kind = type(_default(name, origin))
    if kind is int:
        return _whole_number(name, value, origin)
    if kind is float:
        return _amount(name, value, origin)
    if not isinstance(value, str):
        raise _wrong(name, value, origin, "the value must be a text in quotes")
    if not is_utf8(value):
        raise _wrong(name, value, origin, "it is not UTF-8; write it again")
    if value not in CHOICES.get(name, (value,)):
        raise _wrong(name, value, origin, f"use {', '.join(CHOICES[name])}")
    if name in _NEVER_EMPTY and not value.strip():
        raise _wrong(name, value, origin, "write a name, or leave it out for the default")
    return value


def is_utf8(text: str) -> bool:
    """Return whether a text of the command line or the environment was UTF-8, so that it can be
    stored.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _wrong(name: str, value: object, origin: str, advice: str) -> UsageError:
    """Return the error for a value; a flag, a variable or a name says which setting it is."""
    says_it = origin.replace("-", "_").lower().endswith(name)
    what = f"{origin} is {value!r}" if says_it else f"{origin} sets {name} to {value!r}"
    return UsageError(f"{what}: {advice}")


def kinds_of(scope: str) -> tuple[Kind, ...]:
    """The kinds of passages that a scope takes in."""
    if scope == "all":
        return KINDS
    return ("document",) if scope == "documents" else ("memory",)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that a mistyped one resembles most; an empty string if none does."""
    return next(iter(difflib.get_close_matches(name.replace("-", "_"), list(known), n=1)), "")


def _variables(environment: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Variables that set something. Raises UsageError for one that is not a setting's name."""
    for variable, value in sorted(environment.items()):
        if variable.startswith("RAGCHAT_") and variable not in NOT_SETTINGS and value:
            yield variable, value


def _current(name: str, origin: str, notice: Callable[[str], None]) -> str:
    if name in RENAMED:
        notice(f"{origin} sets {name}, which is now called {RENAMED[name]}: rename it")
        return RENAMED[name]
    return name


def _default(name: str, origin: str) -> object:
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}
    if name in defaults:
        return defaults[name]
    if origin.startswith("RAGCHAT_"):
        near = nearest(name, defaults)
        known = f"RAGCHAT_{near.upper()}"
        advice = f"did you mean {known}?" if near else "`ragchat config show` lists the settings"
        raise UsageError(f"the variable {origin} is not a setting: {advice}")
    near = nearest(name, defaults)
    advice = f"did you mean {near}?" if near else f"the settings are {', '.join(defaults)}"
    raise UsageError(f"{origin} sets {name}, which is not a setting: {advice}")


def _whole_number(name: str, value: object, origin: str) -> int:
    least = 0 if name in _ZERO_ALLOWED else 1
    try:
        number = int(value) if isinstance(value, (int, str)) else -1
    except ValueError:
        number = -1
    if number < least:
        raise _wrong(name, value, origin, f"write a whole number from {least} up")
    return number


def _amount(name: str, value: object, origin: str) -> float:
    try:
        amount = float(value) if isinstance(value, int | float | str) else -1.0
    except ValueError:
        amount = -1.0
    if not 0 <= amount < math.inf:
        raise _wrong(name, value, origin, "write an amount in US dollars, or 0 for no limit")
    return amount
