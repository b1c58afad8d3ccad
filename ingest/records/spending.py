"""The cost of requests, by month: amounts and models, no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.records.database import Database


@dataclass(frozen=True, slots=True)
class Month:
    """The cost of a month, in USD; `requests` counts those of known price."""

    month: str
    requests: int
    usd: float
    full_history_usd: float


class Spending:
    """Rows of `spending`, of every process that uses the library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, time: datetime, model: str, usd: float, full_history_usd: float) -> None:
        """Count one request."""
        self._database.execute(
            "INSERT INTO spending (time, model, usd, full_history_usd) VALUES (?, ?, ?, ?)",
            (time.timestamp(), model, usd, full_history_usd),
        )

    def months(self, limit: int = 12) -> list[Month]:
        """Return the last months in which something was spent, in local time, the latest first."""
        rows = self._database.rows(
            "SELECT strftime('%Y-%m', time, 'unixepoch', 'localtime') AS month,"
            " count(*) AS requests, sum(usd) AS usd, sum(full_history_usd) AS full FROM spending"
            " GROUP BY month ORDER BY month DESC LIMIT ?",
            (limit,),
        )
        return [Month(row["month"], row["requests"], row["usd"], row["full"]) for row in rows]

    def since(self, time: datetime) -> float:
        """Return the US dollars that were spent since a time."""
        return float(
            self._database.scalar(
                "SELECT coalesce(sum(usd), 0) FROM spending WHERE time >= ?", (time.timestamp(),)
            )
        )
