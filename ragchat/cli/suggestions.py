"""What to write instead of a command that does not exist; pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SYNONYMS = {
    "chat": "ask",
    "query": "ask",
    "find": "search",
    "grep": "search",
    "remember": "recall",
    "memory": "recall",
    "add": "ingest",
    "import": "ingest",
    "index": "ingest",
    "load": "ingest",
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
    "check": "doctor",
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
}
"""Words that people try, and the command that does it."""


def suggestion(name: str, commands: Iterable[str]) -> str:
    """Return the end of a message about a command that does not exist."""
    near = difflib.get_close_matches(name.lower(), commands, n=1)
    meant = SYNONYMS.get(name.lower()) or next(iter(near), "")
    return f"did you mean `ragchat {meant}`?" if meant else "`ragchat --help` lists them"
