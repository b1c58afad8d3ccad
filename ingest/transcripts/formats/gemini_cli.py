"""The sessions of Gemini CLI: `~/.gemini/tmp/<project>/chats/session-….json`, newer ones `.jsonl`.

https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/session-management.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import items, joined, line, name, record, records, texts
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

# Commands of the tool itself; a path begins alike.
_COMMAND = re.compile(
    r"\?\s*\Z|/(?:about|agents|auth|bug|chat|clear|commands|compress|copy|corgi|dir|directory|docs"
    r"|editor|exit|extensions|help|hooks|ide|init|mcp|memory|model|permissions|policies|privacy"
    r"|profile|quit|restore|resume|rewind|settings|setup-github|shells|skills|stats|terminal-setup"
    r"|theme|tools|vim)(?:\s|\Z)"
)

# What the tool says of itself in the person's name, and the folder that it names there.
_ADDED = ("<session_context>", "<hook_context>")
_FOLDER = re.compile(r"Workspace Directories:\*\*\s*- (\S.*)")
_FILES = re.compile(r"\n?--- Content from referenced files ---.*?--- End of content ---", re.DOTALL)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The session of a file: an object, or a log of messages, changes and rewinds."""
    session: dict[str, object] = {}
    messages: dict[str, dict[str, object]] = {}
    rewound: set[str] = set()
    for entry in map(record, values):
        if "$rewindTo" in entry:
            ids = list(messages)
            target = name(entry.get("$rewindTo"))
            gone = ids[ids.index(target) :] if target in ids else ids
            rewound.update(gone)
            for id_ in gone:
                del messages[id_]
            continue
        changed = record(entry.get("$set")) or entry
        if "type" in changed and "id" in changed:
            messages[name(changed.get("id"))] = changed
            continue
        session.update({key: value for key, value in changed.items() if key != "messages"})
        for message in records(changed.get("messages")):
            messages.setdefault(name(message.get("id")), message)
    if key := name(session.get("sessionId")):
        yield _session(key, session, messages, rewound, reading)


def _session(
    key: str,
    session: dict[str, object],
    messages: dict[str, dict[str, object]],
    rewound: set[str],
    reading: Reading,
) -> Transcript:
    draft = Draft("gemini-cli", key, reading, line(session.get("summary")), assistant="Gemini")
    draft.started = instant(session.get("startTime"))
    draft.updated = instant(session.get("lastUpdated"))
    draft.project = next((line(folder) for folder in items(session.get("directories"))), "")
    draft.project = draft.project or _folder(messages.values())
    draft.drop(rewound)
    answer = AnswerPieces()
    for id_, message in messages.items():
        time = instant(message.get("timestamp"))
        if message.get("type") == "user":
            words = _typed(message)
            if _is_result(message) or words.startswith(_ADDED):
                continue
            answer.finish(draft)
            if not _COMMAND.match(words):
                draft.say("user", words, id_, time)
        elif message.get("type") == "gemini":
            words = joined(texts(message.get("content")))
            answer.add(words, id_, time, line(message.get("model")))
            if items(message.get("toolCalls")):
                answer.use_tool()
    answer.finish(draft)
    return draft.finished()


def _typed(message: dict[str, object]) -> str:
    """What the person typed: as it was shown to them, or without the files that were added."""
    shown = message.get("displayContent")
    return joined(texts(shown)) or without_files(joined(texts(message.get("content"))))


def without_files(words: str) -> str:
    """The words of a prompt without the files that it names and the tool has added."""
    return _FILES.sub("", words).strip()


def _is_result(message: dict[str, object]) -> bool:
    """Return whether a message in the person's name is what a tool returned."""
    return any("functionResponse" in part for part in records(message.get("content")))


def _folder(messages: Iterable[dict[str, object]]) -> str:
    """The folder of the session, which newer versions name in its first message alone."""
    said = next((joined(texts(message.get("content"))) for message in messages), "")
    found = _FOLDER.search(said) if said.startswith(_ADDED) else None
    return line(found[1]) if found else ""


def _recognises(entry: dict[str, object]) -> bool:
    return bool(name(entry.get("sessionId"))) and "projectHash" in entry


FORMAT = TranscriptFormat(
    "gemini-cli", "Gemini CLI", any_object(_recognises), _read, (".gemini/tmp",)
)
