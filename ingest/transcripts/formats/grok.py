"""The data export of Grok: `prod-grok-backend.json`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.transcripts.branches import Node, branch
from ingest.transcripts.fields import line, name, record, records, text, titled
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

# Cards of sources and pictures, and the use of tools, which the page shows beside the words.
_CARD = re.compile(r"\s*<(grok:render|xai:tool_usage_card)\b[^>]*>.*?</\1>", re.DOTALL)
_ARTIFACT = re.compile(
    r"<xaiArtifact\b([^>]*)>(.*?)(?:</xaiArtifact>|\Z)", re.DOTALL | re.IGNORECASE
)
_TITLE = re.compile(r'\btitle="([^"]*)"')


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    for export in map(record, values):
        for entry in records(export.get("conversations")):
            about = record(entry.get("conversation"))
            draft = Draft("grok", name(about.get("id")), reading, line(about.get("title")))
            draft.assistant = "Grok"
            draft.started = _time(about.get("create_time"))
            draft.updated = _time(about.get("modify_time"))
            _say(draft, [record(held.get("response")) for held in records(entry.get("responses"))])
            if draft.key:
                yield draft.finished()


def _say(draft: Draft, responses: list[dict[str, object]]) -> None:
    """Say the branch of the newest message, where they say what they follow."""
    tree = {
        name(said.get("_id")): Node(
            name(said.get("parent_response_id")), _time(said.get("create_time"))
        )
        for said in responses
    }
    parents = [node.parent for node in tree.values() if node.parent]
    linked = 2 * len(parents) >= len(tree) and all(parent in tree for parent in parents)
    is_tree = linked and len(tree) == len(responses) and "" not in tree
    kept = set(branch(tree)) if is_tree else set(tree)
    draft.drop(set(tree) - kept)
    for said in responses:
        is_user = line(said.get("sender")).casefold() == "human"
        words, id_ = text(said.get("message")), name(said.get("_id"))
        if id_ in kept:
            draft.say(
                "user" if is_user else "assistant",
                words if is_user else _shown(words),
                id_,
                _time(said.get("create_time")),
                model="" if is_user else line(said.get("model")),
            )


def _shown(words: str) -> str:
    """What the page shows of an answer: its words and documents."""
    return _ARTIFACT.sub(_document, _CARD.sub("", words))


def _document(found: re.Match[str]) -> str:
    title = _TITLE.search(found[1])
    return titled(title[1] if title else "", found[2])


def _time(value: object) -> datetime | None:
    date = record(value).get("$date", value)
    return instant(record(date).get("$numberLong", date))


def _recognises(value: dict[str, object]) -> bool:
    conversations = records(value.get("conversations"))
    return any("responses" in entry and "conversation" in entry for entry in conversations)


FORMAT = TranscriptFormat("grok", "Grok", any_object(_recognises), _read)
