"""Google Takeout, My Activity, Gemini Apps: `MyActivity.json` or, by default, `MyActivity.html`.

Both list prompts with their answers, the newest first. Names of files and products, and the word
for "Prompted" before each prompt, are in the language of the account.
https://support.google.com/gemini/answer/13594961
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from ingest.transcripts.fields import attached, items, line, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.gemini_takeout_page import entries_of, is_page
from ingest.transcripts.markup import plain
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_PROMPTED = re.compile(r"\s*(?:Prompted|Said|Asked)\s+(?P<words>.*)", re.DOTALL)
_PRODUCT = re.compile(r"\b(?:Gemini|Bard)\b")
_CHAT = re.compile(r"/app/(?:c/)?(?:c_)?([0-9a-f]{8,})")
_ENOUGH = 3
"""Prompts whose common beginning is the word for "Prompted", not an accident."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A prompt with its answer. `stamp` is the time as it was written."""

    title: str
    answer: str
    stamp: str
    time: datetime | None
    chat: str = ""
    files: tuple[str, ...] = ()


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The prompts with their answers: a conversation where a link names it, else a day."""
    entries = [entry for entry in map(_entry, values) if entry is not None]
    yield from _days(entries, reading)


def _read_page(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    found = entries_of(value for value in values if isinstance(value, str))
    entries = [
        Entry(cell.title, cell.answer, cell.stamp, cell.time)
        for cell in found
        if _PRODUCT.search(cell.product)
    ]
    if undated := sum(entry.time is None for entry in entries):
        reading.remarks["no time that is understood: taken for that of the file"] += undated
    yield from _days(entries, reading)


def _days(entries: Sequence[Entry], reading: Reading) -> Iterator[Transcript]:
    beginning = _common_beginning([entry.title for entry in entries if entry.answer])
    drafts: dict[str, Draft] = {}
    newest_first = sorted(
        entries, key=lambda entry: entry.time.timestamp() if entry.time else 0, reverse=True
    )
    for entry in reversed(newest_first):
        prompted = _PROMPTED.match(entry.title)
        if not entry.answer and prompted is None:
            continue  # "Used Gemini Apps", feedback and the like
        words = prompted["words"] if prompted else entry.title.removeprefix(beginning)
        key = entry.chat or (f"{entry.time:%Y-%m-%d}" if entry.time else "undated")
        draft = drafts.setdefault(key, Draft("gemini", key, reading, assistant="Gemini"))
        files = attached(entry.files)
        asked = f"{words.strip()}\n\n{files}" if files else words
        draft.say("user", asked, f"{entry.stamp}/prompt", entry.time)
        draft.say("assistant", entry.answer, f"{entry.stamp}/answer", entry.time)
    yield from (draft.finished() for draft in drafts.values())


def _common_beginning(titles: Sequence[str]) -> str:
    """What all titles begin with, up to a space: "Eingegebener Prompt: "."""
    if len(titles) < _ENOUGH:
        return ""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*titles, strict=False))
    common = "".join(letters[0] for letters in alike)
    return common[: max(common.rfind(" "), common.rfind("\xa0")) + 1]


def _entry(value: object) -> Entry | None:
    activity = record(value)
    if not _recognises(activity):
        return None
    shown = records(activity.get("safeHtmlItem"))
    answer = "\n\n".join(plain(text(item.get("html"))) for item in shown).strip()
    chat = _CHAT.search(text(activity.get("titleUrl")))
    files = [
        line(record(file).get("name")) or line(file)
        for file in items(activity.get("attachedFiles"))
    ]
    stamp = line(activity.get("time"))
    return Entry(
        text(activity.get("title")),
        answer,
        stamp,
        instant(stamp),
        chat[1] if chat else "",
        tuple(files),
    )


def _recognises(activity: dict[str, object]) -> bool:
    products = [activity.get("header"), *items(activity.get("products"))]
    named = any(_PRODUCT.search(line(product)) for product in products)
    return named and "time" in activity and "title" in activity


FORMAT = TranscriptFormat("gemini", "Gemini (Google Takeout)", any_object(_recognises), _read)
PAGE = TranscriptFormat(
    "gemini",
    "Gemini (Google Takeout)",
    lambda values: is_page(values, _PRODUCT),
    _read_page,
)
