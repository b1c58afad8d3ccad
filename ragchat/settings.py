"""Settings: defaults, then config.toml, then the environment (RAGCHAT_<NAME>), then flags."""

from __future__ import annotations

import dataclasses
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragchat.errors import UsageError

CHOICES: Mapping[str, tuple[str, ...]] = {
    "citations": ("auto", "native", "text"),
    "effort": ("auto", "low", "medium", "high", "max"),
    "history": ("rag", "window", "summary", "full"),
}

MAY_BE_NOTHING = {"timeout", "retries", "more_told"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default. Tokens are the model's, as estimated."""

    model: str = "claude-sonnet-5-5"
    system: str = ""
    collection: str = "default"
    citations: str = "auto"
    embedding_model: str = ""
    rerank_model: str = ""
    chroma_url: str = ""
    top_k: int = 8
    more_told: int = 24
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


def default_home() -> Path:
    """Where the library is: RAGCHAT_HOME, else the platform's folder for a user's data."""
    given = os.environ.get("RAGCHAT_HOME")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("ragchat", appauthor=False))


def load(home: Path, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """The settings in force. `flags` whose value is None were not given.

    Raises UsageError for a value that is not of its kind, naming where it was set.
    """
    values: dict[str, Any] = {}
    for name, value in _config(home / "config.toml").items():
        values[name] = _valid(name, value, f"{home / 'config.toml'}")
    for field in dataclasses.fields(Settings):
        variable = f"RAGCHAT_{field.name.upper()}"
        if environment.get(variable):
            values[field.name] = _valid(field.name, environment[variable], variable)
    for name, value in flags.items():
        if value is not None:
            values[name] = _valid(name, value, f"--{name.replace('_', '-')}")
    return Settings(**values)


def _config(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():  # a pipe would be waited for without an end
        raise UsageError(f"cannot read {path}: it is not a regular file; move it away")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):  # the store says what a bad folder is
        return {}
    except (OSError, ValueError) as error:  # both decoders' errors are ValueErrors
        raise UsageError(f"cannot read {path} ({error}): mend it or take it away") from error
    return values


def _valid(name: str, value: object, where: str) -> object:
    kinds = {field.name: type(field.default) for field in dataclasses.fields(Settings)}
    if name not in kinds:
        raise UsageError(f"{where} sets {name}, which is no setting: there are {', '.join(kinds)}")
    if kinds[name] is int:
        return _whole_number(name, value, where)
    if kinds[name] is float:
        return _amount(name, value, where)
    if not isinstance(value, str):
        raise UsageError(f"{where} sets {name} to {value!r}: it takes a text")
    if value not in CHOICES.get(name, (value,)):
        raise UsageError(f"{where} sets {name} to {value!r}: use {', '.join(CHOICES[name])}")
    return value


def _whole_number(name: str, value: object, where: str) -> int:
    least = 0 if name in MAY_BE_NOTHING else 1
    try:
        number = int(value) if isinstance(value, (int, str)) else -1
    except ValueError:
        number = -1
    if number < least:
        raise UsageError(
            f"{where} sets {name} to {value!r}: it takes a whole number from {least} up"
        )
    return number


def _amount(name: str, value: object, where: str) -> float:
    try:
        amount = float(value) if isinstance(value, int | float | str) else -1.0
    except ValueError:
        amount = -1.0
    if not 0 <= amount < math.inf:
        raise UsageError(
            f"{where} sets {name} to {value!r}: it takes an amount in US dollars, or 0 for no limit"
        )
    return amount
