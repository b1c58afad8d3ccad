"""A term of a question as one pool holds it."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.search.term import Forms, Term


@dataclass(frozen=True, slots=True)
class Sought:
    """A term with the forms in which the pool holds it, and the documents of which the name does;
    `chunks`: how many chunks hold it in all pools that are searched together.

    `weight` is what it counts for: its rarity, less where it is not sure to be asked for. `words`
    is a bit for each word of the question that a chunk with the term holds. `strength` is the share
    of its rarity that it counts for.
    """

    term: Term
    forms: Forms
    chunks: int
    documents: tuple[int, ...] = ()
    weight: float = 0.0
    words: int = 0
    strength: float = 1.0
    parts: tuple[Sought, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether the pool holds it, or a part of it."""
        return bool(self.forms or self.documents) or any(part.is_held for part in self.parts)
