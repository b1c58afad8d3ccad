"""The ledger on a terminal: a row an entry, places shortened where they hurt least."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ragchat.claude.wire import Prompt
from ragchat.request.budget import LedgerEntry
from ragchat.request.composer import Request
from ragchat.retrieval.library_facts import LibraryFacts
from ragchat.terminal.ledger import show_facts, show_ledger
from ragchat.terminal.parts import shortened
from ragchat.terminal.screen import Screen


class Narrow(io.StringIO):
    """A terminal, as wide as COLUMNS says."""

    def isatty(self) -> bool:
        return True


def ledger(*entries: LedgerEntry) -> list[str]:
    out = Narrow()
    screen = Screen(out, io.StringIO(), io.StringIO())
    show_ledger(screen, Request("", Prompt("", ()), entries, 9, 9))
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_long_path_takes_one_row_and_keeps_its_beginning_and_its_file(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "dumb")
    name = f"/srv/{'deep/' * 30}notes.md:10-20"
    _, row = ledger(LedgerEntry("document", name, 120, True, "", 0.5))
    assert len(row) <= columns
    assert "/srv/" in row
    assert row.endswith("notes.md:10-20")


def test_a_name_longer_than_its_room_keeps_its_beginning_and_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name = "/srv/mail/choir-and-church-of-2004.mbox, message of 8 February 2004"
    reason = "below the relevance threshold"
    rows = ledger(LedgerEntry("document", name, 90, False, reason, 0.3))
    assert "choir-and" in rows[1]
    assert "…ruary 2004 " in rows[1]


def test_a_file_is_named_as_seen_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, row = ledger(LedgerEntry("document", f"{Path.cwd()}/docs/a.md:1-3", 120, True, "", 0.5))
    assert row.split()[-1] == "docs/a.md:1-3"


def test_reasons_fold_and_names_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    reason = "below the relevance threshold"
    question = LedgerEntry("window", "What is it? " * 30, 120, True, "")
    rows = ledger(
        question, LedgerEntry("document", "/srv/a/b/c/d/e/f/notes.md:1", 9, False, reason, 0.1)
    )
    assert len(rows) == 4
    assert rows[1].endswith("…")
    assert "notes.md:1 " in rows[2]


def test_in_a_narrow_window_the_ledger_is_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    name = f"/srv/{'deep/' * 9}notes.md:10-20"
    rows = ledger(LedgerEntry("document", name, 1, False, "below the relevance threshold", 0.5))
    assert rows[0] == "not sent · document · 0.50 · 1 token"
    assert rows[1].endswith("notes.md:10-20")
    assert rows[2] == "    below the relevance threshold"
    assert all(len(row) <= 40 for row in rows)


def test_wide_characters_count_as_the_two_cells_they_take() -> None:
    assert shortened("説明書の長い名前.md", 12, end=6) == "説明書…前.md"
    assert shortened("short.md", 12, end=6) == "short.md"


def test_facts_without_rows_announce_none() -> None:
    out = io.StringIO()
    screen = Screen(out, out, io.StringIO())
    show_facts(screen, LibraryFacts("Nothing was said in May", command="ragchat status"))
    assert out.getvalue() == "Nothing was said in May\n`ragchat status` shows what there is\n"
