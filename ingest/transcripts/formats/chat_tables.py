"""Chats as tables (CSV): DiscordChatExporter, Mattermost, KakaoTalk, Microsoft Copilot, LibreChat,
and those that have a role and a text.

The names of the columns tell which: they are compared as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import attached, joined, line, objects, record, text
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.discord import channel_of
from ingest.transcripts.formats.turn_fields import ROLES, UNKNOWN_ASSISTANT
from ingest.transcripts.people import Rooms
from ingest.transcripts.text_files import ROW
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_SIDES: dict[str, Role] = {**ROLES, "true": "user", "false": "assistant"}


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns of a kind of table: all of `known` are there, and no others if it is `bare`.
    `kind` is that of a message, which is `said` where someone wrote it. A table without a
    `speaker` has what the user wrote alone; one without a name is of someone `unnamed`.
    Times without a zone are `local` or UTC.
    """

    origin: str
    name: str
    known: frozenset[str]
    text: str
    time: str
    speaker: str
    id: str = ""
    room: str = ""
    title: str = ""
    files: str = ""
    kind: str = ""
    said: frozenset[str] = frozenset()
    assistant: str = ""
    bare: bool = False
    unnamed: str = "someone"
    local: bool = False

    def fits(self, row: dict[str, object]) -> bool:
        """Return whether a row has the columns."""
        return self.known == row.keys() if self.bare else self.known <= row.keys()

    def format(self) -> TranscriptFormat:
        """Return the format of the tables."""
        return TranscriptFormat(
            self.origin, self.name, self._recognises, self._read, is_document=self.bare
        )

    def _recognises(self, values: Sequence[object]) -> bool:
        rows = [record(value.get(ROW)) for value in objects(values)]
        if not self.assistant:
            return any(map(self.fits, rows))
        return any(self.fits(row) and self._role(row) for row in rows)

    def _read(self, values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
        rooms = Rooms(self.origin, reading)
        for value in values:
            row = record(record(value).get(ROW))
            kind = line(row.get(self.kind))
            if self.fits(row) and (not self.said or kind in self.said):
                channel, title = channel_of(reading.name)
                key = line(row.get(self.room)) or channel or key_of(reading)
                room = rooms.room(key, line(row.get(self.title or self.room)) or title)
                if self.assistant:
                    self._say(room.draft, row)
                else:
                    speaker = line(row.get(self.speaker)) or self.unnamed
                    room.say(speaker, self._words(row), line(row.get(self.id)), self._time(row))
                yield from rooms.full()
        yield from rooms.finished()

    def _say(self, draft: Draft, row: dict[str, object]) -> None:
        if role := self._role(row):
            id_ = line(row.get(self.id))
            draft.say(role, self._words(row), id_, self._time(row), assistant=self.assistant)

    def _role(self, row: dict[str, object]) -> Role | None:
        return _SIDES.get(line(row.get(self.speaker)).casefold()) if self.speaker else "user"

    def _words(self, row: dict[str, object]) -> str:
        links = text(row.get(self.files)).replace(",", " ").split()
        names = attached(link.partition("?")[0].rpartition("/")[2] for link in links)
        return joined([text(row.get(self.text)), names])

    def _time(self, row: dict[str, object]) -> datetime | None:
        return instant(line(row.get(self.time)), local=self.local)


DISCORD = _Table(
    "discord",
    "Discord",
    frozenset(("AuthorID", "Author", "Date", "Content", "Attachments", "Reactions")),
    text="Content",
    time="Date",
    speaker="Author",
    files="Attachments",
).format()
DISCORD_PACKAGE = _Table(
    "discord",
    "Discord",
    frozenset(("ID", "Timestamp", "Contents", "Attachments")),
    text="Contents",
    time="Timestamp",
    speaker="",
    id="ID",
    files="Attachments",
    assistant=UNKNOWN_ASSISTANT,
    bare=True,
).format()
IMAZING = _Table(
    "imessage",
    "iMessage",
    frozenset(("Chat Session", "Message Date", "Service", "Sender Name", "Text", "Attachment")),
    text="Text",
    time="Message Date",
    speaker="Sender Name",
    room="Chat Session",
    files="Attachment",
    unnamed="Me",
    local=True,
).format()
MATTERMOST = _Table(
    "mattermost",
    "Mattermost",
    frozenset(("Channel Id", "Username", "Post Id", "Post Message", "Post Type")),
    text="Post Message",
    time="Post Creation Time",
    speaker="Username",
    id="Post Id",
    room="Channel Id",
    title="Channel Display Name",
    kind="Post Type",
    said=frozenset(("", "message", "me")),
).format()
KAKAOTALK = _Table(
    "kakaotalk",
    "KakaoTalk",
    frozenset(("Date", "User", "Message")),
    text="Message",
    time="Date",
    speaker="User",
    bare=True,
    local=True,
).format()
COPILOT = _Table(
    "microsoft-copilot",
    "Microsoft Copilot",
    frozenset(("Conversation", "Time", "Author", "Message")),
    text="Message",
    time="Time",
    speaker="Author",
    room="Conversation",
    assistant="Copilot",
    bare=True,
).format()
LIBRECHAT = _Table(
    "librechat",
    "LibreChat",
    frozenset(("sender", "text", "isCreatedByUser", "messageId", "createdAt")),
    text="text",
    time="createdAt",
    speaker="isCreatedByUser",
    id="messageId",
    assistant=UNKNOWN_ASSISTANT,
).format()
ROLES_AND_TEXTS = _Table(
    "turns",
    "table of turns",
    frozenset(("role", "content")),
    text="content",
    time="time",
    speaker="role",
    assistant=UNKNOWN_ASSISTANT,
    bare=True,
).format()
