"""The forms in which people name times; pure. The words are data of each language.

What could be something else is no time: "may" and "march" as verbs, years without a word like "in"
before them, numbers of versions and issues. Days with dots are day first; 5/8/2023 could be either
and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain

from ragchat.query import calendar_days as calendar
from ragchat.query.calendar_days import CalendarUnit, Days, Match
from ragchat.query.date_words import any_of, any_word, numbered, numbered_spaceless, words
from ragchat.query.hints import Hints
from ragchat.query.parts_of_months import parts_of_months
from ragchat.query.rules import TOGETHER, leads_to_months
from ragchat.query.spaceless_dates import dated_spaceless, relative_spaceless

DATED, RELATIVE = "\ue000", "\ue001"
"""In a question in place of a time, and of one that is counted from now."""

_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)(?![\w:]|[.,-]\w)"
_YEAR_ALONE = r"(?P<year>(?:19[7-9]|20\d)\d)"
_DAY = r"(?P<day>\d{1,2})"
_OPEN = r"(?:(?<![\w.,:#/$€£-])|(?<=\bو))"
_A_NUMBER_OF = r"(?!\s*(?:%|ms\b|[kmg]i?b\b|(?-i:\s(?!(?:was|is|has|does|this|vs)\b)[a-z]+s\b)))"
_ORDINAL = r"(?P<ordinal>st|nd|rd|th|er)?"
_OF_YEAR = rf"(?:,?\s+(?:de |del |do |of |van |di |dell')?{_YEAR}(?:\s+(?:год[ау]|roku)\b)?)"
_NUMBER = r"(?P<number>0[1-9]|1[0-2])"
_NOT_OF = r"(?!\s+(?:of|de|du|des)\b)"


@dataclass(frozen=True, slots=True)
class Form:
    """A form: `resolve` gives the days that a match means, counted from today (None or ValueError
    for none); `mark` is DATED, or RELATIVE if it is always counted from today. `language` is the
    only one in which it is a time: "hier" is "here" in German.
    """

    pattern: re.Pattern[str]
    resolve: Callable[[Match, date], Days | None]
    mark: str
    language: str | None = None


_TIMES = (
    *("months", "short_months", "months_alone", "weekdays", "weekdays_alone"),
    *("seasons", "units", "periods", "days_back", "one_ago"),
    *("fortnights", "half_years", "month_weeks", "other_day", "part_of_day"),
)
_SPACELESS_TIMES = (
    *("days_back", "last_periods", "this_periods", "before_last_periods", "weekdays", "half_years"),
)
_ENGLISH_AND_FRENCH = ("night", "yesterday", "weekend", "hier")


def may_name_time(text: str, code: str = TOGETHER) -> bool:
    """Return whether a text holds a figure, or a word that a form cannot do without."""
    return any(sign.isdigit() for sign in text) or _hints(code).in_text(text)


@cache
def _hints(code: str) -> Hints:
    if code != TOGETHER:
        return Hints.of(numbered(*_TIMES, code=code))
    spaceless = (numbered_spaceless(name) for name in _SPACELESS_TIMES)
    return Hints.of(chain(numbered(*_TIMES, code=code), *spaceless, _ENGLISH_AND_FRENCH))


def any_and(code: str) -> str:
    """A pattern for "and" between two times; in Arabic it is written to the word behind it."""
    apart = rf"{any_word('and', code=code)}\s+"
    return rf"(?:{apart}|\bو)" if code == "ar" else apart


@cache
def forms(code: str = TOGETHER) -> tuple[Form, ...]:
    """The forms in the languages of a code; the longer ones before those that they hold."""
    sources = [*_dated(code), *_relative(code), *_with_lead(code)]
    if code == TOGETHER:
        sources += ((source, resolve, DATED, None) for source, resolve in dated_spaceless())
        sources += ((source, resolve, RELATIVE, None) for source, resolve in relative_spaceless())
    return tuple(
        Form(re.compile(source, re.IGNORECASE), resolve, mark, language)
        for source, resolve, mark, language in sources
    )


_Source = tuple[str, Callable[[Match, date], Days | None], str, str | None]


def _dated(code: str) -> Iterator[_Source]:
    """Times that are written out."""
    month = rf"(?P<month>{any_of(calendar.months(code))})\b\.?"
    until = rf"(?P<until>{any_of(calendar.months(code))})\b\.?"
    seasons = any_of(numbered("seasons", code=code))
    nth_day = rf"(?P<nth>{any_of(numbered('ordinals', code=code))})"
    nth = rf"{nth_day}\s+{any_word('quarters', code=code)}"
    between, and_ = any_word("between", code=code), any_and(code)
    for source, resolve in (
        *parts_of_months(_OF_YEAR, code),
        (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}-{_DAY}(?![\d-])", calendar.written),
        (rf"{_OPEN}{_DAY}\.(?P<number>\d\d?)\.{_YEAR}", calendar.written),
        (rf"{_OPEN}{_DAY}{_ORDINAL}[.º°]?\s+(?:of |de )?{month}{_OF_YEAR}?", calendar.written),
        (rf"\b{nth_day}\s+(?P<of>(?:of|de)\s+)?{month}{_OF_YEAR}?", calendar.written),
        (rf"\b{between}\s+{month}\s+{and_}{until}{_OF_YEAR}?(?!\s+\d)", calendar.month_range),
        (
            rf"{_OPEN}{month}\s+(?:the )?{_DAY}{_ORDINAL}\b(?![.:]\d|\s*%){_OF_YEAR}?",
            calendar.written,
        ),
        (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}(?![\w-])", calendar.month),
        (rf"{_OPEN}[QT](?P<quarter>[1-4])\s*(?:of |de |[/’'-])?\s*{_YEAR}", calendar.quarter),
        (rf"{_OPEN}{_YEAR_ALONE}[ -]?Q(?P<quarter>[1-4])\b", calendar.quarter),
        (rf"\b{nth}(?:\s+(?:of|de|in|do|del|van))?\s+{_YEAR}", calendar.quarter),
        (rf"{_OPEN}{month}{_OF_YEAR}{_A_NUMBER_OF}", calendar.month),
        (rf"\b(?P<name>{seasons}){_OF_YEAR}", calendar.season),
    ):
        yield source, resolve, DATED, None


def _relative(code: str) -> Iterator[_Source]:
    """Times that are counted from today."""
    count = rf"(?P<count>\d{{1,3}}|{any_of(numbered('counts', code=code))})"
    unit = rf"(?P<unit>{any_of(numbered('units', code=code))})\b"
    names = any_of(
        words("periods", code=code),
        numbered("weekdays", code=code),
        calendar.months(code),
        numbered("seasons", code=code),
    )
    name = rf"(?P<name>{names})\b{_NOT_OF}"
    last, this, few = (
        any_word("last", code=code),
        any_word("this", code=code),
        any_word("few", code=code),
    )
    before, after = (
        rf"(?P<ago>{any_word('ago_before', code=code)})",
        any_word("ago_after", code=code),
    )
    before_last = any_word("before_last", code=code)
    some = "few|couple of|paar" if code == TOGETHER else few
    for source, resolve in (
        (rf"\b{any_word('fortnights', code=code)}\b", calendar.back(CalendarUnit.WEEK, 2)),
        (rf"\b{any_word('half_years', code=code)}\b", calendar.back(CalendarUnit.MONTH, 6)),
        (rf"\b{before_last}\s+{name}", calendar.before_last),
        (rf"\b{name}\s+{any_word('before_last_after', code=code)}\b", calendar.before_last),
        (rf"{_OPEN}{few}\s+{unit}\s+{after}\b", calendar.few_ago),
        (rf"\b{before}\s+{few}\s+{unit}", calendar.few_ago),
        (rf"{_OPEN}{count}\s+{unit}\s+{after}\b", calendar.ago),
        (rf"\b{before}\s+{count}\s+{unit}", calendar.ago),
        (rf"\b(?P<one>{any_of(numbered('one_ago', code=code))})\b", calendar.one_ago),
        (rf"\b{last}\s+(?:{count}|{some})\s+{unit}", calendar.these_last),
        (rf"{_OPEN}{count}\s+{any_word('last_between', code=code)}\s+{unit}", calendar.these_last),
        (r"\b(?:the )?day before yesterday\b|\bavant-hier\b", calendar.back(CalendarUnit.DAY, 2)),
        (r"\blast night\b|\bd'hier\b|\bhier (?:soir|matin)\b", calendar.back(CalendarUnit.DAY, 1)),
        (rf"\b{any_word('other_day', code=code)}\b", calendar.other_day),
        (rf"\b{this}\s+{any_word('part_of_day', code=code)}\b", calendar.back(CalendarUnit.DAY, 0)),
        (
            rf"(?<![\w-])(?<!\bفي )(?P<word>{any_of(numbered('days_back', code=code))})(?![\w-])",
            calendar.day_word,
        ),
        (r"\bover the weekend\b", calendar.back(CalendarUnit.WEEKEND, 0)),
        (rf"\b(?P<last>{last})\s+(?!an\b){name}", calendar.last),
        (rf"\b{name}\s+{any_word('last_after', code=code)}\b", calendar.last),
        (rf"\b(?P<this>{this})\s+(?!an\b){name}", calendar.this),
    ):
        yield source, resolve, RELATIVE, None
    yield r"\bhier\b", calendar.back(CalendarUnit.DAY, 1), RELATIVE, "fr"


def _with_lead(code: str) -> Iterator[_Source]:
    """Names that are times only behind a word like "in"."""
    leads = any_word("in", "on", code=code)
    weekdays = any_of(numbered("weekdays", code=code))
    yield rf"\b{leads}\s+(?P<name>{weekdays})\b", calendar.this, RELATIVE, None
    yield (
        rf"\b{any_word('in', code=code)}\s+Q(?P<quarter>[1-4])\b(?![\w.])",
        calendar.quarter,
        DATED,
        None,
    )
    # Each language with its own words: "im May" is neither German nor English.
    for lead, months in leads_to_months(code):
        spoken = any_of(word.replace("_", " ") for word in lead.split())
        early = r"(?:early |late |mid-?)?" if "in" in lead.split() else ""
        names = any_of(months.replace("/", " ").split())
        source = rf"\b(?:{spoken})\s+{early}(?P<month>{names})\b"
        yield source, calendar.month, DATED, None
    years = any_word("in", "year_lead", code=code)
    yield rf"\b(?:{years}|year)\s+{_YEAR}{_A_NUMBER_OF}", calendar.year, DATED, None
    yield from _with_endings(code)


def _with_endings(code: str) -> Iterator[_Source]:
    """Names that are times by their endings: "Mart'ta", "2023'te"."""
    months = any_of(numbered("months_alone", code=code))
    yield rf"\b(?P<month>{months})\b", calendar.month, DATED, None
    weekdays = any_of(numbered("weekdays_alone", code=code))
    yield rf"\b(?P<name>{weekdays})\b", calendar.this, RELATIVE, None
    year = rf"{_OPEN}{_YEAR_ALONE}{any_word('year_endings', code=code)}\b"
    yield year, calendar.year, DATED, None
