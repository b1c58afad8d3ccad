"""Subtitles and transcripts of recordings (.srt, .vtt, .sbv): what is said, with its time. Pure.

https://www.w3.org/TR/webvtt1. Numbers, styles and notes are left out, and lines that repeat the one
before them, as they do in subtitles that a program makes word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ingest.document import NamedPlace

PAUSE = 4.0
"""Seconds without words after which a paragraph ends."""

LONGEST = 400
"""Characters of a speech after which a new paragraph names its speaker again, so that each piece of
it says who speaks.
"""

_TIMES = re.compile(
    r"^[ \t]*(?:(\d+):)?(\d\d?):(\d\d)[.,](\d{1,3})[ \t]*(?:-->|,(?=\d+:\d\d:))"
    r"[ \t]*(?:(\d+):)?(\d\d?):(\d\d)[.,](\d{1,3})[^\n]*$",
    re.MULTILINE,
)
_BLANK = re.compile(r"\n[ \t]*\n")
_SPEAKER = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^<>]+)>")
_TAG = re.compile(
    r"</?(?:[biuc]|v|lang|ruby|rt|font)\b[^<>]*>|<[\d:.]+>|\{\\[^{}]*\}", re.IGNORECASE
)
_SIGNS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}
_SIGN = re.compile("|".join(_SIGNS))


class Cue(NamedTuple):
    """What is shown at a time: when it begins and ends (seconds), the number of its first line in
    the file, and its lines.
    """

    start: float
    end: float
    line: int
    texts: list[str]


class Spoken(NamedTuple):
    """What is said as lines, the line of the file of each, and the offsets at which a time begins:
    "0:01:02".
    """

    text: str
    lines: tuple[int, ...]
    places: tuple[NamedPlace, ...]


def spoken(text: str) -> Spoken:
    """Return what is said; nothing if the text has no times."""
    return lines_of(_cues(text))


def lines_of(cues: Iterable[Cue]) -> Spoken:
    """Return what is said at these times, a paragraph up to each pause."""
    rows: list[tuple[str, int]] = []
    places: list[NamedPlace] = []
    length, named_at, ended = 0, 0, 0.0
    speaker = last = ""
    for start, end, first, lines in cues:
        begin, again = len(rows), False
        for number, line in enumerate(lines, first):
            words, named = _plain(line), _SPEAKER.search(line)
            if not words or words == last:
                continue
            if len(rows) == begin:
                if rows and (start - ended > PAUSE or (speaker and length - named_at > LONGEST)):
                    rows.append(("", number))
                    length += 1
                    named_at, again = length, True
                places.append(NamedPlace(length, _clock(start)))
            last, ended = words, end
            if named and (named[1].strip() != speaker or again):
                speaker, named_at, again = named[1].strip(), length, False
                words = f"{speaker}: {words}"
            rows.append((words, number))
            length += len(words) + 1
    return Spoken(
        "\n".join(words for words, _ in rows), tuple(number for _, number in rows), tuple(places)
    )


def _cues(text: str) -> Iterator[Cue]:
    number, done = 1, 0
    for found, after in pairwise([*_TIMES.finditer(text), None]):
        if found is None:
            return
        begin = min(found.end() + 1, len(text))
        number += text.count("\n", done, begin)
        done = begin
        last = after.start() if after else len(text)
        blank = _BLANK.search(text, found.end(), last)
        lines = text[begin : blank.start() if blank else last].split("\n")
        yield Cue(_seconds(found.groups()[:4]), _seconds(found.groups()[4:]), number, lines)


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, rest = parts
    whole = int((hours or "0")[:4]) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + float(f"0.{rest}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def _plain(line: str) -> str:
    """Return the words of a line without marks of its look."""
    shown = _SIGN.sub(lambda found: _SIGNS[found[0]], _TAG.sub("", line))
    return " ".join(shown.split())
