"""Cleaning of text between reading and storing: invisible characters removed, secrets masked.

Hidden characters carry instructions past the reader of a file (OWASP LLM01), and escape sequences
reach the terminal that shows them (CWE-150). A secret would be stored and sent to the model; its
label keeps the passage findable. Offsets can be mapped back, so that a citation points into the
text as read. Time is linear in the text.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from typing import TypeAlias

from ingest.conversation import Turn
from ingest.document import Document
from ingest.text.invisible import HIDDEN, JOINERS, SELECTORS, joins

Edit: TypeAlias = "tuple[int, int, str]"
"""Replaces characters [start, end) with a text that is at most as long."""

# ECMA-48: control strings (OSC, DCS, …) that end on their line, control sequences, short escapes.
_ESCAPE = (
    r"\x1b[\]PX^_][^\x07\x1b\x9c\r\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_STRAY_SELECTOR = f"(?<=[{SELECTORS}])[{SELECTORS}]+"

_EDITED = re.compile(
    f"(?P<newline>\r(?!\n)|[\f\v\x85])|(?P<surrogate>[\ud800-\udfff])|(?P<joiner>[{JOINERS}])"
    f"|\r(?=\n)|{_ESCAPE}|[{HIDDEN}]+|{_STRAY_SELECTOR}"
)
_STRUCK_OVER = re.compile(rf"{_EDITED.pattern}|[^\x00-\x1f]\x08(?=[^\x00-\x20])")
"""The same of a text for printers, which print a letter over the one before it: N, back, N."""
_MARKUP = {"ipynb": "markdown"} | {form: form for form in "markdown org asciidoc rst".split()}
_MARKS = {
    "markdown": ("<", "]:", "](", "%%", "{/*", "{%", "{#"),
    "latex": ("%", "\\iffalse", "{comment}"),
    "org": ("#", "COMMENT", "@@"),
    "asciidoc": ("//", "[comment]"),
    "rst": ("..",),
    "typst": ("//", "/*"),
    "mediawiki": ("<!--",),
    "textile": ("###.",),
    "texinfo": ("@c", "@ignore"),
    "pod": ("=begin", "=for"),
}
"""What a text has in which its readers do not see everything, by its markup."""
_REPLACEMENTS = {None: "", "joiner": "", "newline": "\n", "surrogate": "\ufffd"}

# Pictures and other files as text: data URIs, long words of base64, blocks of its lines.
_BASE64 = "A-Za-z0-9+/"
_ENCODED = re.compile(
    rf"data:[\w.+-]+/[\w.+-]+(?:;[\w=-]+)*;base64,[{_BASE64}_=%-]{{64,}}"
    rf"(?:\n[ \t]*[{_BASE64}=]{{20,}})*"
    rf"|(?<![{_BASE64}_=-])[{_BASE64}_-]{{300,}}={{0,2}}(?![{_BASE64}_=-])"
    rf"|(?:^[ \t>\"']*[{_BASE64}]{{60,}}={{0,2}}(?:\\n)?[\"',]*[ \t]*\r?\n){{8,}}"
    rf"(?:^[ \t>\"']*[{_BASE64}]*={{0,2}}$)?",
    re.MULTILINE,
)
_LIKE_ENCODED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])", re.DOTALL)
_LONG_WORD = re.compile(r"[A-Za-z0-9+/]{60}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and where its characters were in the text as read.

    `secrets` are the kinds of those that were masked, in order. From `_here[i]` on (an offset in
    `text`), characters come from `_there[i]` on.
    """

    text: str
    secrets: tuple[str, ...] = ()
    _here: Sequence[int] = ()
    _there: Sequence[int] = ()

    def as_read(self, offset: int) -> int:
        """Return the offset in the text as read of the character at `offset`."""
        i = bisect_right(self._here, offset) - 1
        return offset if i < 0 else self._there[i] + offset - self._here[i]


def clean(text: str, *, markup: str = "", encoded: bool = False) -> Cleaned:
    """Return the text without hidden characters, with newlines as line ends and secrets masked.

    Removed are zero-width characters (not the joiners that scripts and emoji need), bidi controls,
    tags, stray variation selectors, whole escape sequences, and all controls but tab and newline.
    A lone surrogate becomes U+FFFD. Of a text in a `markup` (markdown, latex, org, asciidoc, rst)
    the parts are removed, too, that its reader does not see; with `encoded`, files that are
    written as base64.
    """
    options = (markup, encoded)
    seen = _apply(text, _unseen(text, *options))
    return _masked(text, seen, _unseen(text, *options)) or seen


