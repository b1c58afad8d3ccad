"""What can go wrong below the chat, as a tree.

Every message is one line for a user: what happened, then what to do.

    IngestError
    ├── ReadError            one file could not be read; the rest goes on
    │   └── SkippedFile      a file that is left out on purpose, with the reason
    ├── ModelError           the embedding model is missing, damaged or not the expected one
    └── StoreError           the library at rest
        ├── InvalidName      a collection cannot be called like this
        ├── StoreBusy        another process holds the lock for too long
        ├── IndexAway        a Chroma server does not answer
        ├── StoreDamaged     SQLite or Chroma holds something that cannot be read
        │   └── IndexDamaged it is Chroma, whose part can be rebuilt from SQLite
        └── ModelMismatch    the library was embedded with another model
"""

from __future__ import annotations

from enum import Enum


class SkipKind(Enum):
    """Why a file is left out on purpose; what a report counts. The value is for JSON."""

    SECRET = "secret"  # noqa: S105 - a kind, not a password
    ENCRYPTED = "encrypted"
    NO_TEXT = "no_text"  # scanned pages, a book of pictures
    TOO_LARGE = "too_large"
    FORGOTTEN = "forgotten"
    HIDDEN = "hidden"
    EXCLUDED = "excluded"  # by --exclude, or not among --include
    IGNORED = "ignored"  # by .gitignore
    DEPENDENCIES = "dependencies"  # a folder of installed packages or caches
    LINK = "link"
    IMAGE = "image"
    MEDIA = "media"  # sound or film
    LOCK_FILE = "lock_file"  # what a package manager writes: uv.lock, yarn.lock
    GENERATED = "generated"  # minified code, dumps, base64
    BINARY = "binary"
    UNKNOWN_FORMAT = "unknown_format"
    UNREADABLE = "unreadable"  # permissions, not a regular file
    CONVERSATIONS = "conversations"  # like past conversations, or a part of their export, not read
    OTHER = "other"


class IngestError(Exception):
    """Anything that this package raises on purpose."""


class ReadError(IngestError):
    """One file could not be read."""


class SkippedFile(ReadError):
    """A file that is left out on purpose; the message is the reason, `kind` what to count it as."""

    def __init__(self, message: str, kind: SkipKind = SkipKind.OTHER) -> None:
        super().__init__(message)
        self.kind = kind


class ModelError(IngestError):
    """The embedding model is missing, damaged or not the expected one."""


class StoreError(IngestError):
    """The stored library cannot do the requested work."""


class InvalidName(StoreError):
    """A collection cannot be called like this: wrong usage, not a fault of the library."""


class StoreBusy(StoreError):
    """Another process holds the lock for longer than we wait."""


class IndexAway(StoreError):
    """A Chroma server does not answer, or not as it should; the records here are as they were."""


class StoreDamaged(StoreError):
    """SQLite or Chroma holds something that cannot be read."""


class IndexDamaged(StoreDamaged):
    """Chroma holds something that cannot be read; `reason` goes on after "the index"."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ModelMismatch(StoreError):
    """The library was embedded with another model than the one asked for."""
