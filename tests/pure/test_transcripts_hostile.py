from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from exports import chatgpt, claude_ai, code, file, human, origin_of, packed, read, said, turn
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ReadError


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(turn("Grüße"), ensure_ascii=False), encoding=encoding)
    assert origin_of(path) == "turns"
    assert read(path)[0].messages[0].text == "Grüße"


def test_a_long_first_message_is_recognised_by_how_it_begins(tmp_path: Path) -> None:
    long = "ü\\\n" * 50_000
    assert origin_of(file(tmp_path, "a.jsonl", turn(long))) == "turns"
    assert origin_of(file(tmp_path, "b.jsonl", code("user", long))) == "claude-code"
    listed = [{"type": "text", "text": long}]
    assert origin_of(file(tmp_path, "c.jsonl", code("assistant", listed))) == "claude-code"


def test_an_export_is_read_out_of_its_zip(tmp_path: Path) -> None:
    content = json.dumps(claude_ai(human("Hi"))).encode()
    path = packed(tmp_path, "export/conversations.json", content)
    assert origin_of(path) == "claude.ai"
    assert said(read(path)[0]) == [("user", "Hi")]
    tree = json.dumps(chatgpt(None, ("q", None, "user", "Hm"))).encode()
    assert said(read(packed(tmp_path, "conversations-000.json", tree))[0]) == [("user", "Hm")]


def test_an_encrypted_or_damaged_zip_is_an_error(tmp_path: Path) -> None:
    path = packed(tmp_path, "conversations.json", json.dumps(claude_ai(human("Hi"))).encode())
    whole = path.read_bytes()
    entry = whole.rindex(b"PK\x01\x02")
    path.write_bytes(whole[: entry + 8] + b"\x01" + whole[entry + 9 :])
    with pytest.raises(ReadError, match="encrypted"):
        read(path)
    path.write_bytes(whole[:40])
    assert origin_of(path) is None
    with pytest.raises(ReadError, match="damaged"):
        read(path)


def test_a_zip_bomb_is_refused_by_the_size_that_it_declares(tmp_path: Path) -> None:
    path = packed(tmp_path, "conversations.json", json.dumps(claude_ai(human("Hi"))).encode())
    whole = path.read_bytes()
    size = whole.rindex(b"PK\x01\x02") + 24
    path.write_bytes(whole[:size] + (2_000_000_000).to_bytes(4, "little") + whole[size + 4 :])
    with pytest.raises(ReadError, match="100 times smaller"):
        read(path)


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "[1, 2]", "", "null", "PK", '{"id": 1}\n{}'])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.zip", "a.md"])
def test_what_is_no_transcript_is_not_taken_for_one(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert origin_of(path) is None
    with pytest.raises(ReadError):
        read(path)


@pytest.mark.parametrize("unit", [" ", "\t", "\n", "GPT-a."])
@pytest.mark.parametrize("head", ["", "13/02/2026, 21:00 - Ana: x\n", "User: hello there\n"])
@pytest.mark.timeout(60)  # it took minutes, and more with each character
def test_a_long_line_is_read_at_once(tmp_path: Path, head: str, unit: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(head + unit * 40_000 + "x\n")
    assert (origin_of(path) is not None) == ("Ana" in head)
    if "Ana" in head:
        (found,) = read(path)
        assert len(found.messages) == 1


def test_a_type_that_is_not_a_word_is_no_text(tmp_path: Path) -> None:
    content = [{"type": ["text"], "text": "a"}, {"type": "text", "text": "Which cleat?"}]
    (found,) = read(file(tmp_path, "a.jsonl", {"role": "user", "content": content}))
    assert [turn.text for turn in found.messages] == ["Which cleat?"]


def test_a_table_that_cannot_be_read_to_its_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"role,content\nuser,Which cleat?\nassistant,{'x' * 200_000}\n")
    with pytest.raises(ReadError, match="a table that cannot be read"):
        read(path)


def test_text_about_a_format_is_not_that_format(tmp_path: Path) -> None:
    quoted = [{"note": 'an export has "chat_messages": [ and "mapping": { and "create_time": 1'}]
    assert origin_of(file(tmp_path, "a.json", quoted)) is None


def test_an_export_that_breaks_off_is_an_error_and_a_missing_file_too(tmp_path: Path) -> None:
    path = file(tmp_path, "a.json", claude_ai(human("Hi")) * 2)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ReadError, match="breaks off"):
        read(path)
    assert origin_of(tmp_path / "gone.json") is None
    with pytest.raises(ReadError, match="cannot be read"):
        read(tmp_path / "gone.json")


KEYS = (
    "uuid name chat_messages created_at sender text content type attachments files file_name id"
    " mapping current_node message parent author role create_time parts content_type metadata"
    " sessionId parentUuid timestamp isMeta summary leafUuid conversation conv speaker time origin"
).split()
WORDS = ["human", "assistant", "user", "text", "a", "b", "summary", "\ud800", "5 May", ""]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS)
VALUES = st.recursive(
    LEAVES | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.sampled_from("ab"), inner, max_size=9)
    ),
    max_leaves=25,
)
SHAPES = st.one_of(
    st.builds(lambda v: json.dumps([*claude_ai(v), v, {"uuid": 1, "chat_messages": v}]), VALUES),
    st.builds(
        lambda v: json.dumps(
            [*chatgpt("a", ("a", "b", "user", v)), {"id": "c", "mapping": {"a": v, "b": v}}]
        ),
        VALUES,
    ),
    st.builds(lambda v, w: f"{json.dumps(code('user', v))}\n{json.dumps(w)}", VALUES, VALUES),
    st.builds(lambda v, w: f"{json.dumps(turn('a', time=v))}\n{json.dumps(w)}", VALUES, VALUES),
    st.builds(json.dumps, VALUES),
).map(str.encode)


@given(st.binary() | SHAPES, st.sampled_from([".json", ".jsonl", ".zip"]), st.booleans())
def test_anything_gives_transcripts_or_a_read_error(raw: bytes, suffix: str, zipped: bool) -> None:
    if zipped and suffix == ".zip":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writing:
            writing.writestr("conversations.json", raw)
        raw = archive.getvalue()
    with TemporaryDirectory() as folder:
        path = Path(folder, "any" + suffix)
        path.write_bytes(raw)
        origin_of(path)
        try:
            found = read(path)
        except ReadError:
            return
    for conversation in found:
        ids = [message.id for message in conversation.messages]
        assert ids
        assert len(set(ids)) == len(ids)
        "".join(
            [
                conversation.key,
                conversation.title,
                *ids,
                *(m.text + m.speaker for m in conversation.messages),
            ]
        ).encode()
        assert all(message.time.utcoffset() == timedelta(0) for message in conversation.messages)
