"""`ragchat conversations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ragchat.cli.common import Common, common_options
from ragchat.cli.output import iso, print_json

if TYPE_CHECKING:
    from ingest.conversation import Conversation, Turn


@click.group()
def conversations() -> None:
    """List and show past conversations."""


@conversations.command("list")
@common_options
def list_conversations(common: Common) -> None:
    """All conversations, the last spoken first."""
    from ragchat.cli.wiring import open_store
    from ragchat.memory import Memory
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        found = Memory(store, common.settings().collection).summaries()
    if common.json:
        print_json(
            [
                {
                    "id": each.id,
                    "title": each.title,
                    "started": iso(each.started),
                    "last": iso(each.last),
                    "exchanges": each.exchanges,
                }
                for each in found
            ]
        )
    elif found:
        rows = [
            (each.id, f"{each.last.astimezone():%Y-%m-%d %H:%M}", str(each.exchanges), each.title)
            for each in found
        ]
        screen.table(rows, ("id", "last", "exchanges", "title"))
    else:
        screen.note("no conversations yet: `ragchat ask` starts one")


@conversations.command("show")
@click.argument("conversation_id", metavar="ID")
@common_options
def show_conversation(common: Common, conversation_id: str) -> None:
    """What was said, with the sources that each answer used. ID may be its beginning."""
    from ragchat.cli.wiring import open_store
    from ragchat.memory import Memory
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        memory = Memory(store, common.settings().collection)
        found = memory.conversation(conversation_id)
    if common.json:
        print_json(_fields(found))
        return
    screen.result(f"{found.title}  ({found.id}, {found.started.astimezone():%Y-%m-%d %H:%M})")
    for exchange in found.exchanges:
        screen.turn("you", exchange.question.time, exchange.question.text)
        screen.turn("Claude", exchange.answer.time, exchange.answer.text)
        if exchange.answer.status != "done":
            screen.note(f"({exchange.answer.status})")
        screen.sources(exchange.answer.sources)


def _fields(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "started": iso(conversation.started),
        "origin": conversation.origin,
        "exchanges": [
            {
                "id": each.id,
                "question": _turn_fields(each.question),
                "answer": _turn_fields(each.answer),
            }
            for each in conversation.exchanges
        ],
    }


def _turn_fields(turn: Turn) -> dict[str, Any]:
    fields: dict[str, Any] = {"text": turn.text, "time": iso(turn.time)}
    if turn.role == "assistant":
        fields |= {
            "status": turn.status,
            "model": turn.model,
            "stop_reason": turn.stop_reason,
            "usage": dict(turn.usage),
            "sources": [
                {
                    "n": ref.n,
                    "kind": ref.kind,
                    "id": ref.id,
                    "source": ref.source,
                    "start_line": ref.start_line,
                    "end_line": ref.end_line,
                    "conversation": ref.conversation,
                    "time": iso(ref.time),
                    "score": ref.score,
                    "cited": ref.cited,
                }
                for ref in turn.sources
            ],
        }
    return fields
