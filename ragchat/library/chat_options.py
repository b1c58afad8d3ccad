"""How to ask, beside the settings; apart from `chats.py`, which imports all that a chat needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ragchat.claude.wire import PLAIN, Shape

if TYPE_CHECKING:
    from ingest.document import Kind
    from ingest.search.scope import Scope


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How to ask, beside the settings.

    - `kinds`: the kinds of passages to retrieve; an empty tuple retrieves none.
    - `tags`: of documents only those with all of these in their front matter.
    - `conversation`: the id or title of the conversation to continue; True for the latest one,
      False for a new one.
    - `save`: whether the exchange is remembered.
    - `as_of`: memory holds nothing that was said later.
    - `max_cost`: spending limit in US dollars.
    - `shape`: a JSON Schema that the answer must follow, or its beginning.
    - `within`: the documents and times that are retrieved from; None for all.
    """

    kinds: tuple[Kind, ...] = ("document", "memory")
    tags: tuple[str, ...] = ()
    conversation: str | bool = False
    save: bool = True
    as_of: datetime | None = None
    max_cost: float | None = None
    shape: Shape = PLAIN
    within: Scope | None = None
