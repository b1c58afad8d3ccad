"""What programs keep of requests to a model and its responses: gateways, LangSmith, Langfuse, dumps
of OpenAI's Responses.

A request has all that was said before. So a log tells a conversation again and again, and a request
that begins with what is known goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import first, items, joined, line, record, records
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.formats.turn_fields import ROLES, assistant_of, role_word, said, unwrapped
from ingest.transcripts.json_scanner import decoded
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_REQUESTS = ("request", "request_body", "requestBody", "req", "inputs", "input")
_RESPONSES = ("response", "response_body", "responseBody", "res", "outputs", "output")
_TIMES = ("timestamp", "start_time", "startTime", "created_at", "createdAt", "time", "created")
_LEVELS = 4
"""Lists within lists, and objects within those."""


@dataclass(slots=True)
class _Talk:
    """What was said, and when each of it came into the log."""

    said: list[tuple[Role, str]]
    times: list[datetime | None]
    models: list[str] = field(default_factory=list)

    def follows(self, earlier: _Talk) -> bool:
        """Return whether it begins with the earlier one, whose last words it may go on with."""
        *before, (role, words) = earlier.said
        if self.said[: len(before)] != before or len(self.said) < len(earlier.said):
            return False
        goes_on, so = self.said[len(before)]
        return goes_on == role and so.startswith(words)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The conversations of a log."""
    talks: list[_Talk] = []
    for talk in (_talk(record(value)) for value in values):
        if not talk.said:
            continue
        known = next((n for n, earlier in enumerate(talks) if talk.follows(earlier)), None)
        if known is None:
            if not any(later.follows(talk) for later in talks):
                talks.append(talk)
            continue
        earlier = talks[known]
        talk.times[: len(earlier.times)] = earlier.times
        talk.models[: len(earlier.models)] = earlier.models
        talks[known] = talk
    for number, talk in enumerate(talks, 1):
        yield _transcript(talk, f"{key_of(reading)}-{number}", reading)


def _transcript(talk: _Talk, key: str, reading: Reading) -> Transcript:
    draft = Draft("api-log", key, reading)
    for (role, words), time, used in zip(talk.said, talk.times, talk.models, strict=True):
        model = used if role == "assistant" else ""
        draft.say(role, words, "", time, model=model, assistant=assistant_of(model))
    return draft.finished()


def _talk(entry: dict[str, object]) -> _Talk:
    """What a line of the log says: the messages of its request, and the response."""
    entry = {**entry, **record(entry.get("body"))}
    request, response = _part(entry, _REQUESTS) or entry, _part(entry, _RESPONSES)
    turns = _joined([*_messages(request), *_answers(response)])
    outer = (record(part) for part in (request, response, entry))
    whole = (found for part in outer for found in (part, record(part.get("body"))))
    model = next(filter(None, (line(part.get("model")) for part in whole)), "")
    time = instant(first(entry, *_TIMES)) or instant(first(record(response), *_TIMES))
    return _Talk(turns, [time] * len(turns), [model] * len(turns))


def _joined(messages: Iterable[dict[str, object]]) -> list[tuple[Role, str]]:
    """What was said; all that a model says between two prompts is one answer."""
    turns: list[tuple[Role, str]] = []
    for message in messages:
        role, words = ROLES.get(role_word(message)), _words(message)
        if role is None or not words:
            continue
        if role == "assistant" and turns and turns[-1][0] == role:
            turns[-1] = (role, joined([turns[-1][1], words]))
        else:
            turns.append((role, words))
    return turns


def _words(message: dict[str, object]) -> str:
    return said(unwrapped({**message, "attachments": None})).strip()


def _part(entry: dict[str, object], names: Iterable[str]) -> object:
    """The request or the response of a line, which may be a string of JSON."""
    given = first(entry, *names)
    return decoded(given) or given


def _messages(request: object, level: int = 0) -> Iterator[dict[str, object]]:
    """The messages of a request, in the words of several APIs."""
    if level > _LEVELS:
        return
    if asked := record(request):
        yield from _messages(first(asked, "messages", "input", "contents", "body"), level + 1)
    for item in items(request):
        if isinstance(item, list):  # LangSmith keeps the messages of a batch
            yield from _messages(item, level + 1)
        elif role_word(message := unwrapped(record(item))) in ROLES:
            yield message


def _answers(response: object, level: int = 0) -> Iterator[dict[str, object]]:
    """What a response says, in the words of several APIs."""
    if level > _LEVELS:
        return
    if isinstance(response, str):
        yield {"role": "assistant", "content": response}
    for item in items(response):
        yield from _answers(item, level + 1)
    answered = record(response)
    if role_word(answered) in ROLES and _words(answered):
        yield answered
        return
    for choice in records(answered.get("choices"))[:1]:
        yield record(choice.get("message"))
    for key in ("output", "generations", "messages"):
        yield from _answers(items(answered.get(key)), level + 1)
    for candidate in records(answered.get("candidates"))[:1]:
        yield record(candidate.get("content"))
    yield from _answers(record(answered.get("body")), level + 1)
    if message := record(answered.get("message")):
        yield {"role": "assistant", **message}


def _recognises(entry: dict[str, object]) -> bool:
    """Return whether a line has a request in messages, and a response to it."""
    given = {**entry, **record(entry.get("body"))}
    if first(given, *_RESPONSES) is None or role_word(entry):
        return False
    asks = any(_messages(_part(given, _REQUESTS) or given))
    return asks and any(_words(answer) for answer in _answers(_part(given, _RESPONSES)))


FORMAT = TranscriptFormat("api-log", "log of an API", any_object(_recognises), _read)
