"""The days of the calendar that a named time means, counted from today; pure.

Each function takes the match of a form in `date_forms`, and today.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import IntEnum

from ragchat.query.date_words import numbered, words

Match = re.Match[str]
Days = tuple[date, date]
"""The first day and the day after the last."""


class CalendarUnit(IntEnum):
    """The periods of the calendar, by their positions in a language's list of `units`."""

    DAY = 0
    WEEK = 1
    MONTH = 2
    YEAR = 3
    WEEKEND = 4
    QUARTER = 5


FEW = (2, 6)
"""How many units ago "a few days ago" may be."""
OTHER_DAY = 10
"""Days that "the other day" reaches back."""
SATURDAY = 5

_LEADS_TO_DAY = re.compile(
    r"\b(?:on|by|since|until|before|after|from|of|the|am|vom|le|du|el|del)\s+$", re.IGNORECASE
)


def written(match: Match, today: date) -> Days | None:
    """A day: by its numbers, or with the name of its month ("the first of May")."""
    groups = match.groupdict()
    name = (groups.get("month") or "").lower()
    if name in words("ambiguous_months") and not _surely_a_month(match):
        return None
    month = months()[name] + 1 if name else int(match["number"])
    number = int(groups["day"]) if groups.get("day") else _ordinal(match)
    if groups.get("year"):
        day = date(int(match["year"]), month, number)
    else:
        day = date(today.year, month, number)
        if day > today:
            day = day.replace(year=today.year - 1)
    return day, day + timedelta(1)


def _surely_a_month(match: Match) -> bool:
    """Not so: "May 2 people share it?", "does step 8 may fail", "the first may fail"."""
    if match.groupdict().get("nth"):
        return bool(match.groupdict().get("of"))
    if match.groupdict().get("year") or match.groupdict().get("ordinal"):
        return True
    lead = match.string[: match.start()]
    return bool(_LEADS_TO_DAY.search(lead)) or (match["month"][0].isupper() and bool(lead.strip()))


def month(match: Match, today: date) -> Days:
    """A month, the latest that has begun where no year is given."""
    named = "month" in match.groupdict()
    number = _number_of(match["month"].lower()) if named else int(match["number"])
    return _of_year(match, "year", number, 1, today)


def _number_of(name: str) -> int:
    """The number of a month by its name, or by that of its weeks ("Maiwoche")."""
    return (months() | numbered("month_weeks", "months_alone"))[name] + 1


def month_range(match: Match, today: date) -> Days | None:
    """Several months on end; the year of the last is that of both."""
    first, last = (months()[match[name].lower()] + 1 for name in ("month", "until"))
    end = _of_year(match, "year", last, 1, today)[1]
    begin = date(end.year if end.month > 1 else end.year - 1, first, 1)
    return (begin, end) if begin < end else (begin.replace(year=begin.year - 1), end)


def quarter(match: Match, today: date) -> Days:
    """A quarter, by its number or its ordinal."""
    groups = match.groupdict()
    number = int(groups["quarter"]) if groups.get("quarter") else _ordinal(match)
    return _of_year(match, "year", 3 * number - 2, 3, today)


def _ordinal(match: Match) -> int:
    return numbered("ordinals")[match["nth"].lower()] + 1


def _of_year(match: Match, name: str, first: int, count: int, today: date) -> Days:
    if match.groupdict().get(name):
        return months_of(int(match[name]), first, count)
    return _latest_months(first, count, today + timedelta(1))


def months_of(year: int, first: int, count: int) -> Days:
    """Months on end; `first` may lie beyond the year."""
    begin, end = (12 * year + first - 1 + more for more in (0, count))
    return date(begin // 12, begin % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


def _latest_months(first: int, count: int, before: date, *, over: bool = False) -> Days:
    """The latest such months that began (or, if `over`, ended) before a day."""
    years = (months_of(before.year - back, first, count) for back in range(3))
    return next(days for days in years if (days[1] <= before if over else days[0] < before))


def period(unit: int, back: int, today: date) -> Days:
    """The period that many before this one; `unit` is the number of a CalendarUnit."""
    if unit == CalendarUnit.DAY:
        return today - timedelta(back), today - timedelta(back - 1)
    if unit == CalendarUnit.WEEK:
        monday = today - timedelta(today.weekday() + 7 * back)
        return monday, monday + timedelta(7)
    if unit == CalendarUnit.MONTH:
        return months_of(today.year, today.month - back, 1)
    if unit == CalendarUnit.YEAR:
        return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1)
    if unit == CalendarUnit.WEEKEND:
        saturday = today - timedelta((today.weekday() - SATURDAY) % 7)
        over = back - (today.weekday() < SATURDAY and back > 0)
        return saturday - timedelta(7 * over), saturday - timedelta(7 * over - 2)
    return months_of(today.year, today.month - (today.month - 1) % 3 - 3 * back, 3)


