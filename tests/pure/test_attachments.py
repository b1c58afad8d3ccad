"""What the user brings along: refused if it is no text, its question found, its best parts sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingest.text.amounts import bytes_shown
from ragchat.claude.tokens import estimate_tokens
from ragchat.errors import UsageError
from ragchat.request.attachment import (
    MOST_BYTES,
    Attachment,
    attachment,
    mentioned_files,
    read_file,
    split_question,
)
from ragchat.request.excerpts import excerpts, search_text

MODEL = "claude-sonnet-5-5"


def count(text: str) -> int:
    return estimate_tokens(text, MODEL)


def of(text: str, name: str = "stdin") -> Attachment:
    return attachment(name, [text.encode()])


LINES = [f"{n:05} GET /harvest/field/{n % 17} 200 in {n % 9} ms" for n in range(4_000)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\nx", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "a picture (JPEG)"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a picture (WebP)"),
        (b"PK\x03\x04" + bytes(50), "a zip archive"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (bytes(range(256)) * 8, "not text"),
        (hashlib.sha512(b"x").digest() * 40, "not text"),
    ],
)
def test_what_is_no_text_is_refused_and_named(data: bytes, kind: str) -> None:
    with pytest.raises(UsageError, match=kind.replace("(", r"\(").replace(")", r"\)")) as raised:
        attachment("stdin", [data])
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe\n".encode(), "Größe\n"),
        ("Größe\n".encode("utf-16"), "Größe\n"),
        (b"\x1b[31mred\x1b[0m alert\n", "red alert\n"),
        (b"BMW and GIFs\n", "BMW and GIFs\n"),
    ],
)
def test_text_in_any_encoding_is_text(data: bytes, text: str) -> None:
    assert attachment("stdin", [data]).text == text


def test_a_secret_in_an_attachment_is_masked() -> None:
    text = of("token = ghp_" + "a1B2" * 9 + "\n").text
    assert "a1B2a1B2" not in text


def test_an_attachment_is_known_by_name_size_and_hash() -> None:
    data = b"one\ntwo\nthree"
    found = attachment("stdin", [data[:5], data[5:]])
    assert (found.size, found.lines) == (13, 3)
    digest = hashlib.sha256(data).hexdigest()
    assert found.note == f"[attached: stdin, 3 lines, 13 bytes, sha256 {digest[:12]}]"


def test_of_a_huge_attachment_the_end_is_kept_with_its_line_numbers() -> None:
    line = b"x" * 99 + b"\n"
    found = attachment("stdin", [line * 10_000] * 20 + [b"the end\n"])
    assert found.size == 20_000_008
    assert found.lines == 200_001
    assert len(found.text) <= MOST_BYTES
    assert found.text.count("\n") + found.skipped_lines == found.lines
    assert found.text.endswith("the end\n")


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (40_000, "40 kB"), (1_100_000, "1.1 MB")],
)
def test_sizes_are_shown_in_units_of_people(size: int, shown: str) -> None:
    assert bytes_shown(size) == shown


def test_a_file_that_cannot_be_attached_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(UsageError, match="check --file"):
            read_file(path)


def test_files_are_named_in_a_question(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "b c.txt").write_text("x")
    asked = 'Compare @a.log with @"b c.txt", me@a.log and @nobody, @a.log'
    assert mentioned_files(asked, tmp_path) == [tmp_path / "a.log", tmp_path / "b c.txt"]


def test_a_pasted_text_names_no_files(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("x")
    assert mentioned_files("@a.log " + "word " * 1_000, tmp_path) == []


@pytest.mark.parametrize("question", ["Why did it stop?", "なぜ止まりましたか？"])
def test_the_question_of_a_long_text_is_its_last_or_first_paragraph(question: str) -> None:
    log = "\n".join(LINES)
    assert split_question(f"{log}\n\n{question}\n") == (question, log)
    assert split_question(f"{question}\n\n{log}") == (question, log)


def test_a_question_at_the_end_goes_before_a_short_beginning() -> None:
    assert split_question("Log of Monday:\n\nline\n\nWhat failed?")[0] == "What failed?"


def test_a_long_text_without_a_question_is_not_sent() -> None:
    with pytest.raises(UsageError, match=r"4,000 lines, .* kB.*write one"):
        split_question("\n".join(LINES))


@given(st.text(), st.text())
def test_no_word_is_lost_in_the_split(question: str, rest: str) -> None:
    text = f"The log:\n{rest}\n\n{question}?"
    asked, other = split_question(text)
    assert sorted([*asked.split(), *other.split()]) == sorted(text.split())


def test_what_fits_goes_whole() -> None:
    found = excerpts(of("one\ntwo\n"), "What?", 1_000, count, None)
    (hit,) = found.hits
    assert hit.passage.text == "one\ntwo\n"
    assert hit.passage.label() == "stdin:1-2"
    assert found.left_out == 0


def test_the_last_lines_are_always_among_the_excerpts() -> None:
    log = "\n".join([*LINES, "FATAL: the silo door jammed at 40 degrees"])
    found = excerpts(of(log), "what went wrong?", 1_000, count, None)
    first = found.hits[0].passage
    assert "silo door jammed" in first.text
    assert first.label().endswith("-4001")
    assert sum(count(hit.passage.text) for hit in found.hits) <= 1_000
    assert found.left_out > 10


def test_words_of_the_question_find_their_lines() -> None:
    log = [*LINES]
    log[1_234] = "01234 the conveyor belt tore at the third roller"
    found = excerpts(of("\n".join(log)), "Where did the conveyor tear?", 1_000, count, None)
    labels = [hit.passage.label() for hit in found.hits if "conveyor" in hit.passage.text]
    (label,) = labels
    start, end = map(int, label.removeprefix("stdin:").split("-"))
    assert start <= 1_235 <= end


def test_a_line_longer_than_the_budget_is_cut_to_its_end() -> None:
    found = excerpts(of("word " * 50_000 + "the end"), "what?", 500, count, None)
    assert found.hits[0].passage.text.endswith("the end")
    assert sum(count(hit.passage.text) for hit in found.hits) <= 500


def test_lines_are_those_of_all_that_came() -> None:
    kept = Attachment("stdin", "\n".join(LINES), 10**8, 904_000, "0" * 64, skipped_lines=900_000)
    found = excerpts(kept, "what?", 1_000, count, None)
    assert found.hits[0].passage.label().endswith("-904000")


def test_the_library_is_searched_with_the_last_lines_and_rare_words_too() -> None:
    log = "\n".join([*LINES, "E4471 ledger locked by bookkeeper"])
    searched = search_text("what went wrong?", [of(log)])
    assert searched.startswith("what went wrong?\n")
    assert "E4471 ledger locked" in searched
    assert len(searched) < 800


def test_parts_that_differ_in_numbers_alone_are_embedded_once() -> None:
    lines = [f"{n:06} pump {n % 9} pressure {n * 7 % 431} bar" for n in range(4_000)]
    lines[1_777] = "001777 valve jammed, pressure lost"
    embedded: list[str] = []

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        embedded.extend(texts)
        return np.ones((len(texts), 1), np.float32)

    log = attachment("pumps.log", ["\n".join(lines).encode()])
    found = excerpts(log, "why did the valve jam?", 1_000, count, embed)
    assert any("valve jammed" in hit.passage.text for hit in found.hits)
    assert len(embedded) < 5


@pytest.mark.parametrize("code", ["E1782", "4711"])
def test_a_number_or_code_of_the_question_finds_its_line(code: str) -> None:
    lines = [f"task {n} finished with E{n % 97:03}" for n in range(5_000, 9_000)]
    lines[1_234] = f"task {code} finished"
    log = attachment("tasks.log", ["\n".join(lines).encode()])
    found = excerpts(log, f"what about {code}?", 600, count, None)
    assert any(code in hit.passage.text for hit in found.hits[1:])
