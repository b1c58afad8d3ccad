"""What requests have cost, by month: amounts and models, nothing of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.records.database import Database


@dataclass(frozen=True, slots=True)
class Month:
    """What one month came to, in USD; `requests` counts those of known price."""

    month: str
    requests: int
    usd: float
    full_history_usd: float


def add_spending(
    database: Database, time: datetime, model: str, usd: float, full_history_usd: float
) -> None:
    """Count one request."""
    database.execute(
        "INSERT INTO spending (time, model, usd, full_history_usd) VALUES (?, ?, ?, ?)",
        (time.timestamp(), model, usd, full_history_usd),
    )


def months(database: Database, limit: int = 12) -> list[Month]:
    """The last months in which something was spent, in local time, the latest first."""
    rows = database.rows(
        "SELECT strftime('%Y-%m', time, 'unixepoch', 'localtime') AS month, count(*) AS requests,"
        " sum(usd) AS usd, sum(full_history_usd) AS full FROM spending"
        " GROUP BY month ORDER BY month DESC LIMIT ?",
        (limit,),
    )
    return [Month(row["month"], row["requests"], row["usd"], row["full"]) for row in rows]


def spent_since(database: Database, time: datetime) -> float:
    """US dollars that were spent since a time, by any process."""
    (row,) = database.rows(
        "SELECT coalesce(sum(usd), 0) AS usd FROM spending WHERE time >= ?", (time.timestamp(),)
    )
    return float(row["usd"])
