"""The models there are: those of the price table, and those that an endpoint offers; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragchat.claude.prices import PRICES, without_date

LONGEST_NAME = 200
MOST_TOKENS = 10**9

_CONTEXT = ("max_input_tokens", "max_model_len", "max_context_length", "context_length")
"""The context's size as Anthropic, vLLM, LM Studio and gateways name it."""


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that an endpoint lists; `context` is in tokens, None where it does not say."""

    id: str
    name: str
    context: int | None = None
    retired: bool = False


def offered_models(entries: Sequence[object]) -> list[OfferedModel]:
    """Return the models of an endpoint's list, in its order. Malformed entries are left out."""
    found = []
    for entry in entries:
        identifier = _field(entry, "id")
        if isinstance(identifier, str) and identifier.strip():
            name = _field(entry, "display_name")
            found.append(
                OfferedModel(
                    id=identifier.strip()[:LONGEST_NAME],
                    name=name[:LONGEST_NAME] if isinstance(name, str) else "",
                    context=_context(entry),
                    retired=_field(entry, "lifecycle") == "retired",
                )
            )
    return found


def known_model(name: str) -> str | None:
    """The model of the price table that a name means: itself, its snapshot, the part after
    "claude-", or the newest of a line such as "haiku"; None for any other name.
    """
    wanted = name.strip().lower()
    for model in PRICES:
        if wanted == model.removeprefix("claude-"):
            return model
        if without_date(wanted) == model:
            return wanted
    line = wanted.removeprefix("claude-")
    return next((model for model in PRICES if model.split("-")[1] == line), None)


def model_of_settings(name: str, *, is_anthropic: bool) -> str:
    """Return the model to ask where the settings name this one; only Anthropic's own endpoint knows
    the names of lines, such as "haiku".
    """
    return (known_model(name) if is_anthropic else None) or name


def _context(entry: object) -> int | None:
    numbers = [_field(entry, name) for name in _CONTEXT]
    numbers.append(_field(_field(entry, "meta"), "n_ctx_train"))  # llama.cpp
    for number in numbers:
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= MOST_TOKENS:
            return number
    return None


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None
