"""The moments of a chat of WhatsApp, which a phone writes in its own language and order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from itertools import pairwise

from ingest.transcripts.persian_calendar import day_of, is_persian

_AM = r"a\.?\s?m\.?|오전|上午|午前|凌晨|早上|清晨|صباحًا|ص|π\.?\s?μ\.?|fm|sa|de\.?"
_PM = r"p\.?\s?m\.?|오후|下午|午後|晚上|中午|傍晚|مساءً|م|μ\.?\s?μ\.?|em|ch|du\.?"
_DATE = (
    r"(?P<first{n}>\d{{1,4}})(?:[./-]\s?|\s?年|년 )(?P<second{n}>\d{{1,2}})(?:[./-]\s?|\s?月|월 )"
    r"(?P<third{n}>\d{{1,4}})(?:\.|日|일|\s?г\.)?"
)
_TIME = (
    rf"(?:(?P<am{{n}}>{_AM})\s?|(?P<pm{{n}}>{_PM})\s?)?"
    r"(?P<hour{n}>\d{{1,2}})[:.h](?P<minute{n}>\d{{2}})(?:[:.](?P<second_{n}>\d{{2}}))?"
    rf"(?:\s*(?:(?P<am_{{n}}>{_AM})|(?P<pm_{{n}}>{_PM})))?"
)
_BETWEEN = r"[,،、]?\s*(?:(?:à|às|klo|kl\.?|um|at|alle|a las|в|u|o|lúc)\s+)?"

# `03/04/2026, 21:16 - Petra: …` or `[03.04.26, 21:16:05] Petra: …`; some write the time first.
HEAD = re.compile(
    rf"\[?(?:{_DATE.format(n=1)}{_BETWEEN}{_TIME.format(n=1)}"
    rf"|{_TIME.format(n=2)}{_BETWEEN}{_DATE.format(n=2)})"
    r"(?:\]\s|\s[-–]\s)(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"^\[?\d{2}\. \d{1,2}\. \d{1,2}\.(?!\d)|오전|오후|[年년]")
_BUDDHIST = 543
_FIRST_YEAR = 2009
"""The year of the first version of WhatsApp."""
_MANY = 400
"""Messages that are looked at to find the order of the date."""


class Calendar(Enum):
    """The order in which a phone writes a date."""

    DAY_FIRST = "day/month"
    MONTH_FIRST = "month/day"
    YEAR_FIRST = "year/month/day"

    def moment(self, head: re.Match[str]) -> datetime | None:
        """The moment, in the zone of this machine: the export does not say which it was."""
        first, second, third = (int(_part(head, key)) for key in ("first", "second", "third"))
        year, month, day = {
            Calendar.DAY_FIRST: (third, second, first),
            Calendar.MONTH_FIRST: (third, first, second),
            Calendar.YEAR_FIRST: (first, second, third),
        }[self]
        year = year + 2000 if year < 100 else year
        year = year - _BUDDHIST if year > 2400 else year
        hour = int(_part(head, "hour"))
        if _part(head, "am") or _part(head, "pm"):
            hour = hour % 12 + (12 if _part(head, "pm") else 0)
        try:
            minute, seconds = int(_part(head, "minute")), int(_part(head, "second_") or 0)
            if is_persian(year):
                found = day_of(year, month, day)
                year, month, day = found.year, found.month, found.day
            return datetime(year, month, day, hour, minute, seconds).astimezone().astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def calendar_of(heads: Sequence[re.Match[str]], latest: datetime) -> tuple[Calendar, bool]:
    """The order of the dates of a chat, and whether it is certain.

    The right one makes dates of all that is written, none of them later than the export or before
    there was WhatsApp, in the order in which they were written. A year of two digits comes first
    only in East Asia. Only dates with slashes may have the month first; where both
    orders are possible, capital AM and PM are American, and everyone else writes the day first.
    """
    spread = heads[:: len(heads) // _MANY + 1]
    if not spread:
        return Calendar.DAY_FIRST, True
    slashes = re.search(r"\d/\d", spread[0][0])
    orders = [order for order in Calendar if slashes or order is not Calendar.MONTH_FIRST]
    faults = {order: _faults(order, spread, latest) for order in orders}
    best = [order for order in orders if faults[order] == min(faults.values())]
    if len(best) > 1 and Calendar.YEAR_FIRST in best:
        with_year = _begins_with_year(spread[0])
        best = [order for order in best if (order is Calendar.YEAR_FIRST) is with_year]
    american = slashes and re.search(r"\d\s?[AP]M", spread[0][0])
    wanted = Calendar.MONTH_FIRST if american else Calendar.DAY_FIRST
    return (wanted if wanted in best else best[0]), len(best) == 1 or _same_days(spread, best)


def _begins_with_year(head: re.Match[str]) -> bool:
    """Return whether a date is written as where the year comes first: in full, or as in East
    Asia.
    """
    return len(_part(head, "first")) == 4 or _EAST_ASIAN.search(head[0]) is not None


def _faults(calendar: Calendar, heads: Sequence[re.Match[str]], latest: datetime) -> int:
    moments = [calendar.moment(head) for head in heads]
    dates = [moment for moment in moments if moment is not None]
    later = sum(moment > latest or moment.year < _FIRST_YEAR for moment in dates)
    backwards = sum(after < before for before, after in pairwise(dates))
    return 10 * (len(moments) - len(dates)) + later + backwards


def _same_days(heads: Sequence[re.Match[str]], calendars: Sequence[Calendar]) -> bool:
    return all(len({calendar.moment(head) for calendar in calendars}) == 1 for head in heads)


def _part(head: re.Match[str], key: str) -> str:
    """A part of the date or the time, in whichever order and place it was written."""
    names = [f"{key}{n}" for n in ("1", "2")]
    if key in ("am", "pm"):
        names += [f"{key}_{n}" for n in ("1", "2")]
    return next((head[name] for name in names if head[name]), "")
