"""What to write instead of a command or an option that does not exist; pure."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Collection, Iterable, Mapping

from ragchat.settings import Settings

SYNONYMS = {
    "chat": "ask",
    "query": "ask",
    "talk": "ask",
    "find": "search",
    "grep": "search",
    "remember": "recall",
    "memory": "recall",
    "add": "ingest",
    "import": "ingest",
    "index": "ingest",
    "load": "ingest",
    "learn": "ingest",
    "read": "ingest",
    "sync": "ingest",
    "watch": "ingest",
    "delete": "forget",
    "remove": "forget",
    "rm": "forget",
    "files": "sources",
    "list": "sources",
    "ls": "sources",
    "history": "conversations",
    "sessions": "conversations",
    "info": "status",
    "stats": "status",
    "usage": "status",
    "check": "doctor",
    "repair": "doctor --fix",
    "fix": "doctor --fix",
    "reindex": "rebuild",
    "settings": "config",
    "man": "help",
    "docs": "help",
    "open": "sources show",
    "show": "conversations show",
    "cat": "conversations show",
    "resume": "ask --continue",
    "continue": "ask --continue",
    "export": "conversations export",
    "rename": "conversations rename",
    "merge": "conversations merge",
    "cost": "status",
    "model": "models",
    "version": "--version",
    "save": "backup",
    "serve": "mcp",
    "server": "mcp",
}
"""Words that people try, and the command that does it."""

_WITHIN: Mapping[str, Mapping[str, str]] = {
    "config": {
        **dict.fromkeys(("list", "ls"), "config show"),
        **dict.fromkeys(("reset", "delete", "remove", "rm"), "config unset"),
        **{name: f"config set {name} VALUE" for name in Settings.__dataclass_fields__},
    },
    "conversations": {
        **dict.fromkeys(("rm", "remove", "forget"), "conversations delete"),
        **dict.fromkeys(("search", "find"), "recall"),
        **dict.fromkeys(("resume", "continue", "open"), "ask --conversation ID"),
    },
    "sources": {
        **dict.fromkeys(("rm", "delete", "forget"), "sources remove"),
        "add": "ingest",
        **dict.fromkeys(("search", "find"), "sources list PATTERN"),
    },
}
"""The same for the commands of a group."""

_OPTIONS = {
    "-c": "--continue",
    "--resume": "--continue",
    "-m": "--model",
    "-s": "--system",
    "-f": "--file",
    "-n": "--top-k",
    "-k": "--top-k",
    "--limit": "--top-k",
    "--tokens": "--max-tokens",
    "--path": "--in",
    "-v": "--verbose",
    "-y": "--yes",
    "--force": "--yes",
    "--repair": "--fix",
}
"""Options that people try, and the one that does it."""

_SIMILAR = 0.7
"""Similarity (0..1, difflib, without dashes) of a mistyped option: "--stream" is not "--system"."""


def suggestion(name: str, commands: Iterable[str]) -> str:
    """Return the end of a message about a command that does not exist; several words are taken for
    a question.
    """
    if len(name.split()) > 1:
        return f"did you mean `ragchat ask {shlex.quote(name)}`?"
    near = difflib.get_close_matches(name.lower(), commands, n=1)
    meant = SYNONYMS.get(name.lower()) or next(iter(near), "")
    return f"did you mean `ragchat {meant}`?" if meant else "`ragchat --help` lists them"


def within(group: str, name: str) -> str:
    """Return the command that is meant by an unknown one of a group; "" where that is not known."""
    return _WITHIN.get(group, {}).get(name.lower().replace("-", "_"), "")


def options_like(name: str, known: Collection[str]) -> list[str]:
    """Return the options of a command that an unknown one may mean."""
    if (meant := _OPTIONS.get(name)) in known:
        return [str(meant)]
    letters = {option.lstrip("-"): option for option in known if option.startswith("--")}
    near = difflib.get_close_matches(name.lstrip("-"), letters, cutoff=_SIMILAR)
    return [letters[word] for word in near] if name.startswith("--") else []
