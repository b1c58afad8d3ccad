"""The sessions of aichat: `sessions/<name>.yaml`, and what it asks without one, `messages.md`.

https://github.com/sigoden/aichat/wiki
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import joined, line, record, records, texts
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import ROLES, assistant_of
from ingest.transcripts.text_files import SESSION
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript

_CHAT = re.compile(r"# CHAT: ?(?P<title>.*?) ?\[(?P<time>[0-9T:.+Z-]{16,})\](?P<model>.*)")
_FIELDS = frozenset(
    "model temperature top_p use_tools save_session compress_threshold summarize_prompt role_name"
    " role agent agent_name agent_variables agent_instructions autoname compressed_messages"
    " messages data_urls".split()
)
"""What a session has; other YAML with messages is a template of a prompt."""
_DIVIDER = re.compile(r"-{8}")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    lines: list[str] = []
    for value in values:
        if isinstance(value, str):
            lines.append(value)
        elif _is_session(record(value).get(SESSION)):
            yield _session(record(record(value).get(SESSION)), reading)
    yield from _chats(lines, reading)


def _session(session: dict[str, object], reading: Reading) -> Transcript:
    model = line(session.get("model"))
    key = reading.name.rpartition("/")[2].rpartition(".")[0]
    draft = Draft(
        "aichat", key, reading, title=key, assistant=assistant_of(model.partition(":")[2] or model)
    )
    for message in [
        *records(session.get("compressed_messages")),
        *records(session.get("messages")),
    ]:
        role = ROLES.get(line(message.get("role")))
        if role:
            words = joined(texts(message.get("content")))
            draft.say(role, words, "", None, model=model if role == "assistant" else "")
    return draft.finished()


def _chats(lines: list[str], reading: Reading) -> Iterator[Transcript]:
    """Each question with its answer: a head, the question, a divider, the answer, a divider."""
    heads = [n for n, words in enumerate(lines) if _CHAT.match(words)]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        head = _CHAT.match(lines[start])
        body = lines[start + 1 : end]
        cuts = [n for n, words in enumerate(body) if _DIVIDER.fullmatch(words.rstrip())]
        if head is None or not cuts:
            continue
        answer = body[cuts[0] + 1 : cuts[-1] if len(cuts) > 1 else len(body)]
        draft = Draft("aichat", head["time"], reading, line(head["title"]), assistant="the model")
        draft.say("user", "".join(body[: cuts[0]]), "question", instant(head["time"]))
        draft.say("assistant", "".join(answer), "answer", instant(head["time"]))
        yield draft.finished()


def _is_session(value: object) -> bool:
    session = record(value)
    said = any(line(message.get("role")) in ROLES for message in records(session.get("messages")))
    return said and isinstance(session.get("model"), str) and _FIELDS.issuperset(session)


def _recognises(values: Sequence[object]) -> bool:
    heads = (value for value in values if isinstance(value, str) and value.strip())
    return bool(_CHAT.match(next(heads, ""))) or any(
        _is_session(record(value).get(SESSION)) for value in values
    )


FORMAT = TranscriptFormat(
    "aichat",
    "aichat",
    _recognises,
    _read,
    (".config/aichat/sessions", "Library/Application Support/aichat/sessions"),
)
