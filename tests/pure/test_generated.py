"""Text that programs wrote does not drown what people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import SkippedFile
from ingest.readers import generated, plain


def read(name: str, text: str) -> Document:
    path = Path(name)
    form = "code" if plain.language_of(path) else "text"
    return plain.read(text.encode(), path, "code" if form == "code" else "text", lambda raw: "")


def buoys(count: int) -> str:
    return json.dumps([{"name": f"Buoy {n}", "at": [n, n]} for n in range(count)])


def test_data_under_any_name_is_bounded_and_what_is_missing_is_said() -> None:
    document = read("buoys.geojson", buoys(12_000))
    assert len(document.text) == 400_000
    (left_out,) = document.left_out
    assert left_out.startswith("characters 300,000–")
    assert "Buoy 0" in document.text
    assert "Buoy 11999" in document.text


def test_json_of_megabytes_is_left_out_under_any_name() -> None:
    with pytest.raises(SkippedFile, match="JSON of more than 1 MB"):
        read("buoys.geojson", buoys(40_000))


@pytest.mark.parametrize("text", ["[2026-03-04] opened\n", "{braces} in prose\n", "[x] done\n"])
def test_prose_in_brackets_is_not_data(text: str) -> None:
    assert read("notes.typ", text * 90_000).left_out == ()


@pytest.mark.parametrize(
    "line",
    [
        '10.0.0.{n} - - [04/Mar/2026:10:00:{n:02} +0100] "GET /quay HTTP/1.1" 200 {n}\n',
        "INFO 2026-03-04 10:00:{n:02} the gate opened for boat {n}\n",
        "[WARN] 2026-03-04T10:00:{n:02}Z the gate stuck at boat {n}\n",
    ],
)
def test_a_log_is_known_by_its_lines(line: str) -> None:
    text = "".join(line.format(n=n % 60) for n in range(40))
    assert generated.is_data(Document(text, "text", "x"))


def test_a_lock_file_is_known_by_its_checksums() -> None:
    lines = "".join(f"  a{n}@1:\n    integrity: sha512-{'Ab1' * 20}==\n" for n in range(60))
    with pytest.raises(SkippedFile, match="lock file"):
        generated.refuse(lines, len(lines), "code", "yaml")
    generated.refuse("gate:\n  digest: sha256:" + "ab" * 32 + "\n", 80, "code", "yaml")


def test_the_log_of_a_run_of_tex_is_left_out() -> None:
    with pytest.raises(SkippedFile, match="a log of TeX"):
        read("tide.log", "This is XeTeX, Version 3.141592653 (preloaded format=xelatex)\n**tide\n")
    assert read("tide.log", "This is the log of the harbour, Version 3\n").text
