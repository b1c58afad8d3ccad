"""Values of JSON that do not fit in memory: they come in pieces, and what cannot be cut is said."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.errors import ReadError
from ingest.transcripts import json_pieces, json_scanner, json_stream, read
from ingest.transcripts.json_pieces import TOO_LONG


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds a ten-thousandth of the real ones, so that the files here may be small."""
    for module in (json_scanner, json_pieces, json_stream):
        monkeypatch.setattr(module, "LONGEST", 1_600)
    for module in (json_scanner, json_pieces):
        monkeypatch.setattr(module, "MUCH", 400)
    monkeypatch.setattr(json_pieces, "_PIECE", 400)
    monkeypatch.setattr(json_scanner, "_CHUNK", 100)


def values(value: object, *, indent: int | None = None) -> Iterator[object]:
    return json_stream.values(io.BytesIO(json.dumps(value, indent=indent).encode()))


def telegram(messages: int) -> dict[str, object]:
    said = [
        {"id": n, "type": "message", "date_unixtime": str(1_700_000_000 + n),
         "from": "Ines" if n % 2 else "Bo", "text": f"the ferry leaves at {n}"}
        for n in range(messages)
    ]  # fmt: skip
    chats = [
        {"name": "Crew", "type": "group", "id": 4, "messages": said},
        {"name": "Quay", "type": "group", "id": 5, "messages": said[:3]},
    ]
    return {"about": "data", "chats": {"list": chats}, "left_chats": {"list": []}}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_chat_of_many_years_is_read_in_pieces(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(telegram(200), indent=indent))
    remarks: Counter[str] = Counter()
    found = list(read(path, remarks=remarks))
    crew = [transcript for transcript in found if transcript.key == "4"]
    assert len(crew) > 5
    assert {transcript.title for transcript in crew} == {"Crew"}
    said = {turn.id: turn.text for transcript in crew for turn in transcript.messages}
    assert list(said.values()) == [f"the ferry leaves at {n}" for n in range(200)]
    for before, after in pairwise(crew):
        assert before.messages[-1] == after.messages[0]
    assert [len(transcript.messages) for transcript in found if transcript.key == "5"] == [3]
    assert not remarks


def test_pictures_in_base64_do_not_make_a_conversation_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        json_scanner, "_BASE64", re.compile(r'"(?:data:[^",]*,)?[A-Za-z0-9+/=]{300,}"')
    )
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBO" * 200}}
    tree = {str(n): {"content": [picture, {"text": f"what is this? {n}"}]} for n in range(6)}
    (found,) = values([{"id": "c", "mapping": tree}])
    assert json.dumps(found).count("what is this?") == 6


def test_what_cannot_be_cut_is_counted_and_the_rest_is_read() -> None:
    tree = {str(n): {"text": "words and more words " * 5} for n in range(40)}
    found = list(values([{"id": "a"}, {"id": "b", "mapping": tree}, "x " * 2_000, {"id": "c"}]))
    assert found == [{"id": "a"}, TOO_LONG, {"id": "b"}, TOO_LONG, {"id": "c"}]


def test_a_long_object_that_breaks_off_is_said_so() -> None:
    whole = json.dumps(telegram(200), indent=1)
    found = json_stream.values(io.BytesIO(whole[: len(whole) // 2].encode()))
    with pytest.raises(ReadError, match="breaks off"):
        list(found)
