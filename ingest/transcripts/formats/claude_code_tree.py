"""Which lines of a session of Claude Code were taken back: its lines are a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.transcripts.formats.claude_code import Entry


def abandoned(entries: Mapping[str, Entry]) -> set[str]:
    """The prompts that were rewound, with all that followed them.

    A session that was rewound goes on from an earlier line, so the prompts that were taken back
    stand beside the way from the newest line to the first. Other lines stand beside it, too (tools
    that ran at once): they belong to the prompt before them.
    """
    roots = {key: _root(entries, key) for key in entries}
    newest = {roots[key]: key for key, entry in entries.items() if entry.kind != "other"}
    kept = {key for leaf in newest.values() for key in _upwards(entries, leaf)}
    gone = {key for key, entry in entries.items() if entry.kind == "prompt" and key not in kept}
    gone |= _first_prompts(entries, roots, list(newest))
    return {key for key in entries if gone and not gone.isdisjoint(_to_prompt(entries, key, gone))}


def _upwards(entries: Mapping[str, Entry], key: str | None) -> list[str]:
    """The way from a line to the first one."""
    way: dict[str, None] = {}
    while key and key in entries and key not in way:
        way[key] = None
        key = entries[key].parent
    return list(way)


def _root(entries: Mapping[str, Entry], key: str) -> str:
    return _upwards(entries, key)[-1]


def _to_prompt(entries: Mapping[str, Entry], key: str, gone: set[str]) -> list[str]:
    return [line for line in _upwards(entries, key) if line in gone]


def _first_prompts(
    entries: Mapping[str, Entry], roots: Mapping[str, str], spoken: list[str]
) -> set[str]:
    """The prompts that began the session before it was rewound to its very beginning.

    Only where every answer says what it follows: else lines without a parent mean nothing.
    """
    answers = [entry for entry in entries.values() if entry.kind == "answer"]
    if any(entry.parent not in entries for entry in answers):
        return set()
    begun = [key for key in spoken if entries[key].kind == "prompt" and not entries[key].parent]
    answered = {roots[entry.id] for entry in answers}
    begun = [key for key in begun if key in answered]
    return set(begun[:-1])
