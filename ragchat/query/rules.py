"""The rules of a language for questions, read from its file of data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ragchat.query.hints import Hints
from ragchat.query.languages import languages
from ragchat.query.marks import unmarked


@dataclass(frozen=True, slots=True)
class UserRules:
    """How a language asks about the one who asks: patterns, upper and lower case alike.

    - `question`: how questions are known; `user`: words for the user; `shared`: for the user and
      others.
    - `favour`: "tell me", which is left aside; `advice`: questions that ask what to do, whatever is
      "mine" in them; `recalls`: what asks for something said or done before.
    - `everything`: what asks for all that is known of the user.
    """

    question: str
    user: str
    shared: str
    favour: str
    advice: str
    recalls: str
    everything: str


def bare(question: str) -> str:
    """Return a question as patterns of whole questions have it, without the marks around it."""
    return question.replace("’", "'").strip(" ?？؟¿!！.…。")


@dataclass(frozen=True, slots=True)
class LibraryRules:
    """How a language asks about the library itself: by topic, patterns of whole questions.

    - `hints`: words of which such a question has at least one.
    - `around`: the politeness before and after a question, which is left aside.
    - `aside`: words beside the name of a file that are not part of it: "the", "file".
    """

    code: str
    topics: Mapping[str, str]
    hints: Hints
    around: str
    aside: frozenset[str]

    def match(self, text: str, timeless: str) -> tuple[str, str] | None:
        """The topic of a whole question, and what it names, "" for nothing; None for others.

        Patterns with `TIME` are matched with the question in which its times are only marked.
        """
        if not self.hints.in_text(unmarked(text, self.code)):
            return None
        asked, marked = self._asked(text), self._asked(timeless)
        for topic, pattern in self.topics.items():
            # `re` keeps what it has compiled: most questions need none of these.
            whole = marked if TIME in pattern else asked
            found = re.fullmatch(pattern, unmarked(whole, self.code), re.IGNORECASE)
            if found:
                named = (n for n, name in enumerate(found.groups(), 1) if name is not None)
                group = next(named, None)
                return topic, whole[slice(*found.span(group))] if group else ""
        return None

    def _asked(self, text: str) -> str:
        plain = bare(text)
        found = re.fullmatch(self.around, unmarked(plain, self.code), re.IGNORECASE)
        return plain[slice(*found.span("asked"))] if found else plain


@dataclass(frozen=True, slots=True)
class Rules:
    """What questions in a language look like.

    - `weak`: words that say nothing about the subject: politeness, instructions, common verbs;
      `vague`: those that may, but need not: "list", "file", "question".
    - `pointing`: words that point back to earlier turns; `perhaps`: those that do in short ones;
      `opening`: those that go on from before where a question begins with one: "and".
    - `few_characters`: without spaces, the characters that say too little by themselves.
    - `about_user`: how questions about the user are known; None if they are not.
    - `about_library`: how questions about the library are known; None if they are not.
    - `gauge`: questions with what answers each, of no topic in particular: they tell how well an
      embedding model knows the language.
    """

    weak: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    opening: frozenset[str] = frozenset()
    few_characters: int | None = None
    about_user: UserRules | None = None
    about_library: LibraryRules | None = None
    gauge: tuple[tuple[str, str], ...] = ()


@cache
def rules(code: str) -> Rules | None:
    """The rules of a language by its ISO 639-1 code; None for one without a file, or with one that
    only has words.
    """
    data = languages().get(code, {})
    if not data.keys() - {"wording"}:
        return None

    def words(name: str) -> frozenset[str]:
        listed = data.get(name, "")
        return frozenset(f"{listed} {unmarked(listed, code)}".split())

    return Rules(
        weak=words("weak"),
        vague=words("vague"),
        pointing=words("pointing"),
        perhaps=words("perhaps"),
        opening=words("opening"),
        few_characters=data.get("few_characters"),
        about_user=_user_rules(data["about_user"], code) if "about_user" in data else None,
        about_library=_library_rules(data["about_library"], code)
        if "about_library" in data
        else None,
        gauge=tuple((asked, answer) for asked, answer in data.get("gauge", ())),
    )


@cache
def with_library_rules() -> tuple[str, ...]:
    """The languages in which questions about the library are known."""
    return tuple(code for code, data in languages().items() if "about_library" in data)


def edition_words() -> frozenset[str]:
    """Words in the names of files that tell editions of a document apart."""
    return frozenset(_in_all_languages("editions"))


def older_words() -> frozenset[str]:
    """Words of questions about older editions, or about what changed."""
    return frozenset(_in_all_languages("older"))


def recency_words() -> frozenset[str]:
    """Words of questions for which it matters how new a file is."""
    return frozenset(_in_all_languages("recency"))


@cache
def wording_words(name: str) -> frozenset[str]:
    """A list of words that `wording` knows, of all languages: a text may be in any."""
    return frozenset(
        word
        for data in languages().values()
        for word in data.get("wording", {}).get(name, "").split()
    )


@cache
def wording_pattern(name: str) -> str:
    """A pattern that matches what any language has under this name."""
    known = (data.get("wording", {}).get(name, "") for data in languages().values())
    return "|".join(pattern.strip() for pattern in known if pattern)


TOGETHER = "together"
"""The languages in which times are read by the words of all of them, in place of a code."""


def times_read_as(code: str | None) -> str:
    """A language whose times are read by its own words alone (`apart`), else `TOGETHER`: "son" is
    "last" in Turkish.
    """
    return code if code and _times(code).get("apart") else TOGETHER


@cache
def times_read_apart() -> tuple[str, ...]:
    """The languages whose times are, without those that are known by their script."""
    return tuple(code for code in languages() if _times(code).get("apart") is True)


def time_lists(name: str, code: str | None = None) -> tuple[str, ...]:
    """A list of words for times in every language, or those of a code; see `date_words`."""
    spoken = _spoken_times(code)
    return tuple(unmarked(times[name], lang) for lang, times in spoken if name in times)


def time_patterns(name: str, code: str) -> Iterator[str]:
    """Patterns around times in the languages of a code; see `dates`."""
    for spoken, times in _spoken_times(code):
        yield from (unmarked(pattern, spoken) for pattern in times.get(name, ()))


def _times(code: str) -> Mapping[str, Any]:
    times: Mapping[str, Any] = languages().get(code, {}).get("times", {})
    return times


def _spoken_times(code: str | None) -> list[tuple[str, Mapping[str, Any]]]:
    """The times of one language if it has any, of those read together, or for None of all."""
    if code and _times(code):
        return [(code, _times(code))]
    known = [(language, _times(language)) for language in languages()]
    return known if code is None else [spoken for spoken in known if not spoken[1].get("apart")]


def spaceless_time_lists(name: str) -> tuple[str, ...]:
    """A list of words for times in each language without spaces."""
    known = (data.get("times", {}).get("spaceless", {}) for data in languages().values())
    return tuple(times[name] for times in known if name in times)


def leads_to_months(code: str) -> Iterator[tuple[str, str]]:
    """The words that a name is a month behind, and the names of months, by language of a code."""
    for spoken, times in _spoken_times(code):
        if times and "spaceless" not in times:
            leads = f"{times['in']} {times.get('in_month', '')}"
            yield unmarked(leads, spoken), unmarked(times["months"], spoken)


def order_patterns(text: str, which: Literal["first", "last"]) -> Iterator[tuple[str, str]]:
    """Patterns of whole questions for what was said first or last, of each language of which a text
    has a hint, and the text as each is matched with it.
    """
    for code, hints, patterns in _orders():
        asked = unmarked(text, code)
        if hints.in_text(asked):
            yield from ((unmarked(pattern, code), asked) for pattern in patterns[which])


@cache
def _orders() -> tuple[tuple[str, Hints, Mapping[str, Sequence[str]]], ...]:
    known = ((code, times["order"]) for code, times in _spoken_times(None) if times)
    return tuple(
        (code, Hints.of(unmarked(patterns["hints"], code).split()), patterns)
        for code, patterns in known
    )


@cache
def _in_all_languages(name: str) -> tuple[str, ...]:
    return tuple(word for data in languages().values() for word in data.get(name, "").split())


def _user_rules(data: Mapping[str, Any], code: str) -> UserRules:
    names = UserRules.__dataclass_fields__
    return UserRules(**{name: unmarked("|".join(data[name]), code) for name in names})


_WORD = re.compile("«(\\w+)»")
TIME = r"[\ue000-\ue002]+"
"""Matches what `dates` puts in place of a time; only patterns that need a time hold it."""


def _library_rules(data: Mapping[str, Any], code: str) -> LibraryRules:
    """`«doc»` in a pattern is the pattern of that name among the words."""

    def expanded(pattern: str) -> str:
        whole = _WORD.sub(lambda word: expanded(data["words"][word[1]]), pattern)
        return unmarked(whole, code)

    return LibraryRules(
        code=code,
        topics={
            # In alternatives a name may stand for one group only.
            topic: re.sub(r"\(\?P<\w+>", "(", "|".join(map(expanded, patterns)))
            for topic, patterns in data["kinds"].items()
        },
        hints=Hints.of(unmarked(data["hints"], code).split()),
        around=unmarked(rf"(?:{data['lead']})*(?P<asked>.*?)(?:{data['tail']})?", code),
        aside=frozenset(data["aside"].split()),
    )
