"""Times as languages without spaces name them; pure. The words are data of each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from ragchat.query import calendar_days as calendar
from ragchat.query.calendar_days import CalendarUnit, Days, Match
from ragchat.query.date_words import any_of, any_spaceless, numbered, numbered_spaceless
from ragchat.query.parts_of_months import parts_of_months_spaceless
from ragchat.query.rules import TOGETHER

_YEAR = r"(?<!\d)(?P<year>(?:19[7-9]|20\d)\d)(?:年|년\s?)"
_NUMBER = r"(?<!\d)(?P<number>1[0-2]|0?[1-9])(?:月|월)"

Source = tuple[str, Callable[[Match, date], Days | None]]
"""A pattern, and the days that a match of it means, counted from today."""


def dated_spaceless() -> Iterator[Source]:
    """Times that are written out; the longer ones before those that they hold."""
    month = rf"(?P<month>{any_of(filter(_is_numeral, calendar.months()))})"
    nth = rf"第?(?P<nth>{any_of(numbered_spaceless('nth'))})"
    seasons = any_of(numbered_spaceless("seasons"))
    yield from parts_of_months_spaceless(rf"(?:{_YEAR})?{_NUMBER}份?")
    yield from parts_of_months_spaceless(rf"(?:{_YEAR})?{month}份?")
    yield rf"{_YEAR}の?{nth}\s?{any_spaceless('quarters')}", _quarter
    yield rf"{_YEAR}の?(?P<name>{seasons})", _season
    yield rf"(?:{_YEAR})?{_NUMBER}\s?(?P<day>\d{{1,2}})[日号號일]", calendar.written
    yield rf"{_YEAR}{_NUMBER}份?", calendar.month
    yield rf"{_NUMBER}份?(?!\d)", calendar.month
    yield rf"(?:{_YEAR})?{month}份?", calendar.month
    yield _YEAR, calendar.year


def _is_numeral(month: str) -> bool:
    return month.endswith("月")


def relative_spaceless() -> Iterator[Source]:
    """Times that are counted from today."""
    count = rf"(?P<count>\d{{1,3}}|{any_of(numbered('counts', code=TOGETHER))})"
    unit = rf"\s?(?P<unit>{any_of(numbered('units', code=TOGETHER))})"
    season = rf"の?\s?(?P<season>{any_of(numbered_spaceless('seasons'))})"
    last_periods = any_of(numbered_spaceless("last_periods"))
    few, ago = any_spaceless("few"), any_spaceless("ago")
    weekday = rf"(?P<weekday>{any_of(numbered_spaceless('weekdays'))})"
    yield rf"{count}{unit}\s?{ago}", calendar.ago
    yield rf"{few}{unit}\s?{ago}", calendar.few_ago
    yield rf"{any_spaceless('these_last')}\s?{count}{unit}間?", calendar.these_last
    yield rf"{any_spaceless('last_week')}\s?{weekday}", _last_week
    yield rf"(?P<word>{any_of(numbered_spaceless('days_back'))})", _day
    yield any_spaceless("half_years"), calendar.back(CalendarUnit.MONTH, 6)
    yield rf"(?P<name>{any_of(numbered_spaceless('before_last_periods'))})", _before_last
    yield rf"(?P<name>{last_periods}){season}", _season_of_last
    yield rf"(?P<name>{last_periods})", _last_period
    yield rf"(?P<name>{any_of(numbered_spaceless('this_periods'))})", _this_period
    yield weekday, _latest


def _quarter(match: Match, _today: date) -> Days:
    first = 3 * numbered_spaceless("nth")[match["nth"]] + 1
    return calendar.months_of(int(match["year"]), first, 3)


def _season(match: Match, _today: date) -> Days:
    return _season_of(int(match["year"]), match["name"])


def _season_of_last(match: Match, today: date) -> Days | None:
    """A season of last year; other periods have none."""
    is_year = numbered_spaceless("last_periods")[match["name"]] == CalendarUnit.YEAR
    return _season_of(today.year - 1, match["season"]) if is_year else None


def _season_of(year: int, name: str) -> Days:
    return calendar.months_of(year, 3 + 3 * numbered_spaceless("seasons")[name], 3)


def _day(match: Match, today: date) -> Days:
    return calendar.period(CalendarUnit.DAY, numbered_spaceless("days_back")[match["word"]], today)


def _last_period(match: Match, today: date) -> Days:
    return calendar.period(numbered_spaceless("last_periods")[match["name"]], 1, today)


def _before_last(match: Match, today: date) -> Days:
    return calendar.period(numbered_spaceless("before_last_periods")[match["name"]], 2, today)


def _this_period(match: Match, today: date) -> Days:
    return calendar.period(numbered_spaceless("this_periods")[match["name"]], 0, today)


def _last_week(match: Match, today: date) -> Days:
    """A weekday of the calendar week before this one."""
    monday = calendar.period(CalendarUnit.WEEK, 1, today)[0]
    day = monday + timedelta(numbered_spaceless("weekdays")[match["weekday"]])
    return day, day + timedelta(1)


def _latest(match: Match, today: date) -> Days:
    """A weekday, the latest that has begun."""
    back = (today.weekday() - numbered_spaceless("weekdays")[match["weekday"]]) % 7
    return today - timedelta(back), today - timedelta(back - 1)
