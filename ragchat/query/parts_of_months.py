"""Parts of a month: "the first week of May", "mid-October", "5月上旬"; pure.

The words are data of each language. People do not count days when they say so, so what could be
meant counts: a week with the rest of its calendar weeks, a part with a few days of the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from ragchat.query import calendar_days as calendar
from ragchat.query.calendar_days import CalendarUnit, Days, Match
from ragchat.query.date_words import (
    any_of,
    any_spaceless,
    any_word,
    numbered,
    numbered_spaceless,
    words,
)

EARLY, MIDDLE, LATE = (1, 12), (9, 22), (19, 31)
"""The days that the beginning, the middle and the end of a month may be."""

Source = tuple[str, Callable[[Match, date], Days | None]]
"""A pattern, and the days that a match of it means, counted from today."""

_PART = "(?:(?P<early>{early})|(?P<middle>{middle})|(?P<late>{late}))"
_PARTS = ("early", "middle", "late")
_SURELY = re.compile(r"\b(?:in|since|until|before|after|by|from|of)(?: the)?\s+$", re.IGNORECASE)


def parts_of_months(of_year: str, code: str) -> Iterator[Source]:
    """Parts of months by their names; `of_year` is the pattern of a year behind one."""
    month = rf"(?P<month>{any_of(calendar.months(code))})\b\.?{of_year}?"
    weeks = any_of(
        word for word, unit in numbered("units", code=code).items() if unit == CalendarUnit.WEEK
    )
    ordinals, final = any_of(numbered("ordinals", code=code)), any_word("final", code=code)
    nth = rf"(?:(?P<nth>{ordinals})|(?P<final>{final}))"
    of = rf"(?:{any_word('of_month', code=code)}\s*)"
    yield rf"\b{nth}\s+(?:{weeks})\s+{of}?{month}", _week
    yield rf"\b{nth}\s+(?P<month>{any_of(numbered('month_weeks', code=code))})\b{of_year}?", _week
    part = _PART.format(**{name: any_word(name, code=code) for name in _PARTS})
    yield rf"\b{part}(?:\s+(?P<of>{of})|\s+|-){month}", _part
    behind = {name: any_word(f"{name}_behind", code=code) for name in (*_PARTS, "weeks")}
    yield rf"\b{month}\s+{nth}\s+{behind['weeks']}\b", _week
    yield rf"\b{month}\s+{_PART.format(**behind)}\b", _part


def parts_of_months_spaceless(month: str) -> Iterator[Source]:
    """The same in languages without spaces; `month` is the pattern of a month."""
    nth = rf"第?(?P<nth>{any_of(numbered_spaceless('nth'))})\s?{any_spaceless('weeks')}目?"
    yield rf"{month}[的の]?\s?(?:{nth}|(?P<final>{any_spaceless('final_weeks')}))", _week
    part = _PART.format(**{name: any_spaceless(name) for name in _PARTS})
    yield rf"{month}の?\s?{part}", _part


def _week(match: Match, today: date) -> Days:
    """The first to the fourth week of a month, or its last seven days."""
    begin, end = calendar.month(match, today)
    if match.groupdict().get("final"):
        return end - timedelta(7), end
    ordinals = numbered("ordinals") | numbered_spaceless("nth")
    start = begin + timedelta(7 * ordinals[match["nth"].lower()])
    last = start + timedelta(6)
    monday, sunday = start - timedelta(start.weekday()), last + timedelta(6 - last.weekday())
    return max(begin, monday), sunday + timedelta(1)


def _part(match: Match, today: date) -> Days | None:
    """The beginning, the middle or the end of a month."""
    groups = match.groupdict()
    name = (groups.get("month") or "").lower()
    if name in words("ambiguous_months", code="en") and not _is_month(match):
        return None
    begin, end = calendar.month(match, today)
    if groups["early"] is not None:
        first, last = EARLY
    else:
        first, last = MIDDLE if groups["middle"] is not None else LATE
    return begin + timedelta(first - 1), min(end, begin + timedelta(last))


def _is_month(match: Match) -> bool:
    """Not so: "how late may I come?"."""
    of_month = match.groupdict().get("of") is not None or match["month"][0].isupper()
    return of_month or _SURELY.search(match.string[: match.start()]) is not None
