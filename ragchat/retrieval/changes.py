"""The newest holds: where a memory changes what an older one says, it stands above it; pure.

People seldom say the same sentence again with another date. They say "the review got pushed back"
or "we went with sushi instead". What tells such a change are words of change, by language, in a
sentence that speaks of the same thing; cosines do not tell it (see `folding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from ingest.document import Hit, MemoryPassage
from ingest.text.language import UNKNOWN, language, language_of, telling_words
from ragchat.query.subjects import Speech, may_speak_of, speaks_of_same, speech_of
from ragchat.query.wording import measures, wording
from ragchat.retrieval.stated_sentences import (
    QUESTION,
    SENTENCE_END,
    Sentence,
    sentences,
    states_of,
)

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


@dataclass(frozen=True, slots=True)
class _Change:
    """A hit that has words of change, with its time and its sentences."""

    hit: Hit
    time: datetime
    sentences: tuple[Sentence, ...]


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
    """Return the changes of a hit, the newest first."""
    passage = hit.passage
    if not isinstance(passage, MemoryPassage) or passage.time is None:
        return []
    later = [change for change in known if change.time > passage.time]
    stated = sentences(_said(passage)) if later else ()
    newer = [change for change in later if changes(change.sentences, stated)]
    return sorted(newer, key=lambda change: change.time, reverse=True)


def changes(new: Sequence[Sentence], old: Sequence[Sentence]) -> bool:
    """Return whether one of the sentences changes one of the older ones."""
    return any(_is_about(change, stated) for change in new for stated in old)


def _is_about(change: Sentence, stated: Sentence) -> bool:
    """Return whether a change is about what a sentence states."""
    if change.changed and change.changed & states_of(stated.text):
        return True
    if change.owners != stated.owners and change.owners and stated.owners:
        return False
    if not (change.is_change or change.things) or change.starts.isdisjoint(stated.starts):
        return False
    if not (change.may_be_short and stated.may_be_short):
        return False
    code = language_of(f"{change.text} {stated.text}") or UNKNOWN
    new, old = (_compared(one, code) for one in (change, stated))
    # A capital may be that of a German noun, so names count.
    few = FEW_PAIRS // 3 if stated.said.caseless else FEW_BESIDE
    of_things = change.things & stated.words and not stated.is_clause
    if of_things and len(old.words - stated.names) <= few:
        return True
    return change.is_change and _share_enough(new, old)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A sentence as it is compared with one in the same language: its content words without those
    that only hold it together, its names without the nouns behind "the", and what it speaks of.
    """

    of: Sentence
    words: frozenset[str]
    names: frozenset[str]
    stems: frozenset[str]
    speech: Speech

    @property
    def is_short(self) -> bool:
        """Whether it may be about one thing; without spaces pairs of characters count."""
        return len(self.words) <= (FEW_PAIRS if self.of.said.caseless else FEW_WORDS)


def _compared(sentence: Sentence, code: str) -> _Compared:
    speech = speech_of(sentence.plain.strip(), code)
    nouns = wording(" ".join(noun.word for noun in speech.nouns)).words
    small = wording(" ".join(speech.small)).words
    words = sentence.words - small
    return _Compared(sentence, words, sentence.names - nouns, _stems(sentence.plain, code), speech)


@lru_cache(maxsize=1024)
def _stems(text: str, code: str) -> frozenset[str]:
    """The stems of the words of a text, in a language."""
    stem = language(code).stem or str
    return frozenset(stem(word) for word in telling_words(text, code))


def _share_enough(new: _Compared, old: _Compared) -> bool:
    """Return whether a sentence with words of change shares enough with one that states
    something.
    """
    change, stated = new.of, old.of
    # Two hours have their unit in common, and two prices.
    figures = {one for one in change.said.figures & stated.said.figures if not measures({one})}
    shared = (new.words & old.words) | figures
    # A name that only one of them has may be the old or the new value.
    mine, theirs = (one.words - (one.names - shared) for one in (new, old))
    names = shared & new.names
    if not (new.is_short and old.is_short) or not mine or not theirs:
        return False
    few = FEW_PAIRS if stated.said.caseless else FEW_OF_SUBJECT
    short = max(len(mine), len(theirs)) <= few and not stated.is_clause
    if short and speaks_of_same(change.plain, new.speech, old.speech):
        return True
    if not may_speak_of(change.plain, new.stems, old.speech):
        return False
    smaller, larger = sorted((len(mine), len(theirs)))
    are_numbered = change.numbered is not None and stated.numbered is not None
    if are_numbered and change.numbered != stated.numbered:
        return False
    if not (shared - names - change.said.figures or len(names) > 1 or are_numbered):
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
    read = sentences(_said(passage), only_changes=True)
    return _Change(hit, passage.time, read) if read else None


def _said(passage: MemoryPassage) -> str:
    """Return the text of an exchange that is read: the user's, or of a mere question the answer."""
    asked = passage.asked[:LONGEST]
    is_question = bool(QUESTION.search(asked)) and not SENTENCE_END.search(asked.strip())
    return passage.answered[:LONGEST] if is_question or not asked.strip() else asked
