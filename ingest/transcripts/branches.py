"""Conversations that are trees, because questions were edited and answers made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.transcripts.transcript import EPOCH


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a tree: the id of the one before it, and its time."""

    parent: str
    time: datetime | None


def branch(tree: Mapping[str, Node], current: str = "") -> list[str]:
    """The ids from the first message to `current`, or to the newest leaf if that is not there."""
    if current not in tree:
        current = _newest_leaf(tree)
    found: dict[str, None] = {}
    while current in tree and current not in found:
        found[current] = None
        current = tree[current].parent
    return list(reversed(found))


def _newest_leaf(tree: Mapping[str, Node]) -> str:
    """Of equal times, and where there are none, the last in the file."""
    parents = {node.parent for node in tree.values()}
    leaves = [key for key in tree if key not in parents] or list(tree)
    return max(
        enumerate(leaves),
        key=lambda leaf: (tree[leaf[1]].time or EPOCH, leaf[0]),
        default=(0, ""),
    )[1]
