"""Times that a question names ("in March", "last Tuesday"), in the local calendar; pure.

The words are data of each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache

from ingest.text.language import script_of
from ingest.text.letters import normal_form
from ragchat.query.around_times import EDGES, words_around
from ragchat.query.calendar_days import Days
from ragchat.query.date_forms import DATED, RELATIVE, Form, any_and, forms, may_name_time
from ragchat.query.date_words import any_spaceless, any_word
from ragchat.query.marks import unmarked
from ragchat.query.rules import TOGETHER, time_patterns, times_read_apart, times_read_as

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(3000, 1, 1, tzinfo=UTC)
LONGEST = 1_000
"""Characters of a question that are read: a pasted page is a question, too."""
FILLER = "\ue002"
"""In a question in place of the rest of a time that was read."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time from `start` on, up to and without `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NamedTimes:
    """The times that a question names, in its order.

    `when_said`: they are when something was said to each other, and not what it was about.
    `alone`: nothing else is asked for ("what did I say yesterday?"). `of_files`: they are when
    files were changed. `without` is the question with a mark in place of each time, `words` are
    those of a single one: "yesterday".
    """

    intervals: tuple[Interval, ...] = ()
    when_said: bool = False
    alone: bool = False
    of_files: bool = False
    without: str = ""
    words: str = ""

    @property
    def counted_from_now(self) -> frozenset[str]:
        """The words of a single time that is counted from now: "this summer", which no text of that
        time says, so a passage need not hold them (RESULTS.md#in-other-languages).
        """
        said = self.words.casefold() if RELATIVE in self.without else ""
        return frozenset(re.findall(r"\w+", said))

    @property
    def is_open(self) -> bool:
        """Whether they have no end: "since May"."""
        return any(interval.end == END for interval in self.intervals)

    @property
    def span(self) -> Interval:
        """From the earliest of the times to the latest, of which there must be one."""
        return Interval(
            min(interval.start for interval in self.intervals),
            max(interval.end for interval in self.intervals),
        )


NO_TIMES = NamedTimes()
"""A question that names none."""


_TIME = f"[{DATED}{RELATIVE}]"
_SIGNS = DATED + RELATIVE + FILLER
_LISTED = re.compile(r"«(\w+)»")


@cache
def _when_said(code: str) -> re.Pattern[str]:
    """The places of a time that is that of saying, in the languages of a code."""
    pattern = "|".join(time_patterns("when_said", code))
    return re.compile(_LISTED.sub(lambda listed: _listed(listed[1], code), pattern))


def _listed(name: str, code: str) -> str:
    """Return the pattern of `«name»` in the rules of a language."""
    marks = {"time": _TIME, "dated": DATED, "relative": RELATIVE, "filler": FILLER}
    if name in marks:
        return marks[name]
    if name == "edge":
        return any_word("since", "after", "before", "until", code="en")
    if name.startswith("spaceless_"):
        return any_spaceless(name.removeprefix("spaceless_"))
    return any_word(name, code=code)


@cache
def _between(code: str) -> re.Pattern[str]:
    """Two times that are the ends of one: "between Tuesday and Thursday"."""
    between, and_ = any_word("between", code=code), any_and(code)
    behind, ending = any_word("between_behind", code=code), r"(?:'\w{1,4})?"
    return re.compile(
        rf"\b{between}\s+(?:the |dem |den |le |el )?{_TIME}{FILLER}*\s*"
        rf"{and_}(?:the |dem |den |le |el )?{_TIME}"
        rf"|{_TIME}{FILLER}*{any_spaceless('to')}\s?{_TIME}"
        rf"|{_TIME}{FILLER}*{any_spaceless('and')}\s?{_TIME}(?={FILLER}*\s?{any_spaceless('span')})"
        rf"|{_TIME}{FILLER}*{ending}\s+{and_}{_TIME}(?={FILLER}*{ending}\s+{behind})",
        re.IGNORECASE,
    )


@cache
def _of_files(code: str) -> re.Pattern[str]:
    """Words in which a time is that of files: "the notes changed since May"."""
    files, were = any_word("files", code=code), any_word("files_were", code=code)
    return re.compile(
        rf"\b{files}\s+(?:(?:that|which) (?:have |were |was |has )?(?:been )?)?"
        rf"(?:{were}\s+){{1,2}}(?:the )?{_TIME}"
    )


def named_times(question: str, now: datetime | None, code: str | None = None) -> NamedTimes:
    """The times that a question names. Without `now` only those that a year is given with; with
    it, a month or a day without a year is the latest that has begun. `code` is the language.
    """
    # "５月３日" is written in figures of full width, "٣ أيام" in those of Arabic.
    whole = normal_form(question[:LONGEST])
    code = code or script_of(whole)
    # "A w marcu?" has no word of which its language is known.
    spoken = [code] if code else [None, *times_read_apart()]
    return next(filter(None, (_times_in(whole, now, code) for code in spoken)), NO_TIMES)


