"""The log of `llm`: its database `logs.db`, or what `llm logs --json` prints of it.

https://llm.datasette.io/en/stable/logging.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import (
    attached,
    first,
    items,
    joined,
    line,
    name,
    record,
    records,
    text,
)
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import assistant_of
from ingest.transcripts.json_scanner import decoded
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_MOST = 16_000_000


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations. Rows come as they were written or, printed, newest first."""
    drafts: dict[str, Draft] = {}
    size = 0
    rows: dict[str, dict[str, object]] = {}
    for row in filter(_recognises, map(record, values)):
        rows.setdefault(name(row.get("id")), row)  # a newer database may have a row twice
    for row in sorted(rows.values(), key=lambda row: name(row.get("datetime_utc"))):
        key = name(row.get("conversation_id")) or name(row.get("id"))
        draft = drafts.setdefault(key, Draft("llm", key, reading))
        draft.title = line(row.get("conversation_name")) or draft.title
        id_, model = name(row.get("id")), line(first(row, "resolved_model", "model"))
        time = instant(row.get("datetime_utc"))
        asked = _asked(row)
        before = draft.size
        draft.say("user", asked, f"{id_}/prompt", time)
        draft.say(
            "assistant",
            text(row.get("response")),
            f"{id_}/response",
            time,
            model=model,
            assistant=assistant_of(model),
        )
        size += draft.size - before
        if size > _MOST:
            yield from (draft.part() for draft in drafts.values())
            size = 0
    yield from (draft.finished() for draft in drafts.values())


def _asked(row: dict[str, object]) -> str:
    """The prompt and the names of what was attached; fragments are the prompt if there is none."""
    fragments, files = _listed(row.get("prompt_fragments")), _listed(row.get("attachments"))
    names = [*(_source(fragment) for fragment in fragments)] if text(row.get("prompt")) else []
    names += [line(first(file, "path", "url")) for file in files]
    given = [text(fragment.get("content")).strip() for fragment in fragments]
    return joined([_without(given, text(row.get("prompt"))) or joined(given), attached(names)])


def _without(given: Sequence[str], prompt: str) -> str:
    """The prompt without the fragments before it, which newer versions print with it."""
    for fragment in given:
        prompt = prompt.strip().removeprefix(fragment)
    return prompt.strip()


def _source(fragment: dict[str, object]) -> str:
    aliases = items(fragment.get("aliases"))
    return line(fragment.get("source")) or next(map(line, aliases), "") or "a text"


def _listed(value: object) -> list[dict[str, object]]:
    """The objects of a list, which rows of the database have as JSON."""
    return records(decoded(value))


def _recognises(row: dict[str, object]) -> bool:
    return all(key in row for key in ("prompt", "response", "model", "datetime_utc"))


FORMAT = TranscriptFormat(
    "llm",
    "llm",
    any_object(_recognises),
    _read,
    (
        ".config/io.datasette.llm/logs.db",
        "Library/Application Support/io.datasette.llm/logs.db",
    ),
)
