"""JSON as the contract has it: one place for the names of its fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

import click

from ingest.document import Passage
from ragchat.retrieval.explanation import Explanation
from ragchat.retrieval.folding import Folded


def print_json(value: object) -> None:
    """Print a value as JSON on stdout; everything outside ASCII is escaped, so that no control
    character reaches a terminal.
    """
    click.echo(json.dumps(value, indent=2))


def iso(time: datetime | None) -> str | None:
    """A time as JSON has it: UTC, ISO 8601."""
    return time.isoformat(timespec="seconds") if time is not None else None


def passage_fields(passage: Passage) -> dict[str, Any]:
    """A passage as `search` and `recall` print it."""
    return {
        "kind": passage.kind,
        "id": passage.id,
        "source": passage.source,
        "start_line": passage.start_line,
        "end_line": passage.end_line,
        "conversation": passage.conversation,
        "time": iso(passage.time),
        "text": passage.text,
        "score": passage.score,
    }


def found_fields(
    found: Sequence[Folded], explained: Mapping[str, Explanation] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """What `search` and `recall` print; `earlier` are older exchanges that say the same, `explain`
    is how a passage was ranked, where that was asked for.
    """
    return [
        passage_fields(each.passage)
        | ({"explain": asdict(explained[each.passage.id])} if explained else {})
        | ({"earlier": [passage_fields(old) for old in each.earlier]} if each.earlier else {})
        for each in found
    ]
