"""Subtitles of other forms: SubStation Alpha, lyrics, MicroDVD, JSON of Whisper and YouTube. Pure.

http://www.tcax.org/docs/ass-specs.htm
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ingest.readers.subtitles import Cue, Spoken, lines_of

MAX_JSON = 20_000_000
_LOOK = 5_000
_ALPHA = re.compile(r"^Dialogue:[ \t]*([^\n]*)$", re.MULTILINE)
_FORMAT = re.compile(r"^Format:[ \t]*([^\n]*\bText)[ \t]*$", re.MULTILINE)
_USUAL = "Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text"
_BRACES = re.compile(r"\{[^{}\n]*\}")
_DRAWN = re.compile(r"\{[^{}\n]*\\p[1-9]")
_LYRICS = re.compile(r"^((?:\[\d{1,3}:\d\d(?:[.:]\d{1,3})?\])+)([^\n]*)$", re.MULTILINE)
_STAMP = re.compile(r"[\[<](\d{1,3}):(\d\d)(?:[.:](\d{1,3}))?[\]>]")
_FRAMES = re.compile(r"^\{(\d{1,7})\}\{(\d{1,7})\}([^\n]*)$", re.MULTILINE)
_NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,6})?")
_RATE = 23.976
"""Frames in a second, where a file of MicroDVD does not say it."""
_JSON = re.compile(
    r'\s*\{\s*"(?:wireMagic"|text"\s*:|task"\s*:|segments"\s*:|language"\s*:|systeminfo"\s*:)'
)


def spoken(text: str, suffix: str) -> Spoken | None:
    """Return what is said in a file of a suffix; None for others, and if nothing is."""
    reader = _READERS.get(suffix)
    said = lines_of(reader(text)) if reader else None
    return said if said and said.text else None


def transcript(text: str) -> Spoken | None:
    """Return what is said in JSON that a recogniser of speech writes; None for other JSON."""
    if len(text) > MAX_JSON or not _JSON.match(text) or '"s' not in text[:_LOOK]:
        return None
    try:
        found = json.loads(text)
        said = lines_of([*_segments(found), *_events(found)])
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError):
        return None
    return said if said.text else None


def _segments(found: dict[str, Any]) -> Iterator[Cue]:
    """Yield the segments of Whisper and its kin, with their speakers where they are known."""
    for segment in found.get("segments") or found.get("transcription") or ():
        text = str(segment.get("text", "")).strip()
        times = segment.get("offsets")
        start, end = (
            (times["from"] / 1000, times["to"] / 1000)
            if times
            else (float(segment["start"]), float(segment["end"]))
        )
        speaker = segment.get("speaker")
        yield Cue(start, end, 1, [f"<v {speaker}>{text}" if isinstance(speaker, str) else text])


def _events(found: dict[str, Any]) -> Iterator[Cue]:
    """Yield what YouTube's subtitles say."""
    for event in found.get("events") or () if "wireMagic" in found else ():
        text = "".join(part.get("utf8", "") for part in event.get("segs") or ())
        start = event.get("tStartMs", 0) / 1000
        if text.strip():
            yield Cue(start, start + event.get("dDurationMs", 0) / 1000, 1, text.split("\n"))


def _alpha(text: str) -> Iterator[Cue]:
    """Yield the lines of SubStation Alpha, in the order of their times."""
    form = _FORMAT.search(text)
    names = [name.strip() for name in (form[1] if form else _USUAL).split(",")]
    cues = []
    line, done = 1, 0
    for found in _ALPHA.finditer(text):
        line += text.count("\n", done, found.start())
        done = found.start()
        values = dict(zip(names, found[1].split(",", len(names) - 1), strict=False))
        said = values.get("Text", "")
        if _DRAWN.search(said):
            continue
        said = _BRACES.sub("", said).replace("\\h", " ")
        speaker = (values.get("Name") or values.get("Actor") or "").strip()
        rows = re.split(r"\\[Nn]", said)
        rows[0] = f"<v {speaker}>{rows[0]}" if speaker and "<" not in speaker else rows[0]
        start, end = (_clock(values.get(name, "")) for name in ("Start", "End"))
        cues.append(Cue(start, end, line, rows))
    yield from sorted(cues, key=lambda cue: cue.start)


def _lyrics(text: str) -> Iterator[Cue]:
    line, done = 1, 0
    for found in _LYRICS.finditer(text):
        line += text.count("\n", done, found.start())
        done = found.start()
        start = _clock(found[1].split("]")[0].strip("["))
        yield Cue(start, start, line, [_STAMP.sub("", found[2])])


def _frames(text: str) -> Iterator[Cue]:
    line, done, rate = 1, 0, _RATE
    for found in _FRAMES.finditer(text):
        line += text.count("\n", done, found.start())
        done = found.start()
        said = _BRACES.sub("", found[3])
        if found[1] == found[2] == "1" and re.fullmatch(r"\d{2,3}(?:\.\d{1,3})?", said.strip()):
            rate = max(float(said), 1.0)
            continue
        yield Cue(int(found[1]) / rate, int(found[2]) / rate, line, said.split("|"))


def _clock(text: str) -> float:
    """Return the seconds of 0:01:02.50 or 01:02.50; 0 for other text."""
    seconds = 0.0
    for part in re.split(r":(?=\d+(?:[.:]|$))", text.strip())[-3:]:
        seconds = seconds * 60 + (
            float(part) if re.fullmatch(r"\d{1,5}(?:\.\d{1,6})?", part) else 0
        )
    return seconds


_READERS: dict[str, Callable[[str], Iterator[Cue]]] = {
    ".ass": _alpha,
    ".ssa": _alpha,
    ".lrc": _lyrics,
    ".sub": _frames,
}
