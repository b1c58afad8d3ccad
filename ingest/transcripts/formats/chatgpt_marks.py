"""The marks for links and names in an answer of ChatGPT, as words."""

from __future__ import annotations

import re

from ingest.transcripts.fields import items, line, record, records, text
from ingest.transcripts.json_scanner import decode

# U+E200 kind U+E202 field U+E202 field … U+E201, in place of what the web page shows there.
_MARK = re.compile("[ \t]?\ue200([^\ue200\ue201]*)\ue201")
_OLD_MARK = re.compile(r"[ \t]?(?:【[^【】]*†[^【】]*】|【turn\d+[^【】]*】|⟦[^⟦⟧]*†[^⟦⟧]*⟧)")
_LEFT_OVER = re.compile("[\ue200-\ue20f]")
_SPACE_BEFORE = re.compile(r"[ \t]+(?=[.,;:!?](?:\s|$))")
_NAMED = ("url", "link_title", "video")


def without_marks(answer: str, metadata: dict[str, object]) -> str:
    """Return the answer with links in place of its marks; other marks are removed."""
    for reference in records(metadata.get("content_references")):
        matched = text(reference.get("matched_text"))
        if matched.strip() and not matched.isalnum():
            links = _links(reference)
            shown = f" ({links})" if links else _shown(reference)
            answer = answer.replace(f" {matched}", shown).replace(matched, shown)
    answer = _MARK.sub(_words, answer)
    answer = _LEFT_OVER.sub("", _OLD_MARK.sub("", answer))
    return _SPACE_BEFORE.sub("", answer)


def _links(reference: dict[str, object]) -> str:
    """The pages that a mark leads to, as Markdown."""
    pages = [reference, *records(reference.get("items")), *records(reference.get("sources"))]
    found = {
        line(page.get("url")): line(page.get("title")) for page in pages if line(page.get("url"))
    }
    found = found or {line(url): "" for url in items(reference.get("safe_urls")) if line(url)}
    return ", ".join(f"[{title}]({url})" if title else url for url, title in found.items())


def _shown(reference: dict[str, object]) -> str:
    return line(reference.get("alt")) or line(reference.get("name"))


def _words(mark: re.Match[str]) -> str:
    """The words that a mark shows: the name of a thing, or of a link."""
    kind, *fields = mark[1].split("\ue202")
    named = decode(fields[0]) if fields else None
    if kind == "entity" and isinstance(named, list) and len(named) > 1:
        return f" {line(named[1])}"
    if kind in _NAMED and fields:
        return f" {line(fields[0])}"
    return line(record(named).get("name"))
