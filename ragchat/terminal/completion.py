"""What Tab completes after a command of the session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ragchat.claude.capabilities import EFFORTS
from ragchat.claude.prices import PRICES

if TYPE_CHECKING:
    from ragchat.terminal.workspace import Completable


def completions(library: Completable, command: str, start: str) -> Iterable[str]:
    """Return the arguments of a command that begin with `start`."""
    if command in ("save", "@"):
        return _paths(start)
    return [known for known in _arguments(library, command) if known.startswith(start)]


def _arguments(library: Completable, command: str) -> Iterable[str]:
    if command == "model":
        return PRICES
    if command == "effort":
        return EFFORTS
    if command == "collection":
        return library.collections()
    if command == "conversations":
        return [listed.id for listed in library.conversations()]
    if command in ("sources", "open"):
        last = library.chat.last
        return [str(source.n) for source in last.sources] if last else ()
    if command == "forget":
        exchanges = library.chat.conversation.exchanges
        return [exchange.id for exchange in reversed(exchanges)]
    return ()


def _paths(start: str) -> Iterator[str]:
    folder, _, name = start.rpartition("/")
    base = Path(folder + "/").expanduser() if folder or start.startswith("/") else Path()
    try:
        entries = sorted(base.iterdir())
    except OSError:
        return
    prefix = f"{folder}/" if folder or start.startswith("/") else ""
    for entry in entries:
        if entry.name.startswith(name) and (name.startswith(".") or not entry.name.startswith(".")):
            yield f"{prefix}{entry.name}{'/' if entry.is_dir() else ''}"
