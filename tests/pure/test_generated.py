"""Text that programs wrote does not drown what people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import SkippedFile
from ingest.readers import plain


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
