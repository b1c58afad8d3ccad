from __future__ import annotations

import pytest

from ragchat.terminal.commands import in_session
from ragchat.terminal.snippets import beginning, snippet

FRONT = "---\ntitle: Orchard\ntags: [trees]\n---\n\n"
TEXT = (
    f"{FRONT}# Orchard\n\nPlums are early.\nPears are late.\n\n"
    "Quinces rot.\nMedlars wait for frost."
)


def test_front_matter_says_nothing_of_a_passage() -> None:
    assert beginning(TEXT) == "Orchard"
    assert beginning("---\ntitle: Orchard\n---\n") == "---"
    assert snippet(TEXT, "", width=80) == ["# Orchard", "Plums are early.", "Pears are late."]
    assert snippet(TEXT, "", heading="Orchard", width=80)[0] == "Plums are early."


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("when does a medlar ripen, after a frost?", "Medlars wait for frost."),
        ("nothing of this", "# Orchard"),
        ("plums and pears", "Plums are early."),
    ],
)
def test_the_lines_with_the_words_of_the_query_are_shown(query: str, shown: str) -> None:
    lines = snippet(TEXT, query, width=80)
    assert shown in lines
    assert len(lines) == 3


def test_of_a_long_line_the_part_with_the_words_is_shown() -> None:
    line = f"{'On the first day nothing was decided. ' * 9}Then the weir was closed for repair."
    (shown,) = snippet(line, "the weir", width=60)
    assert shown.startswith("… ")
    assert "the weir" in shown[:60]
    assert snippet(line, "decided", width=60) == [line]
    assert snippet("雨が降る。京都の宿は静かです。", "京都の宿", width=200) == [
        "雨が降る。京都の宿は静かです。"
    ]


@pytest.mark.parametrize(
    ("shell", "session"),
    [
        (
            "several begin with 'a': `ragchat recall` shows the ids",
            "several begin with 'a': /recall",
        ),
        ("`ragchat search`, `ragchat recall` need none", "/search, /recall need none"),
        ("(`ragchat forget 3f9a` forgets it too)", "(/forget 3f9a forgets it too)"),
        ("`ragchat conversations list` shows them", "/conversations shows them"),
        (
            'write one in a paragraph of its own, or after the command: `ragchat ask "why?"`',
            "write one in a paragraph of its own below it",
        ),
        ("choose another with --model", "choose another with /model"),
        ("`ragchat ingest FOLDER` reads some", "`ragchat ingest FOLDER` reads some"),
        ("--summary-model and --models stay", "--summary-model and --models stay"),
    ],
)
def test_a_session_names_its_own_commands(shell: str, session: str) -> None:
    assert in_session(shell).startswith(session)
