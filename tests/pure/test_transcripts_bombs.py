"""Files that unpack, multiply or wait: small ones that would take all memory, or for ever."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from exports import claude_ai, human, origin_of

from ingest.errors import ReadError
from ingest.text.yaml_values import yaml_strings, yaml_value
from ingest.transcripts.fields import name
from ingest.transcripts.html_export import pieces
from ingest.transcripts.source import parts

SESSION = "model: m\nmessages:\n- {role: user, content: Hello}\n"


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def export() -> bytes:
    return json.dumps(claude_ai(human("Hi"))).encode()


def declared(raw: bytes, size: int) -> bytes:
    """A zip whose list of members says that each unpacks to this."""
    entries = raw.split(b"PK\x01\x02")
    sized = (entry[:20] + size.to_bytes(4, "little") + entry[24:] for entry in entries[1:])
    return b"PK\x01\x02".join([entries[0], *sized])


def test_a_zip_in_a_zip_is_read_and_none_in_that(tmp_path: Path) -> None:
    raw, path = zipped(conversations__json=export()), tmp_path / "export.zip"
    for depth in range(1, 40):
        raw = zipped(**{f"conversations-{depth}__zip": raw})
        path.write_bytes(raw)
        assert len(list(parts(path))) == (depth == 1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (zipped(**{"conversations-1__zip": bytes(2_000_000)}), "100 times smaller"),
        (declared(zipped(**{f"a{n}__jsonl": b"{}" for n in range(5)}), 49_000_000), "100 times"),
        (zipped(a__jsonl=b"{}")[:-10] + (2**25).to_bytes(4, "little") + bytes(6), "more members"),
    ],
    ids=["a zip packed tightly", "members that share their bytes", "a million members"],
)
def test_a_zip_that_unpacks_without_end_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(raw)
    with pytest.raises(ReadError, match=reason):
        list(parts(path))


def encrypted(raw: bytes) -> bytes:
    entry = raw.rindex(b"PK\x01\x02")
    return raw[: entry + 8] + b"\x01" + raw[entry + 9 :]


@pytest.mark.parametrize("spoil", [encrypted, lambda raw: raw.replace(b"PK\x03\x04", b"PK..")])
def test_what_is_beside_a_member_and_damaged_is_not_read(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(spoil(zipped(**{"a/2026-01-02__json": b"[]", "users__json": b"[]"})))
    assert [part.beside("../users.json") for part in parts(path)] == [b""]


def test_a_pipe_beside_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "users.json")
    (tmp_path / "channel").mkdir()
    (tmp_path / "channel" / "2026-01-02.json").write_text("[]")
    (part,) = parts(tmp_path / "channel" / "2026-01-02.json")
    assert part.beside("../users.json") == b""


def merged(depth: int) -> str:
    """A mapping merged nine times into each next one."""
    levels = (f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth))
    return "\n".join(["a0: &a0 {x: 1}", *levels])


@pytest.mark.parametrize(
    "text",
    [merged(12), "[" * 100_000, "a: !!int 1", "- " * 100_000],
    ids=["merges", "brackets", "tags", "dashes"],
)
def test_yaml_that_multiplies_is_no_session(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"deep|aliases"):
        yaml_value(text)
    path = tmp_path / "session.yaml"
    path.write_text(f"{SESSION}rest: |\n  x\n{text}\n")
    assert origin_of(path) is None


def test_no_number_of_yaml_is_computed() -> None:
    value = yaml_value(f"a: {'1:' * 20_000}1\nb: 1e9\nc: null\nd: ~\ne: yes\n")
    assert isinstance(value, dict)
    assert [value["b"], value["c"], value["d"], value["e"]] == ["1e9", None, None, "yes"]


def test_aliases_of_strings_are_read_once() -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    value = yaml_strings("\n".join(["a0: &a0 [x]", *lines]))
    assert isinstance(value, dict)
    assert value["a0"] == ["x"]


def test_a_computed_column_is_not_computed_without_end(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE cursorDiskKV (key TEXT, value TEXT AS (hex(zeroblob(50000001))))"
        )
        database.execute("INSERT INTO cursorDiskKV (key) VALUES ('composerData:a')")
        database.commit()
    (part,) = parts(path)
    with pytest.raises(ReadError, match="too big"):
        list(part.values())


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_mark_between_two_lines_is_found(cut: int) -> None:
    page = "before<mark>one<mark>two\n<mark>three" + "." * 20
    lines = [page[start : start + cut] for start in range(0, len(page), cut)]
    assert list(pieces(lines, "<mark>")) == ["one", "two\n", "three" + "." * 20]


def test_a_page_of_very_many_lines_is_searched_once() -> None:
    held = iter(["<mark>", *["short\n"] * 300_000])
    (piece,) = pieces(held, "<mark>")
    assert len(piece) == 1_800_000


def test_an_identifier_of_any_length_is_short_and_stays_another() -> None:
    long = ["a" * 200, "a" * 10_000 + "b", "a" * 10_000 + "c", 7 * 10**40]
    names = [name(value) for value in long]
    assert len(set(names)) == len(long)
    assert max(map(len, names)) < 250
    assert names[0] == long[0]
    assert name(10**250) == ""
