"""The parts of an attachment that are sent: its last lines, and the best for a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.document import Chunk, Document, DocumentPassage, Hit
from ingest.text.amounts import counted
from ingest.text.chunker import chunk
from ragchat.request.attachment import ATTACHED, Attachment
from ragchat.request.budget import LedgerEntry, entry_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_EMBEDDED = 90
"""Parts that are compared by meaning, which takes 0.08 s of CPU each (packaged model, 800
characters). Of more, those with rare words or words of the question, and the last."""

TAIL_SHARE = 0.25
"""The share of the budget for the last lines: a log ends with the error."""

WORDS_WEIGHT = 0.3
"""How much words of the question add to the cosine, which for related texts is 0.3 to 0.7."""

RARE = 8
TAIL_LINES = 3
TAIL_CHARACTERS = 400
_WORD = re.compile(r"[^\W\d_]{3,}")
_NAME = re.compile(r"\w{3,}")
"""Words, numbers and codes like E1782."""

Count = Callable[[str], int]
Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The parts of an attachment that are sent, the last lines first, and how many are not."""

    hits: tuple[Hit, ...]
    left_out: int


def all_of(attached: Attachment) -> Excerpts:
    """Return all of an attachment."""
    lines = attached.text.count("\n") + (not attached.text.endswith("\n"))
    first = attached.skipped_lines + 1
    hit = Hit(_passage(attached, attached.text, first, first + lines - 1), 1.0)
    return Excerpts((hit,) if attached.text.strip() else (), 0)


def excerpts(
    attached: Attachment, question: str, tokens: int, count: Count, embed: Embed | None
) -> Excerpts:
    """Return the best parts within a number of tokens; without `embed` by words alone."""
    if count(attached.text[: 8 * tokens]) <= tokens and len(attached.text) <= 8 * tokens:
        return all_of(attached)
    parts = _parts(attached)
    tail = _tail(attached, max(1, round(TAIL_SHARE * tokens)), count)
    first_of_tail = tail.start_line or 0 if tail else math.inf
    left = tokens - (count(tail.text) if tail else 0)
    chosen: list[Hit] = [Hit(tail, 1.0)] if tail else []
    for score, part in _ranked(parts, question, embed):
        line = part.start_line + attached.skipped_lines
        if line >= first_of_tail:
            continue
        size = count(part.text)
        if size <= left:
            end = part.end_line + attached.skipped_lines
            chosen.append(Hit(_passage(attached, part.text, line, end), round(score, 4)))
            left -= size
    return Excerpts(tuple(chosen), max(0, len(parts) - len(chosen)))


def attached_hits(
    attachments: Sequence[Attachment],
    question: str,
    tokens: int | None,
    count: Count,
    embed: Embed | None,
) -> tuple[list[Hit], list[LedgerEntry]]:
    """Return the parts of all attachments to send within a number of tokens (None for no limit),
    and their ledger.
    """
    hits: list[Hit] = []
    ledger: list[LedgerEntry] = []
    for attached in attachments:
        share = None if tokens is None else tokens // len(attachments)
        found = (
            all_of(attached) if share is None else excerpts(attached, question, share, count, embed)
        )
        hits += found.hits
        for hit in found.hits:
            entry = entry_of(hit, count(hit.passage.text), sent=True)
            ledger.append(replace(entry, part="attachment"))
        if found.left_out and share is not None:
            name = f"{attached.name}: {counted(found.left_out, 'further part')}"
            reason = f"over the budget of {counted(share, 'token')} for attachments"
            ledger.append(LedgerEntry("attachment", name, 0, False, reason))
    return hits, ledger


def search_text(question: str, attachments: Sequence[Attachment]) -> str:
    """Return the text to search the library with: the question, and of each attachment its last
    lines and rarest words.
    """
    parts = [question]
    for attached in attachments:
        last = [line.strip() for line in attached.text.splitlines() if line.strip()][-TAIL_LINES:]
        parts.append("\n".join(last)[-TAIL_CHARACTERS:])
        parts.append(" ".join(_rarest(attached.text)))
    return "\n".join(filter(None, parts))


