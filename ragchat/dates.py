"""Times that a question names ("in March", "last Tuesday"), in the local calendar; pure.

What could be something else is no time: "may" and "march" as verbs, years without a word like "in"
before them, numbers of versions and issues. English, and the plain forms of German, French and
Spanish. Days with dots are day first; 5/8/2023 could be either and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from ingest.words import telling_words

BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)
END = datetime(3000, 1, 1, tzinfo=timezone.utc)
LONGEST = 1_000
"""Characters of a question that are read: a pasted page is a question, too."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time from `start` on, up to and without `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """The times that a question names, in its order.

    `when_said`: they are when something was said to each other, and not what it was about.
    `alone`: nothing else is asked for ("what did I say yesterday?").
    """

    intervals: tuple[Interval, ...] = ()
    when_said: bool = False
    alone: bool = False


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


def _any(*words: Mapping[str, int] | str) -> str:
    names = [name for each in words for name in (each.split() if isinstance(each, str) else each)]
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)(?![\w:]|[.,-]\w)"
_YEAR_ALONE = r"(?P<year>(?:19[7-9]|20\d)\d)"
_DAY = r"(?P<day>\d{1,2})"
_OPEN = r"(?<![\w.,:#/$€£-])"
_COUNT = rf"(?P<count>\d{{1,3}}|{_any(_COUNTS)})"
_UNIT = rf"(?P<unit>{_any(_UNITS)})\b"
_PERIOD = rf"(?P<name>{_any(_PERIODS, _WEEKDAYS, _MONTHS, _SEASONS)})\b(?!\s+(?:of|de|du|des)\b)"
_BEFORE = r"(?:last|past|previous|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)"
_AFTER = r"(?:derni(?:er|ère)|passée?|pasad[oa])"
_THIS = r"(?:this|diese[nrsm]?|cet(?:te)?|ce|est[ea])"
_A_NUMBER_OF = r"(?!\s*(?:%|ms\b|[kmg]i?b\b|(?-i:\s(?!(?:was|is|has|does|this|vs)\b)[a-z]+s\b)))"

Match = re.Match[str]
Days = tuple[date, date]
"""The first day and the day after the last."""


def named_times(question: str, now: datetime | None) -> Named:
    """The times that a question names. Without `now` only those that a year is given with; with
    it, a month or a day without a year is the latest that has begun.
    """
    today = now.astimezone().date() if now else None
    found: list[tuple[int, Interval]] = []
    text = question[:LONGEST]
    for pattern, resolve, mark in _FORMS:
        for match in list(pattern.finditer(text)):
            days = _resolved(resolve, match, today)
            if days:
                starts = [match.start(name) for name in pattern.groupindex if match[name]]
                lead = text[: min(starts, default=match.start())]
                found.append((match.start(), _bounded(lead, days)))
                blank = mark.ljust(match.end() - match.start(), _FILLER)
                text = text[: match.start()] + blank + text[match.end() :]
    if not found:
        return Named()
    intervals = tuple(interval for _, interval in sorted(found, key=lambda each: each[0]))
    plain = " ".join(text.replace(_FILLER, "").split()).lower()
    rest = set(telling_words(re.sub(f"[{_DATED}{_RELATIVE}]", " ", plain))) - _TALKING
    when_said = _WHEN_SAID.search(plain) is not None
    return Named(intervals, when_said, alone=when_said and not rest)


def _resolved(
    resolve: Callable[[Match, date], Days | None], match: Match, today: date | None
) -> Days | None:
    if today is None and not match.groupdict().get("year"):
        return None
    try:
        days = resolve(match, today or date(1970, 1, 1))
    except (ValueError, OverflowError):  # 31 February; 99 centuries ago
        return None
    return days if days and days[0] > BEGINNING.date() else None


def _bounded(lead: str, days: Days) -> Interval:
    start, end = (datetime(*day.timetuple()[:3]).astimezone(timezone.utc) for day in days)
    word = _EDGE.search(lead)
    if not word:
        return Interval(start, end)
    return {
        "before": Interval(BEGINNING, start),
        "until": Interval(BEGINNING, end),
        "since": Interval(start, END),
        "after": Interval(end, END),
    }[word.lastgroup or ""]


_EDGE = re.compile(
    r"\b(?:(?P<before>before|avant|antes de)|(?P<until>until|till|bis|jusqu'(?:à|en)|hasta)"
    r"|(?P<since>since|seit|depuis|desde)|(?P<after>after|nach|après|después de))"
    r"\s+(?:the |le |la |el |zum |dem |der )?$",
    re.IGNORECASE,
)


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


_DATED, _RELATIVE, _FILLER = "\ue000", "\ue001", "\ue002"
"""What stands in a question for a time, for one counted from now, and for the rest of its room."""

_MONTH = rf"(?P<month>{_any(_MONTHS)})\b\.?"
_ORDINAL = r"(?P<ordinal>st|nd|rd|th|er)?"
_OF_YEAR = rf"(?:,?\s+(?:de |del |of )?{_YEAR})"
_NUMBER = r"(?P<number>0[1-9]|1[0-2])"
_IN = r"in|of|during|since|before|after|until|till|by|from"
_IM = r"im|seit|bis|nach"
_EN = r"en|depuis|avant|après|au mois de|desde|hasta|antes de|después de"
_PART_OF_DAY = r"morning|afternoon|evening|matin|soir|mañana|tarde"

# The longer forms stand before those that they hold.
_SOURCES: tuple[tuple[str, Callable[[Match, date], Days | None], str], ...] = (
    (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}-{_DAY}(?![\d-])", _written, _DATED),
    (rf"{_OPEN}{_DAY}\.(?P<number>\d\d?)\.{_YEAR}", _written, _DATED),
    (rf"{_OPEN}{_DAY}{_ORDINAL}[.º]?\s+(?:of |de )?{_MONTH}{_OF_YEAR}?", _written, _DATED),
    (rf"{_OPEN}{_MONTH}\s+(?:the )?{_DAY}{_ORDINAL}\b(?![.:]\d|\s*%){_OF_YEAR}?", _written, _DATED),
    (rf"{_OPEN}{_YEAR_ALONE}-{_NUMBER}(?![\w-])", _month, _DATED),
    (rf"{_OPEN}{_MONTH}{_OF_YEAR}{_A_NUMBER_OF}", _month, _DATED),
    (rf"\b(?P<name>{_any(_SEASONS)})\s+(?:of |de )?{_YEAR}", _season, _DATED),
    (rf"{_OPEN}{_COUNT}\s+{_UNIT}\s+ago\b", _ago, _RELATIVE),
    (rf"\b(?:vor|il y a|hace)\s+{_COUNT}\s+{_UNIT}", _ago, _RELATIVE),
    (rf"\b{_BEFORE}\s+{_COUNT}\s+{_UNIT}", _these_last, _RELATIVE),
    (r"\b(?:the )?day before yesterday\b|\bavant-hier\b", _back(2), _RELATIVE),
    (r"\blast night\b|\bd'hier\b|\bhier (?:soir|matin)\b", _back(1), _RELATIVE),
    (rf"\b{_THIS}\s+(?:{_PART_OF_DAY})\b", _back(0), _RELATIVE),
    (rf"(?<![\w-])(?P<word>{_any(_DAYS_BACK)})(?![\w-])", _day_word, _RELATIVE),
    (rf"\b(?P<last>{_BEFORE})\s+(?!an\b){_PERIOD}", _last, _RELATIVE),
    (rf"\b{_PERIOD}\s+{_AFTER}\b", _last, _RELATIVE),
    (rf"\b(?P<this>{_THIS})\s+(?!an\b){_PERIOD}", _this, _RELATIVE),
    (rf"\b(?:on|am|vom|el|{_IN}|{_IM}|{_EN})\s+(?P<name>{_any(_WEEKDAYS)})\b", _this, _RELATIVE),
    (rf"\b(?:{_IN})\s+(?:early |late |mid-?)?(?P<month>{_any(_ENGLISH)})\b", _month, _DATED),
    (rf"\b(?:{_IM})\s+(?P<month>{_any(_GERMAN)})\b", _month, _DATED),
    (rf"\b(?:{_EN})\s+(?P<month>{_any(_FRENCH, _SPANISH)})\b", _month, _DATED),
    (rf"\b(?:{_IN}|{_IM}|{_EN}|year|jahre?|de|año|année)\s+{_YEAR}{_A_NUMBER_OF}", _year, _DATED),
)
_FORMS = tuple((re.compile(form, re.IGNORECASE), *rest) for form, *rest in _SOURCES)

_PERSONS = "i we you ich wir du je j nous tu on"
_SAY = (
    "say said tell told talk talked discuss discussed ask asked mention mentioned decide decided"
    " agree agreed chat chatted conclude concluded write wrote suggest suggested recommend"
    " recommended explain explained"
)
_SAID = (
    "gesagt besprochen erzählt gefragt erwähnt beschlossen gesprochen entschieden geredet"
    " diskutiert geschrieben dit parlé discuté demandé décidé raconté écrit mentionné"
)
_DIJE = (
    "dije dijiste dijimos hablé hablaste hablamos discutimos pregunté preguntaste decidimos"
    " comenté comentamos mencioné mencionaste"
)
_TALKING = frozenset(
    f"{_PERSONS} {_SAY} {_SAID} {_DIJE} me us to about it conversation conversations chat chats last"
    " tell everything anything something things else again remember show summarize summary list"
    " was haben habe hast hat mir uns dir que qu ai avons as a quoi est ce qué de sobre".split()
)
_TIME = f"[{_DATED}{_RELATIVE}]"
_WHEN_SAID = re.compile(
    rf"\b(?:i|we|you) (?:\w+ )?(?:{_any(_SAY)})(?: to| with)?(?: me| you| us)?(?: about)?(?: it| that)?"
    rf",? (?:on |in |from )?{_TIME}"
    rf"|\b(?:i|we|you) (?:\w+ )?(?:{_any(_SAY)}) [^,.;:?!{_DATED}]*{_RELATIVE}"
    rf"|^(?:on |in |am |le |el )?{_TIME},? [^.;?!]*\b(?:i|we|you) (?:\w+ )?(?:{_any(_SAY)})\b"
    rf"|\b(?:our|my) (?:\w+ )?(?:conversations?|chats?|discussions?) (?:on |in |of |from )?{_TIME}"
    rf"|\b(?:ich|wir|du) (?:am )?{_TIME} [^,.;?!]*\b(?:{_any(_SAID)})\b"
    rf"|\b(?:je|j|nous|tu|on)\b[^,.;?!]*\b(?:{_any(_SAID)})(?: le)? {_TIME}"
    rf"|\b(?:{_any(_DIJE)})(?: el)? {_TIME}"
)
"""Words in which a time is that of saying, and not of what was said: it stands right by the verb
(or anywhere behind it, counted from now: "what did we say about the roof last Tuesday")."""
