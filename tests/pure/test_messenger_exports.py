"""Chats of people in the exports of many messengers: who said what, when, and in which room."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exports import file, origin_of, read

from ingest.errors import ReadError
from ingest.transcripts import read as read_each
from ingest.transcripts import recognise

ASKED, ANSWERED = "Who has the key of the boathouse?", "Olaf, since Sunday."
WRITTEN = ("Wren", ASKED), ("Olaf", ANSWERED)
WHEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
MS = int(WHEN.timestamp() * 1000)
"""Of the first message; the second was said a minute later."""


def iso(minutes: int) -> str:
    return f"2026-03-02T09:{minutes:02}:00Z"


def in_latin_1(words: str) -> str:
    return words.encode().decode("latin-1")


MATTERMOST = (
    {"type": "version", "version": 1},
    {"type": "channel", "channel": {"team": "club", "name": "pier", "display_name": "The pier"}},
    {"type": "user", "user": {"username": "wr", "first_name": "Wren", "email": "w@example.org"}},
    {"type": "user", "user": {"username": "Olaf"}},
    {
        "type": "post",
        "post": {
            "team": "club",
            "channel": "pier",
            "user": "wr",
            "message": ASKED,
            "create_at": MS,
            "replies": [{"user": "Olaf", "message": ANSWERED, "create_at": MS + 60_000}],
        },
    },
    {
        "type": "post",
        "post": {
            "team": "club",
            "channel": "pier",
            "user": "wr",
            "message": "wr left.",
            "create_at": MS + 90_000,
            "type": "system_leave_channel",
        },
    },
)
ZULIP = {
    "zerver_message": [
        {"id": n, "sender": n, "recipient": 5, "subject": "keys", "content": words, "date_sent": at}
        for n, words, at in ((1, ASKED, MS / 1000), (2, ANSWERED, MS / 1000 + 60))
    ]
}
REALM = {
    "zerver_userprofile": [{"id": n, "full_name": who} for n, (who, _) in enumerate(WRITTEN, 1)],
    "zerver_recipient": [{"id": 5, "type": 2, "type_id": 3}],
    "zerver_stream": [{"id": 3, "name": "pier"}],
}
TEAMS = {
    "value": [
        {
            "id": who,
            "messageType": "message",
            "createdDateTime": iso(n),
            "chatId": "19:a",
            "from": {"user": {"displayName": who}},
            "body": {"contentType": "html", "content": f"<div><p>{words}</p></div>"},
        }
        for n, (who, words) in reversed(list(enumerate(WRITTEN)))
    ]
    + [{"id": "s", "messageType": "systemEventMessage", "body": {"content": "<x/>"}}]
}
DISCORD = {
    "guild": {"name": "Club"},
    "channel": {"id": "77", "type": "GuildTextChat", "name": "pier"},
    "messages": [
        {"id": "1", "type": "GuildMemberJoin", "content": "Joined.", "author": {"name": "cy"}},
        *(
            {
                "id": who,
                "type": "Default",
                "timestamp": iso(n),
                "content": words,
                "author": {"name": who.lower(), "nickname": who},
            }
            for n, (who, words) in enumerate(WRITTEN)
        ),
    ],
}
MESSENGER = {
    "title": in_latin_1("Bootshaus Süd"),
    "thread_path": "inbox/sued_12",
    "messages": [
        {"sender_name": who, "timestamp_ms": MS + 60_000 * n, "content": in_latin_1(words)}
        for n, (who, words) in reversed(list(enumerate(WRITTEN)))
    ]
    + [{"sender_name": "Olaf", "timestamp_ms": MS + 9, "content": "x", "is_unsent": True}],
}
GOOGLE = {
    "messages": [
        {
            "creator": {"name": who, "email": "a@example.org"},
            "text": words,
            "message_id": who,
            "created_date": f"Monday, March 2, 2026 at 9:0{n}:00\u202fAM UTC",
        }
        for n, (who, words) in enumerate(WRITTEN)
    ]
}
SIGNAL = (
    {"version": 1, "backupTimeMs": str(MS)},
    {"recipient": {"id": "1", "contact": {"profileGivenName": "Wren"}}},
    {"recipient": {"id": "2", "contact": {"systemGivenName": "Olaf"}}},
    {"recipient": {"id": "3", "group": {"snapshot": {"title": {"title": "The pier"}}}}},
    {"chat": {"id": "8", "recipientId": "3"}},
    *(
        {
            "chatItem": {
                "chatId": "8",
                "authorId": str(n + 1),
                "dateSent": str(MS + 60_000 * n),
                "standardMessage": {"text": {"body": words}},
            }
        }
        for n, (_, words) in enumerate(WRITTEN)
    ),
    {"chatItem": {"chatId": "8", "authorId": "1", "dateSent": str(MS), "updateMessage": {}}},
)


@pytest.mark.parametrize(
    ("origin", "name", "content", "title"),
    [
        ("mattermost", "a.jsonl", MATTERMOST, "The pier"),
        ("zulip", "messages-000001.json", ZULIP, "#pier, keys"),
        ("teams", "messages.json", TEAMS, None),
        ("discord", "Club - pier [77].json", DISCORD, "Club: #pier"),
        ("messenger", "message_1.json", MESSENGER, "Bootshaus Süd"),
        ("google-chat", "messages.json", GOOGLE, "Wren, Olaf"),
        ("signal", "main.jsonl", SIGNAL, "The pier"),
    ],
)
def test_exports_of_messengers_are_read(
    tmp_path: Path, origin: str, name: str, content: Any, title: str | None
) -> None:
    (tmp_path / "realm.json").write_text(json.dumps(REALM))
    members = [{"name": who} for who, _ in WRITTEN]
    (tmp_path / "group_info.json").write_text(json.dumps({"members": members}))
    path = file(tmp_path, name, *(content if isinstance(content, tuple) else [content]))
    assert origin_of(path) == origin
    (found,) = read(path)
    assert [(turn.spoken_by(), turn.text) for turn in found.messages] == list(WRITTEN)
    assert [(turn.time - WHEN).seconds for turn in found.messages] == [0, 60]
    assert found.title == (title or ASKED)


LINE = (
    "[LINE] Chat history with Olaf\nSaved on: 2026/03/05 10:00\n\nMon, 03/02/2026\n"
    f"09:00\tWren\t{ASKED}\n09:01\tOlaf\t[Sticker]\n09:01\tOlaf\t{ANSWERED}\n"
    "09:02\tWren unsent a message.\n"
)
KAKAO = (
    "올라프 님과 카카오톡 대화\n저장한 날짜 : 2026-03-05 10:00:00\n\n"
    "--------------- 2026년 3월 2일 월요일 ---------------\n"
    f"[Wren] [오전 9:00] {ASKED}\n[Olaf] [오전 9:01] 이모티콘\n[Olaf] [오전 9:01] {ANSWERED}\n"
)
KAKAO_PHONE = (
    "Olaf 님과 카카오톡 대화\n저장한 날짜 : 2026년 3월 5일 오전 10:00\n\n2026년 3월 2일 월요일\n"
    f"2026년 3월 2일 오전 9:00, Wren : {ASKED}\n2026년 3월 2일 오전 9:01, Olaf : {ANSWERED}\n"
    "2026년 3월 2일 오전 9:02, Wren님이 나갔습니다.\n"
)
IMESSAGE = (
    f"Mar 02, 2026  9:00:00 AM (Read by you after 3 seconds)\nWren\n{ASKED}\n"
    f"Tapbacks:\nLoved by Me\n\nMar 02, 2026  9:01:00 AM\nOlaf\n{ANSWERED}\n\n"
)
DISCORD_TEXT = (
    f"{'=' * 62}\nGuild: Club\nChannel: Boats / pier\n{'=' * 62}\n\n"
    f"[02.03.2026 09:00] Wren\n{ASKED}\n"
    f"\n{{Reactions}}\n👍 (2)\n\n[02.03.2026 09:01] Olaf (pinned)\n{ANSWERED}\n\n{'=' * 62}\n"
    f"Exported 2 message(s)\n{'=' * 62}\n"
)
SIGNAL_PAGE = (
    f"[2026-03-02 09:00] Wren: {ASKED}  \n(- Me: 👍 -)  \n[2026-03-02 09:01] Olaf: {ANSWERED}  \n"
)
DISCORD_PAGE = (
    "<!DOCTYPE html><html><head><title>Club - pier</title><style>.preamble__entry{}</style></head>"
    '<body><div class="chatlog">'
    + "".join(
        f'<div id="chatlog__message-container-{n}" class="chatlog__message-container"><span '
        f'class="chatlog__author" title="{who}">{who}</span><span class="chatlog__timestamp" '
        f'title="Monday, 2 March 2026 09:0{n}"><a>09:0{n}</a></span><div class="chatlog__content '
        f'chatlog__markdown"><span class="chatlog__markdown-preserve">{words}</span></div></div>'
        for n, (who, words) in enumerate(WRITTEN)
    )
    + "</div></body></html>"
)
DISCORD_TABLE = (
    "AuthorID,Author,Date,Content,Attachments,Reactions\n"
    f'"1","Wren","2026-03-02T09:00:00.0000000+00:00","{ASKED}","",""\n'
    f'"2","Olaf","2026-03-02T09:01:00.0000000+00:00","{ANSWERED}","",""\n'
)
MATTERMOST_TABLE = (
    "Post Creation Time,Channel Id,Channel Display Name,Username,Post Id,Post Message,Post Type\n"
    f"{MS},c,The pier,Wren,1,{ASKED},message\n{MS},c,The pier,Wren,2,joined,system_join_channel\n"
    f'{MS + 60_000},c,The pier,Olaf,3,"{ANSWERED}",message\n'
)
META_PAGE = (
    "<html><head><title>Crew</title><style>._a6-g{}</style></head><body>"
    + "".join(
        f'<div class="pam _2ph- _a6-g noborder"><div class="_2ph_ _a6-h _a6-i">{who}</div><div '
        f'class="_2ph_ _a6-p"><div><div></div><div>{words}</div></div></div><div '
        f'class="_3-94 _a6-o">Mar 02, 2026 9:0{n}:00 am</div></div>'
        for n, (who, words) in reversed(list(enumerate(WRITTEN)))
    )
    + "</body></html>"
)
IMESSAGE_PAGE = "<html><body>\n" + "".join(
    '<div class="message"><div class="received iMessage"><p><span class="timestamp"><a href="sms:">'
    f'Mar 02, 2026  9:0{n}:00 AM</a></span><span class="sender">{who}</span></p>'
    f'<div class="message_part"><span class="bubble">{words}</span></div></div></div>'
    for n, (who, words) in enumerate(WRITTEN)
)
IMAZING_TABLE = (
    "Chat Session,Message Date,Service,Type,Sender Name,Text,Attachment\n"
    f'Olaf,2026-03-02 09:00:00,iMessage,Incoming,Wren,"{ASKED}",\n'
    f'Olaf,2026-03-02 09:01:00,iMessage,Incoming,Olaf,"{ANSWERED}",\n'
)
KAKAO_TABLE = (
    f'\ufeffDate,User,Message\n2026-03-02 09:00:00,"Wren","{ASKED}"\n'
    f'2026-03-02 09:01:00,"Olaf","{ANSWERED}"\n'
)


MOMENT = 1_772_442_000
"""2026-03-02 09:00 UTC"""
SIGNAL_HTML = (
    "<html>\n<title>\n Olaf\n</title>\n<body>\n"
    + "".join(
        f'<div class="msg{" cont" * n}">\n<span class="date">\n2026-03-02\n</span>\n'
        f'<span class="time">\n09:0{n}:00\n</span>\n<span class="sender">\n{who}\n</span>\n'
        f'<p class="quote">\nBefore\n</p>\n<p class="body">\n{first}\n<em>\n{rest}\n</em>\n'
        "</p>\n"
        '<p class="reaction">\nMe: \n</p>\n</div>\n'
        for n, (who, words) in enumerate(WRITTEN)
        for first, _, rest in [words.partition(" ")]
    )
    + '<div class="page" id="pg1">\n<div class="pager">\n/ 2\n</div>\n</div>\n<script>x</script>'
)
SMS = (
    "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"3\">\n"
    f'<sms address="+47 123 45 678" date="{MOMENT}000" type="1" body="{ASKED}"'
    ' contact_name="Wren"/>\n'
    '<sms address="12345678" date="1" type="3" body="a draft" contact_name="null" />\n'
    f'<mms address="12345678" date="{MOMENT + 60}000" msg_box="1" contact_name="Wren"><parts>'
    '<part ct="application/smil" text="&lt;smil&gt;"/><part ct="image/png" cl="pier.png"/>'
    f'<part ct="text/plain" text="{ANSWERED}"/></parts></mms>\n</smses>'
)


def test_text_messages_are_of_the_number_that_sent_them(tmp_path: Path) -> None:
    path = tmp_path / "sms-20260302.xml"
    group = (
        f'<mms address="12345678~87654321" date="{MOMENT}000" msg_box="1" contact_name="A, B">'
        '<parts><part ct="text/plain" text="&#55357;&#56832; here"/></parts>'
        '<addrs><addr address="+4712345678" type="137"/></addrs></mms>'
        f'<sms address="12345678" date="{MOMENT}000" type="2" body="Mine" contact_name="Wren"/>'
    )
    path.write_text(SMS.replace("</smses>", f"{group}</smses>"), encoding="utf-8")
    remarks = Counter[str]()
    first, second = read_each(path, remarks=remarks)
    spoken = [(turn.spoken_by(), turn.text) for turn in first.messages]
    assert spoken == [
        ("Wren", ASKED),
        ("Wren", f"{ANSWERED}\n\n[attached: pier.png]"),
        ("Me", "Mine"),
    ]
    assert [(turn.spoken_by(), turn.text) for turn in second.messages] == [("Wren", "😀 here")]
    assert (first.title, second.title) == ("Wren", "A, B")
    assert remarks == {"left out drafts and messages that were not sent": 1}


@pytest.mark.parametrize("cut", [40, 5])
def test_a_backup_of_messages_that_breaks_off_is_said(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "sms.xml"
    path.write_text(SMS[:-cut], encoding="utf-8")
    with pytest.raises(ReadError, match="breaks off"):
        list(read_each(path))


def test_a_page_of_signal_is_not_read_beside_its_data(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(SIGNAL_HTML, encoding="utf-8")
    (tmp_path / "chat.md").write_text(SIGNAL_PAGE, encoding="utf-8")
    remarks = Counter[str]()
    assert not list(read_each(tmp_path / "index.html", remarks=remarks))
    assert list(remarks) == ["the same chat as a page: data.json or chat.md beside it is read"]


@pytest.mark.parametrize(
    ("origin", "name", "content", "title"),
    [
        ("signal", "index.html", SIGNAL_HTML, "Olaf"),
        ("line", "[LINE] Olaf.txt", LINE, "Olaf"),
        ("kakaotalk", "KakaoTalk_2026.txt", KAKAO, "올라프"),
        ("kakaotalk", "KakaoTalkChats.txt", KAKAO_PHONE, "Olaf"),
        ("imessage", "+123.txt", IMESSAGE, ASKED),
        ("discord", "a.txt", DISCORD_TEXT, "Boats / pier"),
        ("discord", "b.txt", DISCORD_TEXT.replace("02.03.2026 09", "02-Mar-26 09"), "Boats / pier"),
        ("discord", "a.html", DISCORD_PAGE, "Club - pier"),
        ("discord", "Club - pier [77].csv", DISCORD_TABLE, "Club - pier"),
        ("signal", "chat.md", SIGNAL_PAGE, None),
        ("mattermost", "a.csv", MATTERMOST_TABLE, "The pier"),
        ("messenger", "message_1.html", META_PAGE, "Crew"),
        ("imessage", "+123.html", IMESSAGE_PAGE, ASKED),
        ("imessage", "a.csv", IMAZING_TABLE, "Olaf"),
        ("kakaotalk", "a.csv", KAKAO_TABLE, ASKED),
    ],
)
def test_chats_as_text_pages_and_tables_are_read(
    tmp_path: Path, origin: str, name: str, content: str, title: str | None
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert origin_of(path) == origin
    (found,) = read(path)
    assert [(turn.spoken_by(), turn.text) for turn in found.messages] == list(WRITTEN)
    assert found.title == (title or tmp_path.name)
    moments = [turn.time for turn in found.messages]
    assert [moment.minute for moment in moments] == [0, 1]
    assert (moments[0].astimezone().month, moments[0].astimezone().day) == (3, 2)


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in Tokyo, nine hours ahead of UTC."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize(
    ("name", "content", "hour"),
    [
        ("[LINE] Olaf.txt", LINE, 0),
        ("chat.md", SIGNAL_PAGE, 0),
        ("message_1.html", META_PAGE, 0),
        ("a.html", DISCORD_PAGE, 0),
        ("kakao.csv", KAKAO_TABLE, 0),
        ("Club - pier [77].csv", DISCORD_TABLE, 9),
    ],
)
def test_times_without_a_zone_are_of_the_machine_that_shows_them(
    tmp_path: Path, name: str, content: str, hour: int
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (found,) = read(path)
    assert found.messages[0].time == datetime(2026, 3, 2, hour, tzinfo=UTC)


def test_a_package_of_discord_has_what_its_owner_wrote(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    link = "https://example.org/plan.pdf?ex=1"
    path.write_text(f"ID,Timestamp,Contents,Attachments\n1,2026-03-02 09:00:00,{ASKED},{link}\n")
    (found,) = read(path)
    (turn,) = found.messages
    assert (turn.role, turn.speaker) == ("user", "")
    assert turn.text == f"{ASKED}\n\n[attached: plan.pdf]"


def test_a_table_that_is_not_a_chat_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("author,text,date\nWren,Sturdy boots,2026-03-02\n")
    assert recognise(path) is None
    path.write_text("Date,User,Message,Level\n2026-03-02,root,disk full,ERROR\n")
    assert recognise(path) is None
