"""Searching some documents alone, and what is said of languages."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from commands import Output, loads
from fakes import ScriptedClaude

from ingest.search.document_filter import DocumentFilter


@pytest.fixture
def harbour(ragchat: Output, tmp_path: Path) -> Path:
    folder = tmp_path / "harbour"
    for name, text in {
        "docs/quay/rates.md": "At the quay, boats paid a mooring fee of 12 crowns by the week.",
        "docs/rates.md": "The mooring fee is 15 crowns.",
        "code/fees.py": "def mooring_fee(days):\n    return 15 * days\n",
        "notes.txt": "Ask about the mooring fee on Friday.",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n")
    before = datetime(2019, 5, 1).astimezone().timestamp()
    os.utime(folder / "docs/quay/rates.md", (before, before))
    loads(ragchat("ingest", folder, "--json"))
    return folder


def test_a_search_of_past_conversations_says_why_there_are_none(
    ragchat: Output, tmp_path: Path
) -> None:
    turns = [("user", "How high is the tide?"), ("assistant", "Four metres.")]
    lines = [json.dumps({"role": role, "content": text}) for role, text in turns]
    (tmp_path / "tide.jsonl").write_text("\n".join(lines))
    ragchat("ingest", "--conversations", tmp_path / "tide.jsonl")
    assert "Four metres" in ragchat("recall", "tide")[1]
    for options, said in {
        ("--branch", "fix/tide"): "no conversation matches --branch fix/tide",
        ("--project", "pier", "--branch", "x"): "no conversation matches --project pier --branch x",
        ("--until", "2001"): "nothing was said in the time asked for",
    }.items():
        assert said in ragchat("recall", "tide", *options)[2]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--in", "docs/**"), {"docs/rates.md", "docs/quay/rates.md"}),
        (("--in", "docs"), {"docs/rates.md", "docs/quay/rates.md"}),
        (("--in", "docs/quay"), {"docs/quay/rates.md"}),
        (("--in", "*.txt", "--in", "code"), {"notes.txt", "code/fees.py"}),
        (("--type", "code"), {"code/fees.py"}),
        (("--type", "md", "--since", "2020-01-01"), {"docs/rates.md"}),
        (("--until", "2020-01-01"), {"docs/quay/rates.md"}),
        (("--in", "elsewhere/**"), set()),
    ],
    ids=lambda value: " ".join(sorted(value)) or "nothing",
)
def test_a_search_within_some_documents(
    ragchat: Output, harbour: Path, options: tuple[str, ...], found: set[str]
) -> None:
    hits = loads(ragchat("search", "mooring fee", "--json", *options))
    assert {os.path.relpath(hit["source"], harbour) for hit in hits} == found


def test_a_question_within_some_documents_is_sent_those_alone(
    ragchat: Output, harbour: Path, server: ScriptedClaude
) -> None:
    code, _, _ = ragchat("ask", "How much is the mooring fee?", "--in", "docs/quay", "--no-save")
    assert code == 0
    sent = str(server.requests[-1])
    assert "12 crowns" in sent
    assert "15 crowns" not in sent


@pytest.mark.parametrize("glob", ["a'b", "x[y", "%", "*?"])
def test_a_strange_glob_is_no_error(ragchat: Output, harbour: Path, glob: str) -> None:
    assert ragchat("search", "mooring fee", "--in", glob)[0] == 0


def test_a_filter_shows_what_it_narrows_to() -> None:
    assert str(DocumentFilter(("docs/**",), ("md",))) == "docs/**, md"
    assert not DocumentFilter()


def test_something_that_looks_like_an_option_is_searched_for_behind_two_dashes(
    ragchat: Output, harbour: Path
) -> None:
    code, _, err = ragchat("search", "--moor")
    assert code == 2
    assert 'ragchat search -- "--moor"' in err
    assert ragchat("search", "--", "--moor")[0] == 0


def test_a_library_that_the_model_does_not_know_is_noticed(ragchat: Output, tmp_path: Path) -> None:
    (tmp_path / "zh.md").write_text(
        "服务器的证书每三个月更换一次，由运维组负责。\n", encoding="utf-8"
    )
    code, _, err = ragchat("ingest", tmp_path / "zh.md")
    assert code == 0
    assert "most of this library is Chinese" in err
    assert "ragchat rebuild --model" in err
    (tmp_path / "en.md").write_text("The certificate is renewed every three months.\n" * 3)
    assert "ragchat rebuild" not in ragchat("ingest", tmp_path / "en.md", "--collection", "en")[2]


def test_a_question_in_another_language_than_the_documents_is_told_so(
    ragchat: Output, harbour: Path
) -> None:
    for asked, code in (
        ("Wie lange dauert eigentlich die Überfahrt nach Norderney?", "German"),
        ("Was bedeutet Norderney?", "German"),  # and not English, which has "was", too
        ("渡轮多久一班？", "Chinese"),
    ):
        err = ragchat("search", asked)[2]
        assert f"the question is in {code} and your library in English" in err


def test_a_question_whose_language_is_only_part_of_the_library_is_told_of_the_rest(
    ragchat: Output, harbour: Path, tmp_path: Path, server: ScriptedClaude
) -> None:
    said = "the question is in German and most of your library in English"
    ferry = tmp_path / "faehre.txt"
    ferry.write_text("Die Fähre wird im Winter nur an jedem zweiten Tag von uns gefahren.\n")
    loads(ragchat("ingest", ferry, "--json"))
    asked = "Welche Gebühr zahlen die Boote für einen Liegeplatz am Kai?"
    assert said in ragchat("search", asked)[2]
    code, out, err = ragchat("search", asked, "--json")
    assert (code, loads((code, out, err))) == (0, [])
    assert said in err
    assert said in ragchat("ask", asked, "--offline")[2]
    assert any(
        said in line for line in loads(ragchat("ask", asked, "--no-save", "--json"))["notices"]
    )
    # Nor does what only shares a word with the question answer it.
    _, out, err = ragchat("search", "Gibt es an Bord der Fähre einen Automaten für Kaffee?")
    assert "faehre.txt" in out
    assert said in err
    # It is not said where it is not so: of files in German alone, and of what was found.
    assert "the question is" not in ragchat("search", asked, "--in", "faehre.txt")[2]
    assert "the question is" not in ragchat("search", "Wann wird die Fähre gefahren?")[2]
