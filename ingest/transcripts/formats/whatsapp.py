"""A chat that WhatsApp exports as text: `WhatsApp Chat with ….txt`, from iPhones `_chat.txt`.

https://faq.whatsapp.com/1180414079177245
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.text.invisible import DIRECTION
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.formats.turn_fields import ROLES
from ingest.transcripts.formats.whatsapp_dates import HEAD, Calendar, calendar_of
from ingest.transcripts.people import People
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

# A system message may quote the new name of a group, with a colon in it.
_SPEAKER = re.compile(r"(?P<name>[^:\n\"“”„«»]{1,60}): (?P<text>.*)", re.DOTALL)
_ATTACHED = re.compile(
    r"<[^<>]{2,20}: (?P<ios>[^<>]+)>|^(?P<android>\S[^\n]{0,250}\.\w{2,4}) \([^()]+\)"
)
_DOCUMENT = re.compile(r"(\S[^\n•]*\.\w{2,4}) •")  # plan.pdf • 3 pages document omitted
_NO_MEDIA = re.compile(r"<[^<>]{3,40}>")  # <Media omitted>, in the language of the phone
_EDITED = re.compile(r"<[^<>]*(?:edit|bearbeitet|modifi|bewerkt|redig|изменено)[^<>]*>$")
# What the program says in someone's name.
_DELETED = re.compile(
    "|".join(
        """
        This message was deleted(?: by admin .*)?|You deleted this message|null
        Waiting for this message.*
        You received a view once message.*|Missed (?:group )?(?:voice|video) call.*
        Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht|Verpasster .*anruf
        Ce message a été supprimé|Vous avez supprimé ce message|Appel (?:vocal|vidéo) manqué
        Se eliminó este mensaje|Eliminaste este mensaje|Este mensaje fue eliminado
        (?:Essa )?[Mm]ensagem (?:foi )?apagada|(?:Você )?[Aa]pagou esta mensagem
        Questo messaggio è stato eliminato|Hai eliminato questo messaggio
        Dit bericht is verwijderd|U hebt dit bericht verwijderd
        (?:Данное с|С)ообщение удалено|Вы удалили (?:данное|это) сообщение|Це повідомлення видалено
        Bu mesaj silindi|Bu mesajı sildiniz|Ta wiadomość została usunięta|Tato zpráva byla smazána
        このメッセージは削除されました|メッセージを削除しました|此消息已(?:被)?(?:刪除|删除)
        (?:你|您)(?:已)?(?:刪除|删除)(?:了)?此(?:訊息|消息)|此訊息已刪除|삭제된 메시지입니다
        تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|הודעה זו נמחקה|Tämä viesti poistettiin
        Det här meddelandet har raderats|Denne besked blev slettet|Denne meldingen ble slettet
        Pesan ini (?:telah )?dihapus|Αυτό το μήνυμα διαγράφηκε
        """.strip().split("\n        ")
    )
)
_INVISIBLE = re.compile(f"[{DIRECTION}\ufeff]")
_CHAT_NAME = re.compile(
    r"(?:.*/)?(?:(?P<turkish>[^/]+?) ile WhatsApp Sohbeti|[^/]*واتساب مع (?P<arabic>[^/]+?)"
    r"|(?P<hindi>[^/]+?) के साथ WhatsApp[^/]*"
    r"|WhatsApp-keskustelu käyttäjän (?P<finnish>[^/]+?) kanssa"
    r"|[与與](?P<chinese>[^/]+?)的\s?WhatsApp\s?(?:聊天|對話|对话)[^/]*"
    r"|(?P<korean>[^/]+?)님과의 WhatsApp[^/]*"
    r"|[^/]*WhatsApp(?:[ -]chatt?)?(?:\s+(?:with|mit|con|avec|com|met|med|dengan|với|cu|z|s|με|עם"
    r"|[сз] контактом|с|з))?\s*(?:-\s*)?(?P<name>[^/]+?))\.(?:txt|zip)(?:/.*)?",
    re.IGNORECASE,
)
_COPY = re.compile(r" ?\(\d{1,2}\)$")
"""What a program that saves files adds to a name that is there already."""
_UNSURE = "days and months cannot be told apart: read as {order}"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat of a file."""
    lines = [value for value in values if isinstance(value, str)]
    messages = [message for message in _messages(lines) if message]
    heads = list(filter(None, map(HEAD.match, messages)))
    calendar, sure = calendar_of(heads, reading.latest)
    if not sure:
        reading.remarks[_UNSURE.format(order=calendar.value)] += 1
    yield _chat(messages, calendar, reading)


def _chat(messages: Sequence[str], calendar: Calendar, reading: Reading) -> Transcript:
    chat = _name_of(reading.name)
    people = People(Draft("whatsapp", chat or key_of(reading), reading, chat or "WhatsApp"))
    for message in messages:
        head = HEAD.match(message)
        spoken = _SPEAKER.fullmatch(head["rest"]) if head else None
        if head is None or spoken is None:
            continue  # what the program says itself has no speaker
        # "~" is before the name that someone gave themselves who is not among the contacts.
        speaker = " ".join(_INVISIBLE.sub("", spoken["name"]).removeprefix("~").split())
        people.say(speaker, _words(spoken["text"]), "", calendar.moment(head))
    return people.draft.finished()


def _name_of(file: str) -> str:
    """Return the name of a chat that its file is called by; "" if it is not."""
    named = _CHAT_NAME.fullmatch(_INVISIBLE.sub("", file))
    return _COPY.sub("", next(filter(None, named.groups()), "")) if named else ""


def _messages(lines: Iterable[str]) -> Iterator[str]:
    """The messages with their heads; one may go on over several lines."""
    current = ""
    for line in lines:
        bare = _INVISIBLE.sub("", line)
        if HEAD.match(bare):
            yield current
            current = bare if "\u200e" not in line.lstrip("\u200e\ufeff") else _own_words(line)
        else:
            current += line
    yield current


def _own_words(line: str) -> str:
    """An iPhone marks what the program says in someone's name with U+200E: only files are named."""
    head, mark, said = line.lstrip("\u200e\ufeff").partition(": \u200e")
    if not mark:
        return _INVISIBLE.sub("", line)
    attached, document = _ATTACHED.search(said), _DOCUMENT.match(said)
    words = attached[0] if attached else f"<attached: {document[1]}>" if document else ""
    return f"{_INVISIBLE.sub('', head)}: {words}"


def _words(said: str) -> str:
    """The typed words, with the names of attached files."""
    said = _EDITED.sub("", _INVISIBLE.sub("", said).strip()).strip()
    if (_NO_MEDIA.fullmatch(said) and not _ATTACHED.fullmatch(said)) or _DELETED.fullmatch(
        said.rstrip(".。")
    ):
        return ""
    return _ATTACHED.sub(lambda match: f"[attached: {match['ios'] or match['android']}]", said)


def _recognises(values: Sequence[object]) -> bool:
    lines = [_INVISIBLE.sub("", value) for value in values if isinstance(value, str)]
    begun = next(filter(str.strip, lines), "")
    heads = [head for head in map(HEAD.match, lines) if head]
    spoken = list(filter(None, (_SPEAKER.fullmatch(head["rest"]) for head in heads)))
    # People who copy a talk with an assistant together may put times before its lines, too.
    sides = {speaker["name"].casefold() for speaker in spoken} <= ROLES.keys()
    return bool(HEAD.match(begun)) and bool(spoken) and not sides


FORMAT = TranscriptFormat("whatsapp", "WhatsApp", _recognises, _read)
