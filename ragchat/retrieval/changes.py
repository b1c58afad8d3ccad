"""The newest holds: where a memory changes what an older one says, it stands above it; pure.

People seldom say the same sentence again with another date. They say "the review got pushed back"
or "we went with sushi instead". What tells such a change are words of change, by language, in a
sentence that speaks of the same thing; cosines do not tell it (see `folding`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from ingest.document import Hit, MemoryPassage
from ingest.text.language import UNKNOWN, language_of
from ragchat.query.change_words import (
    Changes,
    LastingState,
    changes_hinted_at,
    states,
    without_reason,
)
from ragchat.query.subjects import Speech, speaks_of_same, speech_of
from ragchat.query.wording import Wording, measures, wording
from ragchat.retrieval.folding import is_statement

SHARED = 0.6
"""The share of the shorter sentence's content words that a change and what it changes have in
common: from 0.5 on "my sister's wedding" changes "my brother's wedding"."""
SHARED_OF_CLAUSE = 0.5
"""Of the longer, where one of them is a clause: "my tournament got pushed back" does not change
"I won a regional tournament in a video game"."""
FEW_WORDS, FEW_PAIRS = 12, 36
"""Content words, or pairs of characters, of a sentence up to which it may be about one thing."""
FEW_BESIDE = 4
"""The same, of sentences that share one word only, which is all that one of them says."""
FEW_OF_SUBJECT = 8
"""Content words of sentences that have only their subject in common: "the keys are in the tin"."""
LONGEST = 1_200
"""Characters of a side of an exchange that are read: changes are said in passing, not at length."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])(?<!\d\.)\s+|(?<=[。！？；])|\n+")
_CLAUSE_END = re.compile(r",\s+|:\s+|\s[-–—]+\s|[，、：]")
_QUESTION = re.compile(r"[?？]\s*$")
_SUBJECT = re.compile(r"\b([^\W\d_][\w-]*)['’]s\b")
"""Whose something is: "Anna's appointment" is not Ben's."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as it is compared, `plain`: without its words of change.

    `owners`: whose thing it is about. `changed`: the states that it says have changed, each with
    whose it is. `things`: what it says is new, or gone. `is_claim`: it states something, and not
    only "great, John!".
    `is_clause`: it is a part of a sentence, which may leave its subject to the rest.
    """

    text: str
    plain: str
    said: Wording
    owners: frozenset[str]
    changed: frozenset[tuple[LastingState, str]]
    things: frozenset[str]
    is_change: bool
    is_claim: bool
    is_clause: bool

    @property
    def words(self) -> frozenset[str]:
        """Its content words, without figures, which are what changes."""
        return self.said.affirmed - self.said.figures

    @property
    def names(self) -> frozenset[str]:
        """Its capitalised words."""
        return self.said.names | self.said.openers


@dataclass(frozen=True, slots=True)
class _Change:
    """A hit that has words of change, with its time and its sentences."""

    hit: Hit
    time: datetime
    sentences: tuple[_Sentence, ...]


def newest_above(hits: Sequence[Hit], further: Sequence[Hit] = ()) -> tuple[Hit, ...]:
    """The hits, best first, each below what changes it and marked with when it was changed.

    `further` are hits that were not among the best: those that change one of them come in.
    """
    known = [change for change in map(_change, [*hits, *further]) if change]
    if not known:
        return tuple(hits)
    placed: list[Hit] = []
    for hit in hits:
        _place(hit, known, placed)
    return tuple(placed)


def _place(hit: Hit, known: Sequence[_Change], placed: list[Hit]) -> None:
    """Append a hit behind what changes it, unless it is there already."""
    if any(other.passage.id == hit.passage.id for other in placed):
        return
    newer = _changing(hit, known)
    for change in newer:
        _place(replace(change.hit, score=max(change.hit.score, hit.score)), known, placed)
    placed.append(replace(hit, changed=newer[0].time) if newer else hit)


def _changing(hit: Hit, known: Sequence[_Change]) -> list[_Change]:
    """What changes a hit, the newest first."""
    passage = hit.passage
    if not isinstance(passage, MemoryPassage) or passage.time is None:
        return []
    later = [change for change in known if change.time > passage.time]
    stated = _sentences(_said(passage)) if later else ()
    newer = [change for change in later if changes(change.sentences, stated)]
    return sorted(newer, key=lambda change: change.time, reverse=True)


def says_change(new: str, old: str) -> bool:
    """Whether a text changes what an older one says."""
    return changes(_sentences(new), _sentences(old))


def changes(new: Sequence[_Sentence], old: Sequence[_Sentence]) -> bool:
    """Whether one of the sentences changes one of the older ones."""
    return any(_is_about(change, stated) for change in new for stated in old)


