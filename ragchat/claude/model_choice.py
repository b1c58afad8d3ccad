"""The model that a name typed by the user means, as its endpoint knows it; the effort in use."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ingest.text.amounts import listed
from ragchat.claude.capabilities import EFFORTS, effort_notice, effort_sent
from ragchat.claude.catalog import known_model
from ragchat.errors import RagchatError

if TYPE_CHECKING:
    from ragchat.claude.client import Claude

SHOWN = 5
"""Models that are named where the one that was typed does not exist."""


def chosen_model(claude: Claude, name: str) -> tuple[str | None, str]:
    """The model that a name means and what the user has to know of it; None if there is none.

    On Anthropic's endpoint "haiku" is the newest model of that line. Any other name is looked up in
    the list of the endpoint, where it may be a line, too, or a part of a single name; if the list
    cannot be read, the name is used as it is.
    """
    known = known_model(name)
    if known is not None and claude.is_anthropic:
        return known, ""
    try:
        offered = [model.id for model in claude.models() if not model.retired]
    except RagchatError as error:
        return name, f"{name} is used as it is ({error})"
    if name in offered:
        return name, ""
    if known in offered:
        return known, ""
    holding = [model for model in offered if name.casefold() in model.casefold()]
    if len(holding) == 1:
        return holding[0], ""
    near = difflib.get_close_matches(name, offered, SHOWN, 0.3)
    nearest = [*near, *(model for model in offered if model not in near)]
    there = f": it has {listed(nearest, SHOWN)}" if nearest else ""
    return None, f"{claude.host} has no model {name}{there} (`ragchat models` lists them)"


def unknown_effort(level: str) -> str:
    """Return the message for a level of effort that does not exist."""
    return f"there is no effort {level!r}: use {', '.join(EFFORTS[:-1])} or {EFFORTS[-1]}"


def effort_in_use(claude: Claude) -> str:
    """The effort that is set, and what of it is sent where that is not the same."""
    model, effort = claude.model.name, claude.effort
    if notice := effort_notice(model, effort, is_anthropic=claude.is_anthropic):
        return notice
    if effort != "auto":
        return f"effort: {effort}"
    sent = effort_sent(model, effort, is_anthropic=claude.is_anthropic)
    return f"effort: {effort} ({sent or 'not sent here'})"
