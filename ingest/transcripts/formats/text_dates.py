"""Moments as messengers write them, in several languages, in the zone of this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_PARTS = re.compile(r"\d+")
_AFTERNOON = re.compile(r"오후|午後|下午|[Pp]\.?[Mm]\b")
_MORNING = re.compile(r"오전|午前|上午|[Aa]\.?[Mm]\b")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTHS_A_YEAR = 12
_WORD = re.compile(r"[A-Za-z]{3,}")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?")


def moment(written: str, latest: datetime) -> datetime | None:
    """The moment; None if it is not one.

    Of `02/03/2026` the order is told by the day of the week if that is written, else by what is
    not later than `latest`; where both are possible, the month comes first with AM or PM.
    """
    clock = _CLOCK.search(written)
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if _AFTERNOON.search(written):
        hour = hour % 12 + 12
    elif _MORNING.search(written):
        hour = hour % 12
    date = written[: clock.start()]
    found = []
    for year, month, day in _dates(written, date):
        try:
            local = datetime(year, month, day, hour, minute, second).astimezone()
        except (ValueError, OverflowError):
            continue
        found.append(local.astimezone(UTC))
        if _weekday(date) == local.weekday():
            return found[-1]
    return next((time for time in found if time <= latest), next(iter(found), None))


def guessed_order(written: str) -> str:
    """Return how a date was read that does not tell days from months; "" where it does."""
    clock = _CLOCK.search(written)
    date = written[: clock.start()] if clock else ""
    possible = _dates(written, date)
    if (
        len(set(possible)) < 2
        or _weekday(date) is not None
        or max(possible[0][1:]) > _MONTHS_A_YEAR
    ):
        return ""
    return "month/day" if _is_american(written) else "day/month"


def _is_american(written: str) -> bool:
    halves = _AFTERNOON.search(written) or _MORNING.search(written)
    return "/" in written and halves is not None


def _dates(written: str, date: str) -> list[tuple[int, int, int]]:
    """Year, month and day in the orders that are possible, the likelier first."""
    numbers = [int(number) for number in _PARTS.findall(date)]
    words = [word[:3].lower() for word in _WORD.findall(date)]
    month = next((_MONTHS.index(word) + 1 for word in words if word in _MONTHS), None)
    if month and len(numbers) == 2:
        day, year = numbers
        return [(_whole_year(year), month, day)]
    if len(numbers) != 3:
        return []
    first, second, third = numbers
    if first > 999:
        return [(first, second, third)]
    year = _whole_year(third)
    orders = [(year, second, first), (year, first, second)]
    return orders[::-1] if _is_american(written) else orders


def _whole_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _weekday(date: str) -> int | None:
    words = (word[:3].lower() for word in _WORD.findall(date))
    return next((_DAYS.index(word) for word in words if word in _DAYS), None)
