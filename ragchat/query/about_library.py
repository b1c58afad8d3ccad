"""Questions about the library itself: "which documents do I have?"; pure.

No passage answers them: what was found for a question shows neither how many there are nor which.
A rule must match the whole question, since most questions that speak of files, chapters and notes
are about something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ragchat.query.rules import LibraryRules, rules, with_library_rules

LONGEST = 160
"""Characters; in a longer question something else is described, too."""
FEW = 6
"""Words of a question whose language may be misread."""
QUOTES = " \t\"'“”„«»‘’`*"


class LibraryTopic(Enum):
    """What of the library a question asks for.

    `FILES`, `NEWEST`, `OLDEST`, `CONVERSATIONS`, and `CHANGED` and `ADDED` in the times that the
    question names, ask for lists; `OUTLINE` and `SUMMARY` for a file by its name; `MENTIONS` for
    how often something is mentioned.
    """

    FILES = "files"
    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"
    ADDED = "added"
    CONVERSATIONS = "conversations"
    OUTLINE = "outline"
    MENTIONS = "mentions"
    SUMMARY = "summary"


_NAMED = (LibraryTopic.OUTLINE, LibraryTopic.SUMMARY)


@dataclass(frozen=True, slots=True)
class LibraryQuestion:
    """A question about the library; `about` is the file that it names, or what is mentioned."""

    topic: LibraryTopic
    about: str = ""

    @property
    def names_file(self) -> bool:
        """Whether a file is asked for by its name."""
        return self.topic in _NAMED


def about_library(text: str, without_times: str, code: str | None) -> LibraryQuestion | None:
    """Return what a question asks of the library itself, None where it is about something else.

    `without_times` is the question with a mark in place of each time that it names. `code` is its
    language, None where its words do not tell.
    """
    asked = " ".join(text.split())
    if len(asked) > LONGEST:
        return None
    for known in _spoken(asked, code):
        found = known.match(asked, " ".join(without_times.split()))
        if found is not None:
            topic, about = LibraryTopic(found[0]), found[1].strip(QUOTES)
            return LibraryQuestion(topic, _name(about, known) if topic in _NAMED else about)
    return None


def _spoken(asked: str, code: str | None) -> Iterator[LibraryRules]:
    """The rules of the language; for few words, which are easily taken for another language
    ("Resume contrato.md"), then those of all others.
    """
    others = with_library_rules() if len(asked.split()) <= FEW else ("en",)
    for spoken in dict.fromkeys((code or "en", *others)):
        known = rules(spoken)
        if known is not None and known.about_library is not None:
            yield known.about_library


def _name(named: str, known: LibraryRules) -> str:
    """The name of a file without "the file" before it or "document" behind it."""
    words = named.split()
    while len(words) > 1 and words[0].casefold() in known.aside:
        words.pop(0)
    while len(words) > 1 and words[-1].casefold() in known.aside:
        words.pop()
    return " ".join(words).strip(QUOTES)
