"""The transcripts of Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`.

https://code.claude.com/docs/en/sessions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import (
    attached,
    items,
    joined,
    line,
    name,
    record,
    records,
    text,
    texts,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.claude_code_tree import abandoned
from ingest.transcripts.formats.claude_code_typed import (
    bare_command,
    is_local_output,
    shell_command,
    typed,
)
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

# Lines that no one typed: asides of the tool, work of its subagents, a summary of the past.
_ASIDES = ("isMeta", "isSidechain", "isCompactSummary", "isVisibleInTranscriptOnly")
_SYNTHETIC = "<synthetic>"  # the model of an answer that the tool made up, such as an API error
_TITLES = {"ai-title": "aiTitle", "custom-title": "customTitle"}
_FILES = frozenset(("image", "document"))
_SAID_ON_REFUSAL = "the user said:\n"


@dataclass(slots=True)
class Entry:
    """A line of a session: the fields that matter to the conversation."""

    id: str
    parent: str | None
    kind: Literal["prompt", "queued", "shell", "answer", "other"]
    text: str = ""
    time: datetime | None = None
    model: str = ""
    uses_tool: bool = False


@dataclass(slots=True)
class _Session:
    entries: dict[str, Entry] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    project: str = ""
    branch: str = ""

    def add(self, line_: dict[str, object], id_: str, parent: str | None) -> None:
        kind = name(line_.get("type"))
        if kind in _TITLES:
            self.titles[kind] = line(line_.get(_TITLES[kind]))
            return
        if id_ in self.entries:
            return  # a resumed session may copy lines
        self.project = self.project or line(line_.get("cwd"))
        self.branch = line(line_.get("gitBranch")) or self.branch
        entry = _entry(line_, id_ or f"~{len(self.entries)}", parent)
        if entry.kind == "other" and is_local_output(record(line_.get("message")).get("content")):
            self._take_back_command()
        if entry.kind != "other" or id_:
            self.entries[entry.id] = entry

    def _take_back_command(self) -> None:
        """A slash command that printed something by itself was no question to Claude."""
        last = next((entry for entry in reversed(self.entries.values()) if entry.text), None)
        if last is not None and last.kind in ("prompt", "shell") and last.text.startswith("/"):
            last.kind, last.text = "other", ""

    def finished(self, key: str, summary: str, reading: Reading) -> Transcript:
        titles = self.titles.get("custom-title"), self.titles.get("ai-title"), summary
        draft = Draft("claude-code", key, reading, next(filter(None, titles), ""))
        draft.project, draft.branch = self.project, self.branch
        say(self.entries, draft)
        return draft.finished()


def say(entries: Mapping[str, Entry], draft: Draft) -> None:
    """Say what was not taken back; all that was said between two prompts is one answer."""
    gone = abandoned(entries)
    draft.drop(gone)
    answer = AnswerPieces()
    command: Entry | None = None
    for entry in entries.values():
        if entry.id in gone:
            continue
        if entry.kind in ("prompt", "queued", "shell"):
            answer.finish(draft)
            command = entry if entry.kind == "shell" else None
            if command is None:
                draft.say("user", entry.text, entry.id, entry.time)
        elif entry.kind == "answer":
            if command is not None and entry.text:  # a command that is answered is a question
                draft.say("user", command.text, command.id, command.time)
                command = None
            answer.add(entry.text, entry.id, entry.time, entry.model)
            if entry.uses_tool:
                answer.use_tool()
    answer.finish(draft)


def _entry(line_: dict[str, object], id_: str, parent: str | None) -> Entry:
    entry = Entry(id_, parent, "other", time=instant(line_.get("timestamp")))
    if any(line_.get(mark) is True for mark in _ASIDES) or line_.get("isApiErrorMessage") is True:
        return entry
    kind, message = line_.get("type"), record(line_.get("message"))
    if kind == "assistant":
        entry.model = line(message.get("model"))
        if entry.model != _SYNTHETIC:
            entry.kind = "answer"
            entry.text = joined([*texts(message.get("content")), *_plans(message.get("content"))])
            blocks = records(message.get("content"))
            entry.uses_tool = any(block.get("type") == "tool_use" for block in blocks)
    elif kind == "user" and _by_person(line_):
        content = message.get("content")
        entry.text = joined([typed(part) for part in texts(content)]) or _chosen(line_, message)
        entry.text = entry.text or _pictures(content)
        entry.kind = "prompt" if entry.text else "other"
        if command := shell_command(content) or bare_command(content):
            entry.kind, entry.text = "shell", command
    elif kind == "attachment":
        entry.text = _queued(record(line_.get("attachment")))
        entry.kind = "queued" if entry.text else "other"
    return entry


def _pictures(content: object) -> str:
    """The note on pictures: a prompt may be nothing but one."""
    kinds = {name(block.get("type")) for block in records(content)}
    return attached(f"a {kind}" if kind == "document" else "an image" for kind in kinds & _FILES)


def _by_person(line_: dict[str, object]) -> bool:
    """Return whether it came from the user, as far as newer versions say."""
    origin = record(line_.get("origin")).get("kind")
    return origin is None or origin == "human"


def _queued(attachment: dict[str, object]) -> str:
    """A prompt that was typed while Claude was working."""
    if attachment.get("type") != "queued_command" or not _by_person(attachment):
        return ""
    if attachment.get("commandMode") not in (None, "prompt"):
        return ""
    return joined(typed(part) for part in texts(attachment.get("prompt")))


def _chosen(line_: dict[str, object], message: dict[str, object]) -> str:
    """The user's answer to a question of Claude, or words in refusing a tool."""
    answers = record(record(line_.get("toolUseResult")).get("answers"))
    chosen = [f"{line(asked)} {text(answer)}" for asked, answer in answers.items() if answer]
    for block in records(message.get("content")):
        if block.get("type") == "tool_result" and block.get("is_error") is True:
            result = "\n".join(texts(block.get("content")))
            chosen.append(result.partition(_SAID_ON_REFUSAL)[2])
    return joined(chosen)


