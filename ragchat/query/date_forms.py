"""The forms in which people name times, and the days that each means; pure.

What could be something else is no time: "may" and "march" as verbs, years without a word like "in"
before them, numbers of versions and issues. Days with dots are day first; 5/8/2023 could be either
and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


def _numbered(*languages: str) -> dict[str, int]:
    return {
        name: number
        for language in languages
        for number, names in enumerate(language.split())
        for name in names.split("/")
        if name != "-"
    }


_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
_SHORT = "jan feb mar apr may jun jul aug sep/sept oct nov dec"
_MONTHS = _numbered(_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _SHORT)
_WEEKDAYS = _numbered(
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
)
_SEASONS = _numbered(
    "spring summer autumn/fall winter",
    "frühling/frühjahr sommer herbst winter",
    "printemps été automne hiver",
    "primavera verano otoño invierno",
)
_UNITS = _numbered(
    "day/days week/weeks month/months year/years",
    "tag/tagen/tage woche/wochen monat/monaten/monate jahr/jahren/jahre",
    "jour/jours semaine/semaines mois année/années/an/ans",
    "día/días semana/semanas mes/meses año/años",
)
_PERIODS = "week month year woche monat jahr semaine mois année an semana mes año"
_COUNTS = _numbered(
    "- a/an/one two three four five six seven eight nine ten eleven twelve",
    "- ein/eine/einem/einer/einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "- un/une deux trois quatre cinq six sept huit neuf dix onze douze",
    "- un/una dos tres cuatro cinco seis siete ocho nueve diez once doce",
)
_DAYS_BACK = _numbered(
    "today/tonight yesterday", "heute gestern vorgestern", "aujourd'hui -", "hoy ayer anteayer"
)
_AMBIGUOUS = frozenset({"may", "march", "mar", "jan", "mai"})


def any_of(*words: Mapping[str, int] | str) -> str:
    """A pattern for any of these names, or of the words of a string."""
    names = [name for word in words for name in (word.split() if isinstance(word, str) else word)]
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)(?![\w:]|[.,-]\w)"
_YEAR_ALONE = r"(?P<year>(?:19[7-9]|20\d)\d)"
_DAY = r"(?P<day>\d{1,2})"
_OPEN = r"(?<![\w.,:#/$€£-])"
_COUNT = rf"(?P<count>\d{{1,3}}|{any_of(_COUNTS)})"
_UNIT = rf"(?P<unit>{any_of(_UNITS)})\b"
_PERIOD = rf"(?P<name>{any_of(_PERIODS, _WEEKDAYS, _MONTHS, _SEASONS)})\b(?!\s+(?:of|de|du|des)\b)"
_BEFORE = r"(?:last|past|previous|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)"
_AFTER = r"(?:derni(?:er|ère)|passée?|pasad[oa])"
_THIS = r"(?:this|diese[nrsm]?|cet(?:te)?|ce|est[ea])"
_A_NUMBER_OF = r"(?!\s*(?:%|ms\b|[kmg]i?b\b|(?-i:\s(?!(?:was|is|has|does|this|vs)\b)[a-z]+s\b)))"

Match = re.Match[str]
Days = tuple[date, date]
"""The first day and the day after the last."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: `resolve` gives the days that a match means, counted from today (None or ValueError
    for none); `mark` is DATED, or RELATIVE if it is always counted from today.
    """

    pattern: re.Pattern[str]
    resolve: Callable[[Match, date], Days | None]
    mark: str


def _written(match: Match, today: date) -> Days | None:
    """A day: by its numbers, or with the name of its month."""
    groups = match.groupdict()
    name = (groups.get("month") or "").lower()
    if name in _AMBIGUOUS and not _surely_a_month(match):
        return None
    month = _MONTHS[name] + 1 if name else int(match["number"])
    if groups.get("year"):
        day = date(int(match["year"]), month, int(match["day"]))
    else:
        day = date(today.year, month, int(match["day"]))
        if day > today:
            day = day.replace(year=today.year - 1)
    return day, day + timedelta(1)


def _surely_a_month(match: Match) -> bool:
    """Not so: "May 2 people share it?", "does step 8 may fail"."""
    if match.groupdict().get("year") or match.groupdict().get("ordinal"):
        return True
    lead = match.string[: match.start()]
    return bool(_LEADS_TO_DAY.search(lead)) or (match["month"][0].isupper() and bool(lead.strip()))


_LEADS_TO_DAY = re.compile(
    r"\b(?:on|by|since|until|before|after|from|of|the|am|vom|le|du|el|del)\s+$", re.IGNORECASE
)


def _month(match: Match, today: date) -> Days:
    number = _MONTHS[match["month"].lower()] + 1 if "month" in match.groupdict() else None
    number = number or int(match["number"])
    if match.groupdict().get("year"):
        return _months(int(match["year"]), number, 1)
    return _latest_months(number, 1, today + timedelta(1))


def _months(year: int, first: int, count: int) -> Days:
    """Months on end; `first` may lie beyond the year."""
    begin, end = (12 * year + first - 1 + more for more in (0, count))
    return date(begin // 12, begin % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)


def _latest_months(first: int, count: int, before: date, *, over: bool = False) -> Days:
    """The latest such months that began (or, if `over`, ended) before a day."""
    years = (_months(before.year - back, first, count) for back in range(3))
    return next(days for days in years if (days[1] <= before if over else days[0] < before))


def _period(unit: int, back: int, today: date) -> Days:
    """A calendar day, week, month or year, so many before this one."""
    if unit == 0:
        return today - timedelta(back), today - timedelta(back - 1)
    if unit == 1:
        monday = today - timedelta(today.weekday() + 7 * back)
        return monday, monday + timedelta(7)
    if unit == 2:
        return _months(today.year, today.month - back, 1)
    return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1)


def _ago(match: Match, today: date) -> Days:
    return _period(_UNITS[match["unit"].lower()], _count(match), today)


def _these_last(match: Match, today: date) -> Days:
    return _period(_UNITS[match["unit"].lower()], _count(match), today)[0], today + timedelta(1)


def _count(match: Match) -> int:
    written = match["count"].lower()
    return int(written) if written.isdigit() else _COUNTS[written]


def _last(match: Match, today: date) -> Days | None:
    name = match["name"].lower()
    if name in _AMBIGUOUS and match.string[: match.start()].lower().endswith("the "):
        return None
    if name in _UNITS:
        return _period(_UNITS[name], 1, today)
    if name in _WEEKDAYS:
        return _weekday(match, today - timedelta(1))
    if name in _MONTHS:
        return _latest_months(_MONTHS[name] + 1, 1, today, over=True)
    return _latest_months(3 + 3 * _SEASONS[name], 3, today, over=True)


def _this(match: Match, today: date) -> Days | None:
    name = match["name"].lower()
    if name in _AMBIGUOUS:
        return None
    if name in _UNITS:
        return _period(_UNITS[name], 0, today)
    if name in _WEEKDAYS:
        return _weekday(match, today)
    first, count = (_MONTHS[name] + 1, 1) if name in _MONTHS else (3 + 3 * _SEASONS[name], 3)
    return _latest_months(first, count, today + timedelta(1))


def _weekday(match: Match, latest: date) -> Days:
    day = latest - timedelta((latest.weekday() - _WEEKDAYS[match["name"].lower()]) % 7)
    return day, day + timedelta(1)


def _season(match: Match, _today: date) -> Days:
    return _months(int(match["year"]), 3 + 3 * _SEASONS[match["name"].lower()], 3)


def _year(match: Match, _today: date) -> Days:
    return _months(int(match["year"]), 1, 12)


def _back(days: int) -> Callable[[Match, date], Days]:
    return lambda _match, today: _period(0, days, today)


def _day_word(match: Match, today: date) -> Days:
    return _period(0, _DAYS_BACK[match["word"].lower()], today)


DATED, RELATIVE = "\ue000", "\ue001"
"""What stands in a question for a time, and for one that is counted from now."""

_MONTH = rf"(?P<month>{any_of(_MONTHS)})\b\.?"
_ORDINAL = r"(?P<ordinal>st|nd|rd|th|er)?"
_OF_YEAR = rf"(?:,?\s+(?:de |del |of )?{_YEAR})"
_NUMBER = r"(?P<number>0[1-9]|1[0-2])"
_IN = r"in|of|during|since|before|after|until|till|by|from"
_IM = r"im|seit|bis|nach"
_EN = r"en|depuis|avant|après|au mois de|desde|hasta|antes de|después de"
_PART_OF_DAY = r"morning|afternoon|evening|matin|soir|mañana|tarde"

# The longer forms stand before those that they hold.
_SOURCES: tuple[tuple[str, Callable[[Match, date], Days | None], str], ...] = (
    (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}-{_DAY}(?![\d-])", _written, DATED),
    (rf"{_OPEN}{_DAY}\.(?P<number>\d\d?)\.{_YEAR}", _written, DATED),
    (rf"{_OPEN}{_DAY}{_ORDINAL}[.º]?\s+(?:of |de )?{_MONTH}{_OF_YEAR}?", _written, DATED),
    (rf"{_OPEN}{_MONTH}\s+(?:the )?{_DAY}{_ORDINAL}\b(?![.:]\d|\s*%){_OF_YEAR}?", _written, DATED),
    (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}(?![\w-])", _month, DATED),
    (rf"{_OPEN}{_MONTH}{_OF_YEAR}{_A_NUMBER_OF}", _month, DATED),
    (rf"\b(?P<name>{any_of(_SEASONS)})\s+(?:of |de )?{_YEAR}", _season, DATED),
    (rf"{_OPEN}{_COUNT}\s+{_UNIT}\s+ago\b", _ago, RELATIVE),
    (rf"\b(?:vor|il y a|hace)\s+{_COUNT}\s+{_UNIT}", _ago, RELATIVE),
    (rf"\b{_BEFORE}\s+{_COUNT}\s+{_UNIT}", _these_last, RELATIVE),
    (r"\b(?:the )?day before yesterday\b|\bavant-hier\b", _back(2), RELATIVE),
    (r"\blast night\b|\bd'hier\b|\bhier (?:soir|matin)\b", _back(1), RELATIVE),
    (rf"\b{_THIS}\s+(?:{_PART_OF_DAY})\b", _back(0), RELATIVE),
    (rf"(?<![\w-])(?P<word>{any_of(_DAYS_BACK)})(?![\w-])", _day_word, RELATIVE),
    (rf"\b(?P<last>{_BEFORE})\s+(?!an\b){_PERIOD}", _last, RELATIVE),
    (rf"\b{_PERIOD}\s+{_AFTER}\b", _last, RELATIVE),
    (rf"\b(?P<this>{_THIS})\s+(?!an\b){_PERIOD}", _this, RELATIVE),
    (rf"\b(?:on|am|vom|el|{_IN}|{_IM}|{_EN})\s+(?P<name>{any_of(_WEEKDAYS)})\b", _this, RELATIVE),
    (rf"\b(?:{_IN})\s+(?:early |late |mid-?)?(?P<month>{any_of(_ENGLISH)})\b", _month, DATED),
    (rf"\b(?:{_IM})\s+(?P<month>{any_of(_GERMAN)})\b", _month, DATED),
    (rf"\b(?:{_EN})\s+(?P<month>{any_of(_FRENCH, _SPANISH)})\b", _month, DATED),
    (rf"\b(?:{_IN}|{_IM}|{_EN}|year|jahre?|de|año|année)\s+{_YEAR}{_A_NUMBER_OF}", _year, DATED),
)
FORMS = tuple(
    Form(re.compile(source, re.IGNORECASE), resolve, mark) for source, resolve, mark in _SOURCES
)
