"""Threads of Perplexity: as its web page loads them, and as "Export as Markdown" writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ingest.transcripts.fields import first, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.json_scanner import decoded
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_LOGO = re.compile(r"<img [^>]*(?:pplx|perplexity)[^>]*>", re.IGNORECASE)
_QUESTION = re.compile(r"# (.+)")
_DIVIDER = re.compile(r"(?:-{3,}|<div [^>]*>⁂</div>)\s*")
_NOTE = re.compile(r"\[\^\d+(?:_\d+)?\](?!:)")
_SOURCE = re.compile(r"\[\^\d+(?:_\d+)?\]:")
_HIDDEN = re.compile(r"<span style=\"display:none\">.*?</span>", re.DOTALL)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The threads; questions and answers come in one object each."""
    threads: dict[str, Draft] = {}
    rows: list[str] = []
    for value in values:
        rows += [value] if isinstance(value, str) else []
        for entry in _entries(record(value)):
            key = name(first(entry, "context_uuid", "thread_url_slug")) or key_of(reading)
            draft = threads.setdefault(
                key, Draft("perplexity", key, reading, assistant="Perplexity")
            )
            draft.title = draft.title or line(entry.get("thread_title"))
            id_, time = name(first(entry, "uuid", "backend_uuid")), _time(entry)
            draft.say("user", text(entry.get("query_str")), f"{id_}/query" if id_ else "", time)
            model = line(entry.get("display_model"))
            draft.say("assistant", _answer(entry), id_, time, model=model)
    yield from (draft.finished() for draft in threads.values())
    if rows:
        yield _page(rows, reading)


def _time(entry: dict[str, object]) -> datetime | None:
    return instant(first(entry, "entry_created_datetime", "updated_datetime"))


def _answer(entry: dict[str, object]) -> str:
    """The answer, in newer threads a block of it, in older ones the last of the steps."""
    for block in records(entry.get("blocks")):
        if answer := text(record(block.get("markdown_block")).get("answer")):
            return answer
    steps = decoded(entry.get("text"))
    for step in records(steps):
        given = record(step.get("content")).get("answer")
        if step.get("step_type") == "FINAL" and isinstance(given, str):
            return text(record(decoded(given)).get("answer")) or text(given)
    answer = text(record(steps).get("answer")) or text(entry.get("answer"))
    return answer or (text(entry.get("text")) if steps is None else "")


def _page(rows: Sequence[str], reading: Reading) -> Transcript:
    """The thread of a page: a question is a heading of the first level at the beginning or after a
    divider, and what follows it is the answer, up to the list of its sources.
    """
    draft = Draft("perplexity", key_of(reading), reading, assistant="Perplexity")
    answer: list[str] = []
    parted = True
    for row in rows:
        asked = _QUESTION.match(row) if parted else None
        if asked:
            draft.say("assistant", _said(answer), "", None)
            draft.say("user", asked[1], "", None)
            answer = []
        elif not _LOGO.match(row):
            answer.append(row)
        if row.strip():
            parted = bool(_DIVIDER.fullmatch(row) or _LOGO.match(row) or _SOURCE.match(row))
    draft.say("assistant", _said(answer), "", None)
    return draft.finished()


def _said(rows: Iterable[str]) -> str:
    kept = (row for row in rows if not (_DIVIDER.fullmatch(row) or _SOURCE.match(row)))
    return _NOTE.sub("", _HIDDEN.sub("", "".join(kept)))


def _entries(value: dict[str, object]) -> list[dict[str, object]]:
    listed = records(value.get("entries")) or [value]
    known = ("text", "blocks", "answer")
    return [one for one in listed if "query_str" in one and any(key in one for key in known)]


def _recognises(values: Sequence[object]) -> bool:
    rows = [value for value in values if isinstance(value, str) and value.strip()]
    if rows:
        return bool(_LOGO.match(rows[0])) and any(map(_QUESTION.match, rows[:4]))
    return any(_entries(record(value)) for value in values)


FORMAT = TranscriptFormat("perplexity", "Perplexity", _recognises, _read)