def _is_about(change: _Sentence, stated: _Sentence) -> bool:
    """Whether a change is about what a sentence states."""
    if change.changed and change.changed & _states_of(stated.text):
        return True
    if change.owners != stated.owners and change.owners and stated.owners:
        return False
    if not (change.is_change or change.things):
        return False
    code = language_of(f"{change.text} {stated.text}") or UNKNOWN
    new, old = (_compared(one, code) for one in (change, stated))
    # A capital may be that of a German noun, so names count.
    few = FEW_PAIRS // 3 if stated.said.caseless else FEW_BESIDE
    if change.things & stated.words and len(old.words - stated.names) <= few:
        return True
    return change.is_change and _share_enough(new, old)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A sentence as it is compared with one in the same language: its content words without those
    that only hold it together, its names without the nouns behind "the", and what it speaks of.
    """

    of: _Sentence
    words: frozenset[str]
    names: frozenset[str]
    speech: Speech

    @property
    def is_short(self) -> bool:
        """Whether it may be about one thing; without spaces pairs of characters count."""
        return len(self.words) <= (FEW_PAIRS if self.of.said.caseless else FEW_WORDS)


def _compared(sentence: _Sentence, code: str) -> _Compared:
    speech = speech_of(sentence.plain.strip(), code)
    nouns = wording(" ".join(noun.word for noun in speech.nouns)).words
    small = wording(" ".join(speech.small)).words
    return _Compared(sentence, sentence.words - small, sentence.names - nouns, speech)


def _share_enough(new: _Compared, old: _Compared) -> bool:
    """Whether a sentence with words of change shares enough with one that states something."""
    change, stated = new.of, old.of
    figures = change.said.figures & stated.said.figures
    shared = (new.words & old.words) | figures
    # A name that only one of them has may be the old or the new value.
    mine, theirs = (one.words - (one.names - shared) for one in (new, old))
    names = shared & new.names
    if not (new.is_short and old.is_short) or not mine or not theirs:
        return False
    few = FEW_PAIRS if stated.said.caseless else FEW_OF_SUBJECT
    if max(len(mine), len(theirs)) <= few and speaks_of_same(change.plain, new.speech, old.speech):
        return True
    smaller, larger = sorted((len(mine), len(theirs)))
    if not shared - names - change.said.figures and len(names) < 2:
        return False
    kinds = [measures(one.said.figures) for one in (change, stated)]
    if all(kinds) and kinds[0].isdisjoint(kinds[1]):  # its price is not its day
        return False
    if not stated.is_claim and len(stated.words - (old.names - shared)) < FEW_BESIDE:
        return False
    if change.is_clause or stated.is_clause:
        return len(shared) >= max(2, SHARED * smaller, SHARED_OF_CLAUSE * larger)
    return len(shared) >= max(2 if larger > FEW_BESIDE else 1, SHARED * smaller)


def _change(hit: Hit) -> _Change | None:
    passage = hit.passage
    if not isinstance(passage, MemoryPassage) or passage.time is None:
        return None
    sentences = _sentences(_said(passage), only_changes=True)
    return _Change(hit, passage.time, sentences) if sentences else None


def _said(passage: MemoryPassage) -> str:
    """What is read of an exchange: what the user said, or of a mere question the answer."""
    asked = passage.asked[:LONGEST]
    is_question = bool(_QUESTION.search(asked)) and not _SENTENCE_END.search(asked.strip())
    return passage.answered[:LONGEST] if is_question or not asked.strip() else asked


def _sentences(text: str, *, only_changes: bool = False) -> tuple[_Sentence, ...]:
    """The sentences of a text that state something, and the clauses of each."""
    found: list[_Sentence] = []
    for sentence in map(str.strip, _SENTENCE_END.split(text)):
        if not sentence or _QUESTION.search(sentence):
            continue
        if only_changes and not says_any_change(sentence):
            continue
        whole = _sentence(sentence, is_clause=False)
        found.append(whole)
        what = without_reason(sentence)
        if what != sentence:
            found.append(replace(_sentence(what, is_clause=False), owners=whole.owners))
        clauses = [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]
        if len(clauses) > 1:
            parts = (_sentence(clause, is_clause=True) for clause in clauses)
            found += (replace(part, owners=part.owners or whole.owners) for part in parts)
    return tuple(found)


def says_any_change(text: str) -> bool:
    """Whether a text has words of change."""
    return any(
        known.words.search(text)
        or _things(known, text)
        or any(_who(state.changed, text) is not None for state in known.states)
        for known in changes_hinted_at(text)
    )


def _things(known: Changes, text: str) -> list[str]:
    """What a sentence says is new, or gone."""
    return [found["thing"] for pattern in known.of_thing for found in pattern.finditer(text)]


def _who(patterns: Sequence[re.Pattern[str]], text: str) -> str | None:
    """Whose state a pattern finds, "" for that of the one who speaks; None for no one's."""
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            return (found.groupdict().get("who") or "").casefold()
    return None


@lru_cache(maxsize=1024)
def _states_of(text: str) -> frozenset[tuple[LastingState, str]]:
    """The states that a sentence speaks of, each with whose it is."""
    found = ((state, _who((*state.changed, *state.stated), text)) for state in states())
    return frozenset((state, who) for state, who in found if who is not None)


def _sentence(text: str, *, is_clause: bool) -> _Sentence:
    plain = text
    changed, things = set(), list[str]()
    for known in changes_hinted_at(text):
        things += _things(known, text)
        plain = known.words.sub(" ", plain)
        found = ((state, _who(state.changed, text)) for state in known.states)
        changed |= {(state, who) for state, who in found if who is not None}
    owners = _SUBJECT.findall(plain)
    said = wording(plain)
    return _Sentence(
        text=text,
        plain=plain,
        said=said,
        owners=wording(" ".join(owners)).words if owners else frozenset(),
        changed=frozenset(changed),
        things=wording(" ".join(things)).words,
        is_change=bool(changed) or plain != text,
        is_claim=bool(said.figures) or is_statement(text),
        is_clause=is_clause,
    )
