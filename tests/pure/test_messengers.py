"""Chats of people: WhatsApp, Slack, Messenger, in the languages in which they are exported."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from exports import file, read, said

from ingest.transcripts import read as read_file


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("[03.04.26, 21:16:05] Petra: ", (4, 3)),
        ("4/13/26, 9:16\u202fPM - Petra: ", (4, 13)),
        ("13/04/2026, 21:16 - Petra: ", (4, 13)),
        ("2026-04-13, 21:16 - Petra: ", (4, 13)),
        ("13/04/2026 à 21:16 - Petra: ", (4, 13)),
        ("[13.4.2026 klo 21.16.05] Petra: ", (4, 13)),
        ("2026년 4월 13일 오후 9:16 - Petra: ", (4, 13)),
        ("2026/4/13 下午9:16 - Petra: ", (4, 13)),
        ("[2026/04/13 21:16:05] Petra: ", (4, 13)),
        ("١٣\u200f/٤\u200f/٢٠٢٦، ٩:١٦ م - Petra: ", (4, 13)),
        ("13. 4. 2026 21:16 - Petra: ", (4, 13)),
        ("2026. 04. 13. 21:16 - Petra: ", (4, 13)),
        ("13.04.26 г., 21:16 - Petra: ", (4, 13)),
        ("21:16, 13/04/2026 - Petra: ", (4, 13)),
        ("13/4/2026, 9:16 p. m. - Petra: ", (4, 13)),
        ("13/4/2569 21:16 - Petra: ", (4, 13)),
        ("۱۴۰۵/۱/۲۴،\u200f ۲۱:۱۶ - Petra: ", (4, 13)),
        ("۱۴۰۴/۱۲/۲۹،\u200f ۲۱:۱۶ - Petra: ", (3, 20)),
    ],
)
def test_whatsapp_writes_dates_as_the_phone_does(
    tmp_path: Path, head: str, day: tuple[int, int]
) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text(f"{head}The regatta is moved\nto June\n", encoding="utf-8")
    (found,) = read(path)
    (turn,) = found.messages
    local = turn.time.astimezone()
    assert (turn.speaker, turn.text) == ("Petra", "The regatta is moved\nto June")
    assert (local.year, local.month, local.day, local.hour) == (2026, *day, 21)


def test_the_order_of_messages_tells_days_from_months(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    heads = ("3/2/26, 9:16 pm", "4/1/26, 9:16 pm", "5/1/26, 9:16 pm")
    path.write_text("".join(f"{head} - Al: yes\n" for head in heads))
    (found,) = read(path)
    assert [turn.time.astimezone().month for turn in found.messages] == [3, 4, 5]


def test_a_date_that_can_be_read_in_two_ways_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    path.write_text("[03/02/2026, 21:16:05] Al: yes\n")
    remarks: Counter[str] = Counter()
    (found,) = read_file(path, remarks=remarks)
    assert found.messages[0].time.astimezone().month == 2
    assert list(remarks) == ["days and months cannot be told apart: read as day/month"]
    path.write_text("[23/02/2026, 21:16:05] Al: yes\n")
    remarks.clear()
    list(read_file(path, remarks=remarks))
    assert not remarks


@pytest.mark.parametrize(
    ("heads", "day"),
    [
        (["[14.02.26, 07:05:11]", "[16.02.26, 08:00:00]"], (2026, 2, 14)),
        (["11-07-26 21:16 -"], (2026, 7, 11)),
        (["[26. 7. 11. 오후 9:16:05]"], (2026, 7, 11)),
        (["2026/7/9 21:16 -"], (2026, 7, 9)),
    ],
)
def test_a_year_of_two_digits_comes_first_in_east_asia_alone(
    tmp_path: Path, heads: list[str], day: tuple[int, int, int]
) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text("".join(f"{head} Al: yes\n" for head in heads), encoding="utf-8")
    remarks: Counter[str] = Counter()
    (found,) = read_file(path, remarks=remarks)
    local = found.messages[0].time.astimezone()
    assert ((local.year, local.month, local.day), dict(remarks)) == (day, {})


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp-Chat mit Petra Müller.txt", "Petra Müller"),
        ("Discussion WhatsApp avec Équipage.txt", "Équipage"),
        ("Conversa do WhatsApp com Rui.txt", "Rui"),
    ],
)
def test_a_chat_is_called_by_the_name_of_its_file(tmp_path: Path, name: str, title: str) -> None:
    inner = "13/04/2026 21:16 - Rui: A chave está na caixa.\n"
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, inner)
    (found,) = read(path)
    assert (found.title, found.key) == (title, title)


def test_what_whatsapp_says_itself_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text(
        '13/04/2026, 21:16 - Al changed the group name to "Trip: Oban"\n'
        "13/04/2026, 21:17 - Al: Mensagem apagada\n"
        "13/04/2026, 21:18 - Al: \u200eplan of the day.pdf (archivo adjunto)\n"
        "[13/04/2026, 21:19:00] Al: \u200echart 7.pdf • \u200e3 pages \u200edocument omitted\n"
    )
    (found,) = read(path)
    assert said(found) == [
        ("user", "[attached: plan of the day.pdf]"),
        ("user", "[attached: chart 7.pdf]"),
    ]


def test_messages_of_messenger_are_in_order_and_in_their_letters(tmp_path: Path) -> None:
    messages = [
        {"sender_name": name, "timestamp_ms": 1772618400000 + at, "content": text}
        for at, name, text in ((60_000, "Bo", "GrÃ¼Ã\x9fe"), (0, "Ann", "Moin"))
    ]
    (found,) = read(file(tmp_path, "message_1.json", {"title": "Ann", "messages": messages}))
    assert [(turn.speaker, turn.text) for turn in found.messages] == [
        ("Ann", "Moin"),
        ("Bo", "Grüße"),
    ]


def test_marks_bots_and_groups_of_slack_are_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "mpdm-ana--bo--cy-1"
    folder.mkdir()
    marks = "<!subteam^S1|@devs> <!here|here> <!date^1^{date}|2 Feb> <#C1|pier> <https://x.org|x>"
    bot = {"bot_id": "B", "bot_profile": {"name": "CI"}, "user": "U9"}
    (found,) = read(
        file(
            folder,
            "2026-02-02.json",
            [
                {"type": "message", "user": "U1", "text": marks, "ts": "1770000000.1"},
                {"type": "message", "text": "Green", "ts": "1770000001.1", **bot},
            ],
        )
    )
    assert found.title == "ana, bo, cy"
    assert [turn.text for turn in found.messages] == [
        "@devs @here 2 Feb #pier x (https://x.org)",
        "Green",
    ]
    assert found.messages[1].speaker == "CI"


def test_direct_messages_of_slack_are_called_by_who_takes_part(tmp_path: Path) -> None:
    users = [{"id": "U1", "name": "ann"}, {"id": "U2", "profile": {"real_name": "Bo"}}]
    message = {"type": "message", "text": "Moin", "user": "U1", "ts": "1772618400.0"}
    file(tmp_path, "users.json", users)
    file(tmp_path, "dms.json", [{"id": "D12", "members": ["U1", "U2"]}])
    (tmp_path / "D12").mkdir()
    (found,) = read(file(tmp_path / "D12", "2026-03-04.json", [message]))
    assert found.title == "ann, Bo"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Anna ile WhatsApp Sohbeti.txt", "Anna"),
        ("Chat WhatsApp dengan Anna.txt", "Anna"),
        ("Chat WhatsApp s Anna.txt", "Anna"),
        ("WhatsApp-keskustelu käyttäjän Anna kanssa.txt", "Anna"),
        ("Anna के साथ WhatsApp चैट.txt", "Anna"),
        ("WhatsApp Chat with Anna (1).txt", "Anna"),
        ("WhatsApp Chat - Anna(12).txt", "Anna"),
        ("与张三的 WhatsApp 聊天.txt", "张三"),
        ("Чат WhatsApp с контактом Анна.txt", "Анна"),
        ("محادثة واتساب مع علي.txt", "علي"),
        ("민수님과의 WhatsApp 대화.txt", "민수"),
    ],
)
def test_a_chat_has_its_name_in_other_orders_of_words(
    tmp_path: Path, name: str, title: str
) -> None:
    path = tmp_path / name
    path.write_text(
        "04.03.2026, 21:16 - Анна: Привет\n04.03.2026, 21:17 - Анна: Сообщение удалено\n"
        "04.03.2026, 21:18 - Jan: Bu mesaj silindi.\n04.03.2026, 21:19 - Jan: Missed voice call\n",
        encoding="utf-8",
    )
    (found,) = read(path)
    assert (found.title, len(found.messages)) == (title, 1)
