"""The machine's own time zone, by the rules that held at each moment; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class LocalZone(tzinfo):
    """The local zone. `datetime.astimezone()` has the offset of that one moment only,
    which dates of the other half of the year do not have.
    """

    def fromutc(self, time: datetime) -> datetime:
        """Return a time in UTC as local time."""
        return time.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def utcoffset(self, time: datetime | None) -> timedelta | None:
        """Return how far local time is ahead of UTC."""
        return None if time is None else time.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, time: datetime | None) -> timedelta | None:
        """Unknown, as the offset alone is needed."""
        del time
        return None

    def tzname(self, time: datetime | None) -> str | None:
        """The zone's name at that time."""
        return None if time is None else time.replace(tzinfo=None).astimezone().tzname()


LOCAL = LocalZone()
