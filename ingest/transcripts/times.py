"""Times as tools and people write them. The only file that imports dateutil."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_LONGEST = 64
_YEARS = range(1970, 3000)
_FINEST = 1e11
"""As seconds this would be the year 5138: a larger number counts milliseconds, or less."""
_EPOCH = re.compile(r"[0-9]{9,19}(?:\.[0-9]*)?")
_ZONES = {
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
"""Hours from UTC of the names that mean one zone; "CST", "IST" and "BST" mean several."""
_BRACKETS = re.compile(r"[()\[\]]")


def instant(value: object, *, local: bool = False) -> datetime | None:
    """The time in UTC; None if the value is none, or lies outside of the years 1970 to 2999.

    A number counts seconds since 1970, or thousandths, millionths or billionths of one. A string is
    ISO 8601 or a date as people write it ("1:56 pm on 8 May, 2023"; month first in 3/4/2024).
    Without a zone it is UTC or, where a program writes what it shows, `local`: in that of this
    machine.
    """
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = _since_epoch(value)
        elif isinstance(value, str) and len(value) <= _LONGEST:
            moment = _written(value.strip())
        else:
            return None
        zone = moment.tzinfo or (None if local else UTC)
        moment = moment.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None


def _since_epoch(value: float) -> datetime:
    for _ in range(3):
        value = value / 1000 if value > _FINEST else value
    return datetime.fromtimestamp(value, UTC)


def _written(value: str) -> datetime:
    if _EPOCH.fullmatch(value):
        return _since_epoch(float(value))
    try:
        return datetime.fromisoformat(re.sub("[Zz]$", "+00:00", value))
    except ValueError:
        return _written_by_people(_BRACKETS.sub(" ", value))


def _written_by_people(value: str) -> datetime:
    """ValueError also if the day is not given in full: dateutil would make it up."""
    from dateutil.parser import parse

    defaults = datetime(2000, 1, 1), datetime(2001, 2, 1)
    first, second = (parse(value, default=default, tzinfos=_zone) for default in defaults)
    if not isinstance(first, datetime) or first != second:
        raise ValueError(value)
    return first


def _zone(name: str | None, offset: int | None) -> timezone | None:
    """The zone with this offset in seconds, or of a name that means only one."""
    hours = _ZONES.get(name or "")
    if offset is None and hours is not None:
        return timezone(timedelta(hours=hours))
    return None if offset is None else timezone(timedelta(seconds=offset))
