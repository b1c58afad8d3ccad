"""The sessions of Qwen Code: `~/.qwen/projects/<folder>/chats/<session>.jsonl`.

Its lines are a tree like those of Claude Code, and its messages are made of parts as Gemini's are.
https://qwenlm.github.io/qwen-code-docs
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.claude_code import Entry, say
from ingest.transcripts.formats.gemini_cli import without_files
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The session of a file."""
    entries: dict[str, Entry] = {}
    draft = Draft("qwen-code", "", reading, assistant="Qwen")
    for value in map(record, values):
        draft.key = draft.key or name(value.get("sessionId"))
        draft.project = draft.project or line(value.get("cwd"))
        draft.branch = line(value.get("gitBranch")) or draft.branch
        if value.get("subtype") == "custom_title":
            draft.title = line(record(value.get("systemPayload")).get("customTitle"))
        entry = _entry(value)
        entries.setdefault(entry.id, entry)
    if not draft.key:
        return
    say(entries, draft)
    yield draft.finished()


def _entry(value: dict[str, object]) -> Entry:
    parent = name(value.get("parentUuid")) or None
    time = instant(value.get("timestamp"))
    entry = Entry(name(value.get("uuid")), parent, "other", time=time)
    parts = records(record(value.get("message")).get("parts"))
    words = [text(part.get("text")) for part in parts if not part.get("thought")]
    if value.get("type") == "user":
        entry.text = without_files(joined(words))
        entry.kind = "prompt" if entry.text else "other"
    elif value.get("type") == "assistant":
        entry.kind, entry.text, entry.model = "answer", joined(words), line(value.get("model"))
        entry.uses_tool = any("functionCall" in part for part in parts)
    return entry


def _recognises(value: dict[str, object]) -> bool:
    spoken = isinstance(record(value.get("message")).get("parts"), list)
    return spoken and "parentUuid" in value and bool(name(value.get("sessionId")))


FORMAT = TranscriptFormat(
    "qwen-code", "Qwen Code", any_object(_recognises), _read, (".qwen/projects",)
)
