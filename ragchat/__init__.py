"""A chat with Claude in the terminal that knows your documents and remembers every conversation.

Knows queries, prompts, answers and the screen. Reads and writes libraries through `ingest` alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.document import Hit
    from ingest.errors import IngestError
    from ingest.intake.report import Report
    from ingest.intake.selection import Selection
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.claude.wire import Text
    from ragchat.errors import RagchatError
    from ragchat.library.asynchronous import AsyncLibrary
    from ragchat.library.chat_options import ChatOptions
    from ragchat.library.library import Library

__all__ = [
    "AsyncLibrary",
    "ChatOptions",
    "CheckedAnswer",
    "Hit",
    "IngestError",
    "Library",
    "RagchatError",
    "Report",
    "Selection",
    "Text",
]

_MODULES = {
    "AsyncLibrary": "ragchat.library.asynchronous",
    "ChatOptions": "ragchat.library.chat_options",
    "CheckedAnswer": "ragchat.answer.checked_answer",
    "Hit": "ingest.document",
    "IngestError": "ingest.errors",
    "Library": "ragchat.library.library",
    "RagchatError": "ragchat.errors",
    "Report": "ingest.intake.report",
    "Selection": "ingest.intake.selection",
    "Text": "ragchat.claude.wire",
}
"""The module of each name, which is imported at its first use."""


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
