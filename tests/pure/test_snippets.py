from __future__ import annotations

import pytest

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
