"""What a line typed in the session is: a word of the session, a question, or a slip; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

WORDS: Mapping[str, str] = {
    "help": "what can be typed here",
    "sources": "the sources of the last answer",
    "context": "what the last question was sent with, and why",
    "search": "find in documents and memory: /search QUERY",
    "recall": "find in past conversations: /recall QUERY",
    "new": "start a new conversation",
    "history": "what was said in this conversation",
    "model": "show the model, or change it: /model NAME",
    "cost": "tokens and money so far",
    "quit": "leave (Ctrl-D does too)",
}
_ALIASES = {"exit": "quit", "q": "quit", "?": "help"}
_LEAVING = {"quit", "exit"}
SURELY_MEANT = 0.8
"""How alike (0..1, difflib) an unknown word before other text must be to be taken for a slip."""


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the session, by its name, and what stands after it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Anything else, without white space at its ends; may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A word that there is not; `hint` is one line for a person."""

    hint: str


class Words:
    """The words of the session and what each is for."""

    def __init__(self, meanings: Mapping[str, str] = WORDS) -> None:
        self.meanings = dict(meanings)

    def parse(self, line: str) -> Command | Question | Mistake:
        """What `line` is.

        An unknown word is a slip when it stands alone, or when it is nearly a known one; before
        other text it is otherwise part of a question, as paths are: `/etc/hosts what is this`.
        """
        text = line.strip()
        if text.lower() in _LEAVING:
            return Command("quit")
        word, argument = [*text.split(maxsplit=1), "", ""][:2]
        name = _ALIASES.get(word[1:].lower(), word[1:].lower())
        if not word.startswith("/"):
            return Question(text)
        if name in self.meanings:
            return Command(name, argument)
        if re.fullmatch("[a-z]+", name) and (not argument or self._nearest(name, SURELY_MEANT)):
            return Mistake(self._hint(name))
        return Question(text)

    def _hint(self, name: str) -> str:
        nearest = self._nearest(name, 0.5)
        advice = f"did you mean /{nearest}?" if nearest else "/help shows what can be typed"
        return f"there is no /{name}: {advice}"

    def _nearest(self, name: str, alike: float) -> str:
        return next(iter(difflib.get_close_matches(name, self.meanings, n=1, cutoff=alike)), "")
