"""Google Takeout, My Activity, Gemini Apps, as JSON: `MyActivity.json`, newest first.

https://support.google.com/gemini/answer/13594961
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, line, name, record, records, text
from ingest.transcripts.format import Format, any_object
from ingest.transcripts.markup import plain
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

# The first word is "Prompted" in the language of the account.
_PROMPTED = re.compile(r"\s*(?:Prompted|Said|Asked)\s+(?P<words>.*)", re.DOTALL)
_PRODUCTS = ("Gemini Apps", "Bard")
_CHAT = re.compile(r"/app/([0-9a-f]{8,})")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The prompts with their answers: a conversation where a link names it, else a day."""
    drafts: dict[str, Draft] = {}
    entries = [entry for entry in map(record, values) if _recognises(entry)]
    for entry in sorted(entries, key=lambda entry: text(entry.get("time"))):
        prompted = _PROMPTED.match(text(entry.get("title")))
        answer = "\n\n".join(plain(text(item.get("html"))) for item in _shown(entry))
        if prompted is None and not answer.strip():
            continue
        time = instant(entry.get("time"))
        chat = _CHAT.search(text(entry.get("titleUrl")))
        key = chat[1] if chat else f"{time:%Y-%m-%d}" if time else "undated"
        new = Draft("gemini", key, reading, assistant="Gemini")
        draft = drafts.setdefault(key, new)
        words = prompted["words"] if prompted else text(entry.get("title"))
        files = attached(record(file).get("name") for file in records(entry.get("attachedFiles")))
        asked = f"{words.strip()}\n\n{files}" if files else words
        stamp = name(entry.get("time"))
        draft.say("user", asked, f"{stamp}/prompt", time)
        draft.say("assistant", answer, f"{stamp}/answer", time)
    yield from (draft.finished() for draft in drafts.values())


def _shown(entry: dict[str, object]) -> list[dict[str, object]]:
    return records(entry.get("safeHtmlItem"))


def _recognises(entry: dict[str, object]) -> bool:
    return line(entry.get("header")) in _PRODUCTS and "time" in entry


FORMAT = Format("gemini", "Gemini (Google Takeout)", any_object(_recognises), _read)
