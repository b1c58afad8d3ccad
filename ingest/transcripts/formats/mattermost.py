"""The bulk export of a Mattermost server: JSON lines, each an object with its type.

https://docs.mattermost.com/administration-guide/manage/bulk-export-tool.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, items, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript

_POSTS = ("post", "direct_post")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """A conversation for each channel, and for each group of people that write to one another."""
    rooms = Rooms("mattermost", reading)
    people: dict[str, str] = {}
    channels: dict[str, str] = {}
    for entry in map(record, values):
        kind = name(entry.get("type"))
        thing = record(entry.get(kind))
        if kind == "user":
            people[name(thing.get("username"))] = _called(thing)
        elif kind == "channel":
            channels[_channel(thing, "name")] = line(thing.get("display_name"))
        elif kind in _POSTS:
            members = sorted(map(name, items(thing.get("channel_members"))))
            key = _channel(thing, "channel") if kind == "post" else ",".join(members)
            named = ", ".join(people.get(member, member) for member in members)
            _say(rooms, key, channels.get(key) or named or key.rpartition("/")[2], thing, people)
            yield from rooms.full()
    yield from rooms.finished()


def _say(
    rooms: Rooms, key: str, title: str, post: dict[str, object], people: dict[str, str]
) -> None:
    """Say a post and the replies to it; what the program says itself is of a type of its own."""
    for message in (post, *records(post.get("replies"))):
        if name(message.get("type")) not in ("", "me") or message.get("deleted_at"):
            continue
        files = (line(file.get("path")) for file in records(message.get("attachments")))
        note = attached(path.rpartition("/")[2] for path in files)
        user, sent = name(message.get("user")), message.get("create_at")
        words = joined([text(message.get("message")), note])
        id_ = f"{name(sent)}-{user}"
        rooms.room(key, title).say(people.get(user) or user, words, id_, instant(sent))


def _channel(thing: dict[str, object], field: str) -> str:
    return f"{name(thing.get('team'))}/{name(thing.get(field))}"


def _called(user: dict[str, object]) -> str:
    names = (line(user.get(field)) for field in ("first_name", "last_name"))
    return " ".join(filter(None, names)) or line(user.get("nickname")) or name(user.get("username"))


def _recognises(entry: dict[str, object]) -> bool:
    kind = name(entry.get("type"))
    if kind == "version":
        return "version" in entry and entry.keys() <= {"type", "version", "info"}
    post = record(entry.get(kind)) if kind in _POSTS else {}
    return "create_at" in post and "message" in post


FORMAT = TranscriptFormat("mattermost", "Mattermost", any_object(_recognises), _read)