def _times_in(whole: str, now: datetime | None, code: str | None) -> NamedTimes | None:
    """The times in a text, as they are named in a language; None if it names none."""
    read_as = times_read_as(code)
    text = unmarked(whole, read_as)
    if not may_name_time(text, read_as):
        return None
    today = now.astimezone().date() if now else None
    found: list[tuple[int, Interval, str]] = []
    for form in forms(read_as):
        if form.language not in (None, code):
            continue
        for match in list(form.pattern.finditer(text)):
            days = _resolved(form, match, today)
            if days:
                starts = [match.start(name) for name in form.pattern.groupindex if match[name]]
                lead = text[: min(starts, default=match.start())]
                tail = text[match.end() :]
                named = whole[slice(*match.span())]
                found.append((match.start(), _bounded(lead, tail, days, code), named))
                blank = form.mark.ljust(match.end() - match.start(), FILLER)
                text = text[: match.start()] + blank + text[match.end() :]
    if not found:
        return None
    marked = (sign if sign in _SIGNS else letter for sign, letter in zip(text, whole, strict=True))
    without = " ".join("".join(marked).replace(FILLER, "").split())
    return replace(_read(text, sorted(found, key=lambda time: time[0]), code), without=without)


def _read(text: str, found: Sequence[tuple[int, Interval, str]], code: str | None) -> NamedTimes:
    """Return the times, with what the words around them say of their kind."""
    plain = " ".join(text.replace(FILLER, "").split()).lower()
    around = words_around(re.sub(_TIME, " ", plain), code)
    read_as = times_read_as(code)
    when_said = _when_said(read_as).search(plain) is not None
    of_files = not when_said and _of_files(read_as).search(plain) is not None
    # "What happened yesterday?" asks the memory, too; what happened in May 2019 may be in a file.
    from_now = RELATIVE in plain and (around.says or around.does)
    nothing_else = not around.tells and (from_now or (around.says and around.by_us))
    return NamedTimes(
        tuple(_joined(text, found, read_as)),
        when_said=when_said or nothing_else,
        alone=nothing_else or (when_said and not around.tells),
        of_files=of_files,
        words=found[0][2].strip() if len(found) == 1 else "",
    )


def _joined(text: str, found: Sequence[tuple[int, Interval, str]], code: str) -> Iterator[Interval]:
    """The intervals, those between two times as one."""
    ends = {match.end() - 1: match.start() for match in _between(code).finditer(text)}
    marks = [position for position, _, _ in found]
    skipped = set()
    for n, (position, interval, _) in enumerate(found):
        following = next((end for end, start in ends.items() if start <= position < end), None)
        if n in skipped:
            continue
        if following in marks and marks.index(following) == n + 1:
            other = found[n + 1][1]
            skipped.add(n + 1)
            yield Interval(_in_year_of(interval.start, other.start), other.end)
        else:
            yield interval


def _in_year_of(start: datetime, end: datetime) -> datetime:
    """The start of a time whose year only its end has: "between 3 May and 7 May 2023"."""
    if start <= end or end == BEGINNING:  # "부터 … 까지" says "until" of the end
        return start
    return start.replace(year=end.year, day=min(start.day, 28 if start.month == 2 else start.day))


def _resolved(form: Form, match: re.Match[str], today: date | None) -> Days | None:
    if today is None and not match.groupdict().get("year"):
        return None
    try:
        days = form.resolve(match, today or date(1970, 1, 1))
    except (ValueError, OverflowError):  # 31 February; 99 centuries ago
        return None
    return days if days and days[0] > BEGINNING.date() else None


def _bounded(lead: str, tail: str, days: Days, code: str | None) -> Interval:
    start, end = (datetime(*day.timetuple()[:3]).astimezone(UTC) for day in days)
    code = code or TOGETHER
    word = _edge(code).search(lead) or _edge_behind(code).match(tail)
    if not word:
        return Interval(start, end)
    return {
        "before": Interval(BEGINNING, start),
        "until": Interval(BEGINNING, end),
        "since": Interval(start, END),
        "after": Interval(end, END),
    }[(word.lastgroup or "").removesuffix("_lead")]


@cache
def _edge(code: str) -> re.Pattern[str]:
    """Words that leave one end open, in the language of the question: "na" is after in Dutch and on
    in Portuguese.
    """
    named = "|".join(rf"(?P<{edge}>{any_word(edge, code=code)})" for edge in EDGES)
    return re.compile(
        rf"\b(?:{named})\s+(?:the |le |la |el |zum |dem |der |de |het |il |lo |o |a )?$"
        rf"|(?P<since_lead>{any_spaceless('since_lead')})$",
        re.IGNORECASE,
    )


@cache
def _edge_behind(code: str) -> re.Pattern[str]:
    """The same in languages that say it behind the time: "Nisan'dan beri"."""
    if times_read_as(code) != TOGETHER:
        behind = "|".join(rf"(?P<{edge}>{any_word(f'{edge}_behind', code=code)})" for edge in EDGES)
        return re.compile(rf"(?:['’]?\w{{1,4}})?\s+(?:{behind})\b", re.IGNORECASE)
    named = "|".join(rf"\s?(?P<{edge}>{any_spaceless(edge)})" for edge in EDGES)
    return re.compile(rf"(?!{any_spaceless('to')}\d|から(?:\d|.{{1,12}}まで)){named}")
