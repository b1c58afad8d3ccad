"""A word of a question, as the full-text indexes may have it."""

from __future__ import annotations

from dataclasses import dataclass, field

Forms = tuple[str, ...]
"""FTS5 strings, any of which is the word."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question.

    - `name`: its form in the names of files.
    - `weak`: says nothing about the subject; `vague`: may say nothing about it.
    - `plain`: could be misspelt.
    - `prefix`: the beginning of words.
    - `optional`: another way to write other terms, those of the forms in `instead_of`: counts only
      where the library has it.
    - `parts`: those of an identifier, which are the term where it is not written as a whole.
    - `asked`: the parts of a long question that it is in, a bit each.
    - `beside`: of a pair of characters, the pairs before and after it.
    - `behind`: a word of previous turns.
    - `adjacent`: words next to each other in the question; optional, too.
    - `is_name`: written as a name, within a sentence.
    - `written`: the word as it was asked, in small letters, without signs at its ends.
    """

    forms: Forms
    name: str | None = None
    weak: bool = False
    vague: bool = False
    plain: bool = False
    prefix: bool = False
    optional: bool = False
    instead_of: tuple[Forms, ...] = ()
    parts: tuple[Term, ...] = ()
    asked: int = 0
    behind: bool = False
    adjacent: bool = False
    is_name: bool = field(default=False, compare=False)
    beside: tuple[str | None, str | None] | None = None
    written: str | None = None

    def __hash__(self) -> int:
        return hash((self.forms, self.written))  # of all fields it takes five times as long
