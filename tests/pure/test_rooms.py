"""Rooms in which many speak: logs of IRC, and Matrix as Element exports it."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import file, origin_of, read

from ingest.transcripts import Transcript

ASKED, ANSWERED = "The ladder is in the shed", "Found it, thanks"
HEADS = {
    "irc.sea.#roof.weechatlog": (
        "2026-03-14 21:04:00\t-->\tpetra (~p@sea) has joined #roof\n"
        f"2026-03-14 21:05:00\tpetra\t{ASKED}\n2026-03-14 21:06:00\t@jan\t{ANSWERED}\n"
    ),
    "#roof.log": (
        "--- Log opened Fri Mar 13 23:00:00 2026\n23:59 -!- petra [~p@sea] has joined #roof\n"
        f"--- Day changed Sat Mar 14 2026\n21:05 < petra> {ASKED}\n21:06 <@jan> {ANSWERED}\n"
        "21:07  * jan waves\n"
    ),
    "#roof_20260314.log": (
        "[21:04:00] *** Joins: petra (p@sea)\n"
        f"[21:05:00] <petra> {ASKED}\n[21:06:00] <jan> {ANSWERED}\n"
    ),
    "sea-#roof.log": (
        "**** BEGIN LOGGING AT Sat Mar 14 21:00:00 2026\n\n"
        "Mar 14 21:04:00 *\tNow talking on #roof\n"
        f"Mar 14 21:05:00 <petra>\t{ASKED}\nMar 14 21:06:00 <jan>\t{ANSWERED}\n"
    ),
    "#roof.sea.log": (
        "Session Start: Sat Mar 14 21:00:00 2026\nSession Ident: #roof\n"
        f"[21:05] <petra> {ASKED}\n[21:06] <+jan> {ANSWERED}\n"
        "Session Close: Sat Mar 14 22:00:00 2026\n"
    ),
    "#roof.txt": f"2026-03-14T21:05:00  <petra> {ASKED}\n2026-03-14T21:06:00  <jan> {ANSWERED}\n",
}


def texts(transcript: Transcript) -> list[str]:
    return [turn.text for turn in transcript.messages]


@pytest.mark.parametrize(("name", "log"), HEADS.items())
def test_a_log_of_irc_is_read(tmp_path: Path, name: str, log: str) -> None:
    path = tmp_path / name
    path.write_text(log)
    assert origin_of(path) == "irc"
    (found,) = read(path)
    assert texts(found) == [ASKED, ANSWERED]
    assert [turn.speaker for turn in found.messages] == ["petra", "jan"]
    assert f"{found.messages[0].time.astimezone():%Y-%m-%d %H:%M}" == "2026-03-14 21:05"
    assert found.title == "#roof"


@pytest.mark.parametrize(
    "log",
    [
        "2026-03-14 21:05:00 INFO <main> started\n2026-03-14 21:05:01 INFO <main> done\n",
        "2026-03-14 21:05:00\tworker\tstarted a job\n2026-03-14 21:05:01\tmaster\tdone\n",
        "[21:05:00] <div> opened\n[21:05:01] loading\n[21:05:02] loading\n[21:05:03] <p> closed\n",
        "21:05:00 <info> started\n21:05:01 <WARN> no space\n21:05:02 <error> stopped\n",
    ],
)
def test_a_log_of_a_program_is_not_a_chat(tmp_path: Path, log: str) -> None:
    path = tmp_path / "server.log"
    path.write_text(log)
    assert origin_of(path) is None


def event(n: int, sender: str, **content: object) -> dict[str, object]:
    return {
        "type": "m.room.message",
        "event_id": f"${n}",
        "room_id": "!roof:sea.org",
        "sender": f"@{sender}:sea.org",
        "origin_server_ts": 1_773_522_000_000 + 60_000 * n,
        "content": content,
    }


def test_a_room_of_matrix_is_read_as_it_was_last_edited(tmp_path: Path) -> None:
    new = {"msgtype": "m.text", "body": ASKED}
    edit = {"m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}
    events = [
        {"type": "m.room.member", "sender": "@petra:sea.org", "content": {"membership": "join"}},
        event(1, "petra", msgtype="m.text", body="The ladder is in the attic"),
        event(2, "petra", msgtype="m.text", body=f"* {ASKED}", **edit),
        event(3, "jan", msgtype="m.text", body=f"> <@petra:sea.org> {ASKED}\n\n{ANSWERED}"),
        event(4, "jan"),
        event(5, "jan", msgtype="m.image", body="shed.png"),
    ]
    path = file(tmp_path, "matrix.json", {"room_name": "Roof", "messages": events})
    assert origin_of(path) == "matrix"
    (found,) = read(path)
    assert texts(found) == [ASKED, ANSWERED, "[attached: shed.png]"]
    assert [turn.speaker for turn in found.messages] == ["petra", "jan", "jan"]
    assert (found.key, found.title) == ("!roof:sea.org", "Roof")


def test_a_room_of_matrix_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "matrix - Roof - Chat Export.txt"
    path.write_text(
        "Sat, 14 Mar 2026, 21:04 - Petra joined the room\n"
        f"Sat, 14 Mar 2026, 21:05 - Petra: {ASKED}\nby the door\n"
        f'Sat, 14 Mar 2026, 21:06 - Jan: <Petra "The ladder"> {ANSWERED}\n'
        "Sat, 14 Mar 2026, 21:07 - Jan: shed.png (Media omitted)\n"
    )
    assert origin_of(path) == "matrix"
    (found,) = read(path)
    assert texts(found) == [f"{ASKED}\nby the door", ANSWERED]
    assert f"{found.messages[0].time.astimezone():%Y-%m-%d %H:%M}" == "2026-03-14 21:05"
