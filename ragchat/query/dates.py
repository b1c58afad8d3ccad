"""Times that a question names ("in March", "last Tuesday"), in the local calendar; pure.

English, and the plain forms of German, French and Spanish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ingest.text.language import telling_words
from ragchat.query.date_forms import DATED, FORMS, RELATIVE, Days, Form, any_of

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(3000, 1, 1, tzinfo=UTC)
LONGEST = 1_000
"""Characters of a question that are read: a pasted page is a question, too."""
FILLER = "\ue002"
"""Stands in a question for the rest of a time that was read."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time from `start` on, up to and without `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NamedTimes:
    """The times that a question names, in its order.

    `when_said`: they are when something was said to each other, and not what it was about.
    `alone`: nothing else is asked for ("what did I say yesterday?"). `without` is the question with
    a mark in place of each.
    """

    intervals: tuple[Interval, ...] = ()
    when_said: bool = False
    alone: bool = False
    without: str = ""


NO_TIMES = NamedTimes()
"""A question that names none."""


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
    f"{_PERSONS} {_SAY} {_SAID} {_DIJE} me us to about it conversation conversations chat chats"
    " last tell everything anything something things else again remember show summary list"
    " was haben habe hast hat mir uns dir que qu ai avons as a quoi est ce qué de sobre".split()
)
_TIME = f"[{DATED}{RELATIVE}]"
_WHEN_SAID = re.compile(
    rf"\b(?:i|we|you) (?:\w+ )?(?:{any_of(_SAY)})(?: to| with)?(?: me| you| us)?(?: about)?"
    rf"(?: it| that)?,? (?:on |in |from )?{_TIME}"
    rf"|\b(?:i|we|you) (?:\w+ )?(?:{any_of(_SAY)}) [^,.;:?!{DATED}]*{RELATIVE}"
    rf"|^(?:on |in |am |le |el )?{_TIME},? [^.;?!]*\b(?:i|we|you) (?:\w+ )?(?:{any_of(_SAY)})\b"
    rf"|\b(?:our|my) (?:\w+ )?(?:conversations?|chats?|discussions?) (?:on |in |of |from )?{_TIME}"
    rf"|\b(?:ich|wir|du) (?:am )?{_TIME} [^,.;?!]*\b(?:{any_of(_SAID)})\b"
    rf"|\b(?:je|j|nous|tu|on)\b[^,.;?!]*\b(?:{any_of(_SAID)})(?: le)? {_TIME}"
    rf"|\b(?:{any_of(_DIJE)})(?: el)? {_TIME}"
)
"""Wordings in which the time is when something was said, not when it happened: right beside the
verb (or anywhere after it, counted from now: "what did we say about the roof last Tuesday")."""


def named_times(question: str, now: datetime | None) -> NamedTimes:
    """The times that a question names. Without `now` only those that a year is given with; with
    it, a month or a day without a year is the latest that has begun.
    """
    today = now.astimezone().date() if now else None
    found: list[tuple[int, Interval]] = []
    text = question[:LONGEST]
    for form in FORMS:
        for match in list(form.pattern.finditer(text)):
            days = _resolved(form, match, today)
            if days:
                starts = [match.start(name) for name in form.pattern.groupindex if match[name]]
                lead = text[: min(starts, default=match.start())]
                found.append((match.start(), _bounded(lead, days)))
                blank = form.mark.ljust(match.end() - match.start(), FILLER)
                text = text[: match.start()] + blank + text[match.end() :]
    if not found:
        return NO_TIMES
    intervals = tuple(interval for _, interval in sorted(found, key=lambda each: each[0]))
    without = " ".join(text.replace(FILLER, "").split())
    plain = without.lower()
    rest = set(telling_words(re.sub(f"[{DATED}{RELATIVE}]", " ", plain))) - _TALKING
    when_said = _WHEN_SAID.search(plain) is not None
    return NamedTimes(intervals, when_said, alone=when_said and not rest, without=without)


def _resolved(form: Form, match: re.Match[str], today: date | None) -> Days | None:
    if today is None and not match.groupdict().get("year"):
        return None
    try:
        days = form.resolve(match, today or date(1970, 1, 1))
    except (ValueError, OverflowError):  # 31 February; 99 centuries ago
        return None
    return days if days and days[0] > BEGINNING.date() else None


def _bounded(lead: str, days: Days) -> Interval:
    start, end = (datetime(*day.timetuple()[:3]).astimezone(UTC) for day in days)
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