def _parts(attached: Attachment) -> list[Chunk]:
    # The splitter packs by characters; what a model reads of a part does not matter here, since
    # log lines and code come to far fewer word pieces than its limit in 800 characters.
    return chunk(Document(attached.text, "text", attached.name), lambda text: len(text) // 4, 256)


def _tail(attached: Attachment, tokens: int, count: Count) -> DocumentPassage | None:
    """Return the last lines that fit; of a last line that does not, its end."""
    lines = attached.text.rstrip("\n").split("\n")
    kept: list[str] = []
    left = tokens
    while lines and (size := count(lines[-1]) + 1) <= left:
        left -= size
        kept.insert(0, lines.pop())
    if not kept and lines:
        kept = [lines.pop()[-3 * tokens :]]
    text = "\n".join(kept)
    first = attached.skipped_lines + len(lines) + 1
    return _passage(attached, text, first, first + len(kept) - 1) if text.strip() else None


def _ranked(
    parts: Sequence[Chunk], question: str, embed: Embed | None
) -> list[tuple[float, Chunk]]:
    words = [frozenset(_WORD.findall(part.text.lower())) for part in parts]
    shared = _shared(question, [part.text for part in parts])
    if embed is None:
        scores = dict(enumerate(shared))
    else:
        near = _promising(words, _rarity(words), shared)
        cosines = _cosines(question, {words[n]: parts[n].text for n in near}, embed)
        scores = {n: cosines[words[n]] + WORDS_WEIGHT * shared[n] for n in near}
    best = sorted(scores, key=lambda n: (-scores[n], n))
    return [(min(1.0, max(0.0, scores[n])), parts[n]) for n in best]


def _shared(question: str, texts: Sequence[str]) -> list[float]:
    """Return how much of the question's words, numbers and codes each text has, by their rarity."""
    names = [set(_NAME.findall(text.lower())) for text in texts]
    rarity = _rarity(names)
    asked = {name for name in _NAME.findall(question.lower()) if name in rarity}
    total = sum(rarity[name] for name in asked) or 1.0
    return [sum(rarity[name] for name in asked & found) / total for found in names]


def _cosines(
    question: str, texts: Mapping[frozenset[str], str], embed: Embed
) -> dict[frozenset[str], float]:
    """Return how near each text is to the question; one for all with the same words, like lines of
    a log that differ in their numbers.
    """
    vectors = embed([question, *texts.values()])
    return dict(zip(texts, (vectors[1:] @ vectors[0]).tolist(), strict=True))


def _promising(
    words: Sequence[frozenset[str]], rarity: dict[str, float], shared: Sequence[float]
) -> list[int]:
    """The parts worth embedding: all, or of too many those of the question's words, those of rare
    words, and the last.
    """
    everything = range(len(words))
    if len(set(words)) <= MOST_EMBEDDED:
        return list(everything)
    third = MOST_EMBEDDED // 3
    rare = [max((rarity[word] for word in found), default=0.0) for found in words]
    chosen = set(sorted(everything, key=lambda n: -shared[n])[:third])
    chosen |= set(everything[-third:])
    for n in sorted(everything, key=lambda n: -rare[n]):
        if len(chosen) >= MOST_EMBEDDED:
            break
        chosen.add(n)
    return sorted(chosen)


def _rarity(texts: Sequence[Set[str]]) -> dict[str, float]:
    """Return the inverse document frequency of each word among the parts."""
    counts = Counter(word for found in texts for word in found)
    return {word: math.log(1 + len(texts) / n) for word, n in counts.items()}


def _rarest(text: str) -> list[str]:
    """Return the rarest words, the last first: a log tells once, at its end, what happened."""
    counts = Counter(word for word in _WORD.findall(text) if len(word) > 3)
    once = min(counts.values(), default=0)
    rare = [word for word in counts if counts[word] == once]
    return rare[-RARE:]


def _passage(attached: Attachment, text: str, first: int, last: int) -> DocumentPassage:
    return DocumentPassage(
        id=f"{ATTACHED}{attached.sha256[:16]}:{first}",
        source=attached.name,
        text=text,
        start_line=first,
        end_line=last,
    )