def visible(text: str) -> str:
    """Return the text without hidden characters; secrets in it stay."""
    return _apply(text, _hidden(text)).text


def clean_document(document: Document) -> Cleaned:
    """Return the text of a document as it is stored."""
    # In a web page they are gone already, and what looks like a comment is there to be read.
    known = document.language if document.format == "text" else ""
    markup = _MARKUP.get(document.format, "") or (known if known in _MARKS else "")
    return clean(document.text, markup=markup, encoded=True)


def mask(text: str) -> Cleaned:
    """Return the text with its secrets masked, also those that hidden characters divide."""
    hides_nothing = text.isascii() and text.isprintable()  # most names of files
    seen = Cleaned(text) if hides_nothing else _apply(text, _hidden(text))
    return _masked(text, seen, ()) or Cleaned(text)


def masked(text: str) -> str:
    """Return the text with labels in place of its secrets."""
    return mask(text).text


def masked_id(text: str) -> str:
    """Return an id with a label and a hash in place of its secrets, so that two stay two."""
    hidden = masked(text)
    if hidden == text:
        return text
    return f"{hidden}#{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def masked_turn(turn: Turn) -> Turn:
    """Return the turn with labels in place of its secrets."""
    narration = len(masked(turn.text[: turn.narration])) if turn.narration else 0
    return replace(
        turn,
        text=masked(turn.text),
        speaker=masked(turn.speaker),
        model=masked(turn.model),
        assistant=masked(turn.assistant),
        narration=narration,
    )


def _masked(text: str, seen: Cleaned, edits: Iterable[Edit]) -> Cleaned | None:
    """Return the text with these edits and labels for its secrets; None if it has none."""
    from ingest.text.secrets import find_secrets  # which a search does without

    found = find_secrets(seen.text)
    if not found:
        return None
    labels = [
        (seen.as_read(secret.start), seen.as_read(secret.end - 1) + 1, secret.label)
        for secret in found
    ]
    return replace(
        _apply(text, merge(labels, edits)), secrets=tuple(secret.kind for secret in found)
    )


def _unseen(text: str, markup: str, encoded: bool) -> Iterable[Edit]:
    edits = [_hidden(text)]
    if any(mark in text for mark in _MARKS.get(markup, ())):
        if markup == "markdown":
            from ingest.text.unseen_markup import unseen_parts

            edits.append(unseen_parts(text))
        else:
            from ingest.text.unseen_source import unseen_comments

            edits.append(unseen_comments(text, markup))
    if encoded and _LONG_WORD.search(text):
        edits.append(encoded_parts(text))
    return merge(*edits) if len(edits) > 1 else edits[0]


def encoded_parts(text: str) -> Iterator[Edit]:
    """Yield the spans of files that are written as base64: pictures within a text."""
    for found in _ENCODED.finditer(text):
        if _LIKE_ENCODED.match(found[0]):
            yield found.start(), found.end(), ""


def _hidden(text: str) -> Iterator[Edit]:
    for found in (_STRUCK_OVER if "\b" in text else _EDITED).finditer(text):
        start, end = found.span()
        if found["joiner"] and joins(
            text[max(0, start - 1) : start], found[0], text[end : end + 1]
        ):
            continue
        yield found.start(), found.end(), _REPLACEMENTS[found.lastgroup]


def _apply(text: str, edits: Iterable[Edit]) -> Cleaned:
    """Return the edited text. Edits are ordered by start; one within another adds nothing."""
    pieces: list[str] = []
    here, there = array("q"), array("q")
    position = length = 0
    for start, end, replacement in edits:
        if end <= position:
            continue
        last = 0
        if start >= position:
            pieces += text[position:start], replacement
            length += start - position + len(replacement)
            last = 1 if replacement else 0
        position = end
        # The last character of a replacement maps to the last of those that it replaces.
        here.append(length - last)
        there.append(position - last)
    if not pieces:
        return Cleaned(text)
    pieces.append(text[position:])
    return Cleaned("".join(pieces), (), here, there)
