"""The transcripts of Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`.

https://code.claude.com/docs/en/sessions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import line, name, record, text_blocks
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Transcript

_ROLES: dict[object, Role] = {"user": "user", "assistant": "assistant"}
# Lines that no one typed: asides of the tool, work of its subagents, a summary of the past.
_ASIDES = ("isMeta", "isSidechain", "isCompactSummary")
_NOT_TYPED = (
    "<command-",
    "<local-command",
    "<system-reminder",
    "<task-notification",
    "<bash-",
    "<ide_",
    "[Request interrupted by user",
)
_SYNTHETIC = "<synthetic>"  # the model of an answer that the tool made up, such as an API error
_TITLES = {"ai-title": "aiTitle", "custom-title": "customTitle"}


@dataclass(slots=True)
class _Piece:
    """A message, which may come in several lines."""

    role: Role
    id: str
    time: datetime | None
    model: str
    texts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Session:
    seen: set[str] = field(default_factory=set)
    pieces: dict[tuple[Role, str], _Piece] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def add(self, entry: dict[str, object]) -> None:
        kind, id_ = name(entry.get("type")), name(entry.get("uuid"))
        if kind in _TITLES:
            self.titles[kind] = line(entry.get(_TITLES[kind]))
        if id_ in self.seen:
            return  # a resumed session may copy lines that stand there already
        if id_:
            self.seen.add(id_)
        role = _ROLES.get(kind)
        if role and not any(entry.get(mark) is True for mark in _ASIDES):
            self._say(role, id_, entry)

    def _say(self, role: Role, id_: str, entry: dict[str, object]) -> None:
        message = record(entry.get("message"))
        texts = [each for each in text_blocks(message.get("content")) if each.strip()]
        model = line(message.get("model"))
        if role == "user":
            texts = [each for each in texts if not each.lstrip().startswith(_NOT_TYPED)]
        if not texts or model == _SYNTHETIC:
            return
        shared = name(message.get("id")) if role == "assistant" else ""
        key = role, shared or id_ or str(len(self.pieces) + 1)
        fresh = _Piece(role, id_ or key[1], instant(entry.get("timestamp")), model)
        self.pieces.setdefault(key, fresh).texts += texts

    def finished(self, key: str, summary: str, fallback: datetime) -> Transcript:
        titles = self.titles.get("custom-title"), self.titles.get("ai-title"), summary
        draft = Draft("claude-code", key, fallback, next(filter(None, titles), ""))
        for each in self.pieces.values():
            draft.say(each.role, "\n\n".join(each.texts), each.id, each.time, model=each.model)
        return draft.finished()


def recognises(entry: dict[str, object]) -> bool:
    """Whether it is a line of such a transcript."""
    linked = "parentUuid" in entry or isinstance(entry.get("message"), dict)
    return linked and bool(name(entry.get("sessionId")) and name(entry.get("type")))


def read(values: Iterable[object], fallback: datetime) -> Iterator[Transcript]:
    """A transcript for each session; `fallback` is the time of what has none."""
    sessions: dict[str, _Session] = {}
    summaries: dict[str, str] = {}
    for entry in map(record, values):
        if entry.get("type") == "summary":
            summaries[name(entry.get("leafUuid"))] = line(entry.get("summary"))
        elif key := name(entry.get("sessionId")):
            sessions.setdefault(key, _Session()).add(entry)
    for key, session in sessions.items():
        # A file may hold the summaries of other sessions: each names the last line that it covers.
        own = [text for leaf, text in summaries.items() if not leaf or leaf in session.seen]
        yield session.finished(key, own[-1] if own else "", fallback)
