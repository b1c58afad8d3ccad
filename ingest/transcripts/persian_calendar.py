"""Days of the solar calendar of Iran and Afghanistan, in which phones there write dates. Pure."""

from __future__ import annotations

from datetime import date, timedelta

_YEARS = range(1380, 1430)
"""2001 to 2051; in the lunar calendar, whose years are of the same size, 1430 was in 2008."""
_NEW_YEAR = date(2001, 3, 21)  # of 1380
_LONG_MONTHS = 6
"""Months of 31 days from the beginning of a year; the others have 30."""


def is_persian(year: int) -> bool:
    """Return whether a year of a chat is one of this calendar."""
    return year in _YEARS


def day_of(year: int, month: int, day: int) -> date:
    """Return the day. ValueError if there is none."""
    short = month > _LONG_MONTHS
    if not (is_persian(year) and 1 <= month <= 12 and 1 <= day <= (30 if short else 31)):
        raise ValueError(f"{year}-{month}-{day}")
    years = sum(365 + _is_leap(before) for before in range(_YEARS.start, year))
    months = 31 * (month - 1) - max(0, month - 1 - _LONG_MONTHS)
    return _NEW_YEAR + timedelta(days=years + months + day - 1)


def _is_leap(year: int) -> bool:
    """Eight years of 33 have a day more."""
    return (25 * year + 11) % 33 < 8
