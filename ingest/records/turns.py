"""Rows of `turns` and `answer_sources` as conversations have them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ingest.conversation import Exchange, Role, SourceRef, Turn, silence
from ingest.records.database import Database, Row


def read_exchanges(database: Database, conversation: str, rows: Sequence[Row]) -> list[Exchange]:
    """Return the exchanges of one conversation from rows of `turns`."""
    sides: dict[str, dict[Role, Turn]] = {}
    for row, turn in zip(rows, read_turns(database, rows), strict=True):
        sides.setdefault(row["exchange"], {})[row["role"]] = turn
    return [exchange_of(key, conversation, both) for key, both in sides.items()]


def read_turns(database: Database, rows: Sequence[Row]) -> list[Turn]:
    """Return turns from rows of `turns`, with the sources of each."""
    sources: dict[int, list[SourceRef]] = {}
    for row in database.rows_among(
        "SELECT * FROM answer_sources WHERE turn_id IN ({})", [row["id"] for row in rows]
    ):
        sources.setdefault(row["turn_id"], []).append(_ref(row))
    return [_turn(row, sources.get(row["id"], ())) for row in rows]


def exchange_of(key: str, conversation: str, sides: Mapping[Role, Turn]) -> Exchange:
    """Return an exchange from the side or sides that are stored."""
    return Exchange(
        key,
        conversation,
        sides.get("user") or silence("user", sides["assistant"]),
        sides.get("assistant") or silence("assistant", sides["user"]),
    )


def time_of(seconds: float) -> datetime:
    """Return a stored time."""
    return datetime.fromtimestamp(seconds, UTC)


def place_of(ref: SourceRef) -> str:
    """Return the place of a source, as JSON for `answer_sources.place`."""
    place = {
        "source": ref.source,
        "start_line": ref.start_line,
        "end_line": ref.end_line,
        "page": ref.page,
        "place": ref.place or None,
        "conversation": ref.conversation,
        "time": ref.time.timestamp() if ref.time else None,
    }
    return json.dumps({name: value for name, value in place.items() if value is not None})


def _turn(row: Row, sources: Iterable[SourceRef]) -> Turn:
    return Turn(
        role=row["role"],
        text=row["text"],
        time=time_of(row["time"]),
        id=row["key"],
        speaker=row["speaker"],
        status=row["status"],
        model=row["model"],
        stop_reason=row["stop_reason"],
        usage=json.loads(row["usage"]),
        echo=bool(row["echo"]),
        assistant=row["assistant"],
        narration=row["narration"],
        here=bool(row["here"]),
        sources=tuple(sorted(sources, key=lambda ref: ref.n)),
    )


def _ref(row: Row) -> SourceRef:
    place = json.loads(row["place"])
    return SourceRef(
        n=row["n"],
        kind=row["kind"],
        id=row["passage"],
        source=place["source"],
        hash=row["hash"],
        score=row["score"],
        cited=bool(row["cited"]),
        start_line=place.get("start_line"),
        end_line=place.get("end_line"),
        page=place.get("page"),
        place=place.get("place", ""),
        conversation=place.get("conversation"),
        time=time_of(place["time"]) if "time" in place else None,
    )
