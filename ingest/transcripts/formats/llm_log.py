"""What `llm logs` prints without `--json`: Markdown, a head and a prompt with its answer each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import assistant_of
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_HEAD = re.compile(
    r"# (?P<time>\d{4}-\d\d-\d\dT\S+)\s+conversation: (?P<key>\w+)(?: id: (?P<id>\w+))?"
)
_MODEL = re.compile(
    r"Model: \*\*(?P<model>[^*\n]+)\*\*(?: \(resolved: \*\*(?P<resolved>[^*\n]+)\*\*)?"
)
_SECTION = re.compile(r"## (?P<name>[A-Z][\w ]*)\s*\Z")
_FRAGMENTS = re.compile(r"\s*### Prompt fragments\s+(?:- .*\s*)+\Z")
_PROMPT, _RESPONSE = "Prompt", "Response"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations, whose prompts may be mixed."""
    lines = [value for value in values if isinstance(value, str)]
    heads = [n for n, row in enumerate(lines) if _HEAD.match(row)]
    drafts: dict[str, Draft] = {}
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        head = _HEAD.match(lines[start])
        if head is None:
            continue
        draft = drafts.setdefault(head["key"], Draft("llm", head["key"], reading))
        parts, model = _sections(lines[start + 1 : end])
        id_, time = head["id"] or head["time"], instant(head["time"])
        draft.say("user", _FRAGMENTS.sub("", parts.get(_PROMPT, "")), f"{id_}/prompt", time)
        answer = parts.get(_RESPONSE, "")
        named = assistant_of(model)
        draft.say("assistant", answer, f"{id_}/response", time, model=model, assistant=named)
    yield from (draft.finished() for draft in drafts.values())


def _sections(lines: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the texts of the prompt and the answer, which is the last and may have headings of its
    own, and the model.
    """
    parts: dict[str, str] = {}
    model = name = ""
    for row in lines:
        section = _SECTION.match(row) if name != _RESPONSE else None
        if section:
            name = section["name"]
        elif named := _MODEL.match(row) if not name else None:
            model = named["resolved"] or named["model"]
        else:
            parts[name] = parts.get(name, "") + row
    return parts, model


def _recognises(values: Sequence[object]) -> bool:
    lines = [value for value in values if isinstance(value, str) and value.strip()]
    return bool(lines) and _HEAD.match(lines[0]) is not None


FORMAT = TranscriptFormat("llm", "llm", _recognises, _read, is_document=True)