def ago(match: Match, today: date) -> Days:
    """A period that many before this one."""
    return period(_unit(match), _count(match), today)


def one_ago(match: Match, today: date) -> Days:
    """The period before this one."""
    return period(numbered("one_ago")[match["one"].lower()], 1, today)


def few_ago(match: Match, today: date) -> Days:
    """A few periods before this one: from the most that "a few" may be to the fewest."""
    fewest, most = FEW
    return period(_unit(match), most, today)[0], period(_unit(match), fewest, today)[1]


def these_last(match: Match, today: date) -> Days:
    """The last periods, this one included; without a number a few."""
    count = _count(match) if match.groupdict().get("count") else FEW[1]
    return period(_unit(match), count, today)[0], today + timedelta(1)


def _unit(match: Match) -> int:
    return numbered("units")[match["unit"].lower()]


def _count(match: Match) -> int:
    written = match["count"].lower()
    return int(written) if written.isdigit() else numbered("counts")[written]


def last(match: Match, today: date) -> Days | None:
    """The last period, weekday, month or season."""
    name = match["name"].lower()
    if name in words("ambiguous_months") and match.string[: match.start()].lower().endswith("the "):
        return None
    if name in numbered("units") and name not in numbered("seasons"):  # "zeszłego lata"
        return period(numbered("units")[name], 1, today)
    if name in _weekdays():
        return _weekday(name, today - timedelta(1))
    return _latest_months(*_span_of(name), today, over=True)


def before_last(match: Match, today: date) -> Days | None:
    """The period before the last one: "the week before last"."""
    name = match["name"].lower()
    return period(numbered("units")[name], 2, today) if name in numbered("units") else None


def this(match: Match, today: date) -> Days | None:
    """This period, weekday, month or season: the latest that has begun."""
    name = match["name"].lower()
    if name in words("ambiguous_months"):
        return None
    if name in numbered("units") and name not in numbered("seasons"):
        return period(numbered("units")[name], 0, today)
    if name in _weekdays():
        return _weekday(name, today)
    return _latest_months(*_span_of(name), today + timedelta(1))


def _span_of(name: str) -> tuple[int, int]:
    """The first month of a month or a season, and how many months it has."""
    return (months()[name] + 1, 1) if name in months() else (_first_of_season(name), 3)


def _first_of_season(name: str) -> int:
    return 3 + 3 * numbered("seasons")[name]


def _weekday(name: str, latest: date) -> Days:
    day = latest - timedelta((latest.weekday() - _weekdays()[name]) % 7)
    return day, day + timedelta(1)


def season(match: Match, _today: date) -> Days:
    """A season of a year."""
    return months_of(int(match["year"]), _first_of_season(match["name"].lower()), 3)


def year(match: Match, _today: date) -> Days:
    """A year."""
    return months_of(int(match["year"]), 1, 12)


def back(unit: CalendarUnit, number: int) -> Callable[[Match, date], Days]:
    """The period that many before this one, whatever was matched."""
    return lambda _match, today: period(unit, number, today)


def other_day(_match: Match, today: date) -> Days:
    """The days before today that "the other day" may be."""
    return today - timedelta(OTHER_DAY), today


def day_word(match: Match, today: date) -> Days:
    """Today, yesterday, the day before."""
    return period(CalendarUnit.DAY, numbered("days_back")[match["word"].lower()], today)


def months(code: str | None = None) -> dict[str, int]:
    """The names of months, whole and short, from 0; in the languages of a code, if one is given."""
    return numbered("months", "short_months", code=code)


def _weekdays() -> dict[str, int]:
    return numbered("weekdays", "weekdays_alone")