def _plans(content: object) -> list[str]:
    """The plans that Claude shows the user, which are the input of a tool."""
    blocks = (record(block) for block in items(content))
    return [
        text(record(block.get("input")).get("plan"))
        for block in blocks
        if block.get("type") == "tool_use" and block.get("name") == "ExitPlanMode"
    ]


def _recognises(entry: dict[str, object]) -> bool:
    linked = "parentUuid" in entry or isinstance(entry.get("message"), dict)
    return linked and bool(name(entry.get("sessionId")) and name(entry.get("type")))


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """A transcript for each session. Lines with `forkedFrom` belong to the session before."""
    sessions: dict[str, _Session] = {}
    summaries: dict[str, str] = {}
    first_ids: dict[str, str] = {}
    for entry in map(record, values):
        if entry.get("type") == "summary":
            summaries[name(entry.get("leafUuid"))] = line(entry.get("summary"))
            continue
        key, id_ = name(entry.get("sessionId")), name(entry.get("uuid"))
        fork = record(entry.get("forkedFrom"))
        if name(fork.get("sessionId")):
            key = name(fork.get("sessionId"))
            first_ids[id_] = id_ = name(fork.get("messageUuid")) or id_
        if key:
            parent = entry.get("parentUuid") or entry.get("logicalParentUuid")
            linked = first_ids.get(name(parent), name(parent)) if parent else None
            sessions.setdefault(key, _Session()).add(entry, id_, linked)
    for key, session in sessions.items():
        # A file may hold the summaries of other sessions: each names the last line that it covers.
        own = [said for leaf, said in summaries.items() if not leaf or leaf in session.entries]
        yield session.finished(key, own[-1] if own else "", reading)


FORMAT = TranscriptFormat(
    "claude-code", "Claude Code", any_object(_recognises), _read, (".claude/projects",)
)
