"""What the user brings to a turn: the question, and what belongs to it as attachments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ragchat.errors import UsageError
from ragchat.request.attachment import (
    Attachment,
    attachment,
    mentioned_files,
    read_file,
    read_stream,
    split_question,
)

_AS_ARGUMENT = ', or after the command: `ragchat ask "what went wrong?"`'


@dataclass(frozen=True, slots=True)
class UserMessage:
    """A question and its attachments, which are searched like documents, or sent `whole`.

    `instead_of` is the id of the exchange that is asked again, of which nothing is sent.
    """

    question: str
    attachments: tuple[Attachment, ...] = ()
    whole: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class QuestionLimit:
    """How many tokens a question may have as it is."""

    tokens: int
    count: Callable[[str], int]

    def fits(self, text: str) -> bool:
        """Return whether a text may be part of the question."""
        # Counting megabytes takes seconds; no token is longer than some ten characters on average.
        return len(text) <= 16 * self.tokens and self.count(text) <= self.tokens


def typed(
    text: str,
    folder: Path | None,
    limit: QuestionLimit,
    files: Sequence[Path] = (),
    *,
    whole: bool = False,
) -> UserMessage:
    """Split typed or pasted text into a question and attachments.

    Files named as `@path` are looked for in `folder`; without a folder, `@path` is text. Beyond the
    limit, all of the text but its question is an attachment. Raises UsageError if a file cannot be
    read.
    """
    named = [*files, *(mentioned_files(text, folder) if folder is not None else ())]
    attached = [read_file(path) for path in dict.fromkeys(named)]
    if not limit.fits(text):
        text, pasted = _split(attachment("paste", [text.encode("utf-8", "replace")]))
        attached.insert(0, pasted)
    return UserMessage(text.strip(), tuple(attached), whole)


def piped(message: UserMessage, stream: BinaryIO, limit: QuestionLimit) -> UserMessage:
    """Return a message with what came through a pipe: as a part of its question, or as an
    attachment where it is longer than the limit.

    Raises UsageError where there is no question at all.
    """
    found = read_stream("stdin", stream)
    if not found.text.strip():
        rest = message.question, message.attachments
    elif limit.fits(found.text):
        parts = (message.question, found.text.strip())
        rest = "\n\n".join(filter(None, parts)), message.attachments
    elif message.question:
        rest = message.question, (found, *message.attachments)
    else:
        question, other = _split(found, or_else=_AS_ARGUMENT)
        rest = question, (other, *message.attachments)
    if not rest[0].strip():
        raise UsageError("there is no question, and nothing came through the pipe: give one")
    return replace(message, question=rest[0], attachments=rest[1])


def _split(found: Attachment, or_else: str = "") -> tuple[str, Attachment]:
    """The question in a long text, and the rest of it under its own line numbers."""
    question, rest = split_question(found.text, or_else)
    before = found.text[: found.text.index(rest)].count("\n") if rest else 0
    return question, replace(found, text=rest, skipped_lines=found.skipped_lines + before)
