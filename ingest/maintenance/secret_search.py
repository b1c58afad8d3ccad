"""Secrets that are stored already, from before they were masked; never their text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.records.texts import StoredText, Where
from ingest.text.cleaning import mask, masked


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret in the library, by its kind.

    `place` is the path and line of a document, the path of a source, or the id of a conversation,
    followed by that of the exchange if the secret is in a turn. A secret in it is masked.
    """

    kind: str
    where: Where
    place: str
    collection: str


def stored_secrets(texts: Iterable[StoredText]) -> list[StoredSecret]:
    """Return the secrets of all collections, one for each kind and place: in documents and their
    paths, in turns (their ids and models, too), in ids, titles and summaries of conversations.
    """
    return list(
        dict.fromkeys(
            StoredSecret(kind, stored.where, masked(stored.place), stored.collection)
            for stored in texts
            for kind in mask(stored.text).secrets
        )
    )
