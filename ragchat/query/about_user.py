"""Questions about the user: "what is my nephew called?"; pure.

What answers them was said by the user, in words of its own and often in one clause among others: it
shares hardly a word with the question and is hardly nearer than anything else that was said. So
less is asked of memory for such a question, and more of what the user stated is read. Advice is not
about the user, whatever is "mine" in it: "how do I change my git author name?".
"""

from __future__ import annotations

import re
from enum import Enum

from ragchat.query.marks import unmarked
from ragchat.query.rules import rules

LONG = 40
"""With more words than this it is a task that is described, not a question about the user."""
LONG_CHARACTERS = 360
"""The same in characters, for scripts without spaces."""


class AboutUser(Enum):
    """How far a question is about the user: not; it asks what the user should do; it is
    about "us", who may be others; it asks for something that the user said; it asks for all that is
    known of them.
    """

    NOT = "not"
    ADVICE = "advice"
    SHARED = "shared"
    ASKS = "asks"
    EVERYTHING = "everything"

    @property
    def asks_for_statements(self) -> bool:
        """Whether what the user stated may answer, however little it shares with the question."""
        return self in (AboutUser.ASKS, AboutUser.EVERYTHING)


def about_user(text: str, code: str | None) -> AboutUser:
    """Return how far a short question is about the user who asks it.

    `code` is its language, None where its words do not tell: then it is taken for English. In a
    language without rules no question is about the user.
    """
    known = rules(code or "en")
    spoken = known.about_user if known else None
    if spoken is None or len(text.split()) > LONG or len(text) > LONG_CHARACTERS:
        return AboutUser.NOT
    text = unmarked(text, code or "en")
    if _holds(text, spoken.everything):
        return AboutUser.EVERYTHING
    if not _holds(text, spoken.question):
        return AboutUser.NOT
    if _holds(text, spoken.recalls):
        return AboutUser.ASKS
    rest = re.sub(spoken.favour, " ", text, flags=re.IGNORECASE)
    if _holds(text, spoken.advice):
        return AboutUser.ADVICE if _holds(rest, spoken.user) else AboutUser.NOT
    if _holds(rest, spoken.user):
        return AboutUser.ASKS
    return AboutUser.SHARED if _holds(rest, spoken.shared) else AboutUser.NOT


def _holds(text: str, pattern: str) -> bool:
    # `re` keeps what it has compiled: most languages of a process are never asked in.
    return re.search(pattern, text, re.IGNORECASE) is not None
