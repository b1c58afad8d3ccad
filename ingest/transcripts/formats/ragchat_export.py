"""JSON lines as `ragchat conversations export --format json` writes them: a turn a line, whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast, get_args

from ingest.conversation import SourceRef, Status, Turn
from ingest.transcripts.fields import line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import ROLES
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

ORIGIN = "another-library"
"""Whatever origin a line claims: its conversations are those of another library."""

_MOST = 16_000_000


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations, which may be mixed."""
    drafts: dict[tuple[str, str], Draft] = {}
    first_speakers: dict[tuple[str, str], str] = {}
    size = 0
    for entry in map(record, values):
        if not _is_said(entry):
            continue
        claimed, key = line(entry.get("origin")), name(entry.get("conversation"))
        new = Draft(ORIGIN, f"{claimed}:{key}" if claimed not in ("", "ragchat") else key, reading)
        draft = drafts.setdefault((claimed, key), new)
        draft.claimed = claimed
        draft.title = line(entry.get("title")) or draft.title
        draft.project = line(entry.get("project")) or draft.project
        draft.branch = line(entry.get("branch")) or draft.branch
        draft.started = instant(entry.get("started")) or draft.started
        before = draft.size
        first = first_speakers.setdefault((claimed, key), line(entry.get("speaker")))
        turn = _turn(entry, first)
        if turn is not None:
            draft.add(turn, timed=instant(entry.get("time")) is not None)
        size += draft.size - before
        if size > _MOST:
            yield from (draft.part() for draft in drafts.values())
            size = 0
    yield from (draft.finished() for draft in drafts.values())


def _turn(entry: dict[str, object], first: str) -> Turn | None:
    """The turn; without a role, the first to speak is the user."""
    speaker = line(entry.get("speaker"))
    role = ROLES.get((line(entry.get("role")) or speaker).casefold())
    if role is None and speaker and "role" not in entry:
        role = "user" if speaker == first else "assistant"
    if role is None:
        return None
    status = line(entry.get("status"))
    return Turn(
        role=role,
        text=text(entry.get("text")),
        time=instant(entry.get("time")) or datetime.now(UTC),
        id=name(entry.get("id")),
        speaker="" if speaker.casefold() in ROLES else speaker,
        status=cast("Status", status) if status in get_args(Status) else "done",
        model=line(entry.get("model")),
        stop_reason=line(entry.get("stop_reason")),
        usage=_usage(entry.get("usage")),
        sources=tuple(_source(n, ref) for n, ref in enumerate(records(entry.get("sources")), 1)),
        echo=entry.get("echo") is True,
        assistant=line(entry.get("assistant")),
        narration=_whole(entry.get("narration")),
    )


def _usage(value: object) -> dict[str, Any]:
    """Numbers by name, as the API counts them."""
    return {
        line(key): number
        for key, number in record(value).items()
        if isinstance(number, (int, float)) and not isinstance(number, bool)
    }


def _source(n: int, ref: dict[str, object]) -> SourceRef:
    score = ref.get("score")
    return SourceRef(
        n=_whole(ref.get("n")) or n,
        kind="memory" if ref.get("kind") == "memory" else "document",
        id=name(ref.get("id")),
        source=line(ref.get("source")),
        hash=name(ref.get("hash")),
        score=float(score) if isinstance(score, (int, float)) else 0.0,
        cited=ref.get("cited") is True,
        start_line=_whole(ref.get("start_line")) or None,
        end_line=_whole(ref.get("end_line")) or None,
        page=_whole(ref.get("page")) or None,
        place=line(ref.get("place")),
        conversation=line(ref.get("conversation")) or None,
        time=instant(ref.get("time")),
    )


def _whole(value: object) -> int:
    """A number that counts something; 0 for anything else."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return cast("int", value) if is_count else 0


def _is_said(entry: dict[str, object]) -> bool:
    said = isinstance(entry.get("text"), str) and (entry.get("role") or entry.get("speaker"))
    return bool(said and name(entry.get("conversation")))


def _recognises(entry: dict[str, object]) -> bool:
    return _is_said(entry) and bool(line(entry.get("origin")))


FORMAT = TranscriptFormat(ORIGIN, "ragchat (another library)", any_object(_recognises), _read)
