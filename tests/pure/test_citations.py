"""From what Claude cites to marks and places."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hits import document_hit

from ragchat.answer.citations import Marker, marked, quote_found
from ragchat.claude.wire import Answer, Citation, Cited, Piece, Prompt, Style, Text
from ragchat.request.history import Window
from ragchat.request.prompt import Instructions, build

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def prompt(style: Style = "native") -> Prompt:
    hits = [document_hit(name, f"Text of {name}.") for name in "abc"]
    return build("?", hits, Window(), Instructions(style=style), now=NOW)


def answer(*pieces: tuple[str, tuple[int, ...]]) -> Answer:
    names = "abc"
    return Answer(
        pieces=tuple(
            Piece(text, tuple(Citation(n, f"Text of {names[n]}" if n < 3 else "") for n in cited))
            for text, cited in pieces
        )
    )


def test_marks_are_numbered_as_they_first_come_up() -> None:
    text, sources = marked(answer(("One", (2,)), (", two", (0,)), (", three", (2,))), prompt())
    assert text == "One[1], two[2], three[1]"
    assert [(source.n, source.hit.passage.id, source.cited) for source in sources] == [
        (1, "c", True),
        (2, "a", True),
        (3, "b", False),
    ]


def test_a_mark_stands_before_the_white_space() -> None:
    text, _ = marked(answer(("First line.\n\n", (0,)), ("Second.", ())), prompt())
    assert text == "First line.[1]\n\nSecond."


def test_the_same_passage_is_marked_once_a_piece() -> None:
    assert marked(answer(("One", (0, 0, 1))), prompt())[0] == "One[1][2]"


def test_a_passage_that_is_not_there_is_not_marked() -> None:
    text, sources = marked(answer(("One", (7,))), prompt())
    assert text == "One"
    assert not any(source.cited for source in sources)


def test_in_text_the_models_own_marks_count() -> None:
    text, sources = marked(answer(("One [2]. Two [9], a list [x].", ())), prompt("text"))
    assert text == "One [2]. Two [9], a list [x]."
    assert [source.n for source in sources if source.cited] == [2]


def test_streaming_gives_the_same_text() -> None:
    pieces = answer(("One ", (2,)), ("\n\ntwo", (0, 2)), (" end \n", ()))
    whole, _ = marked(pieces, prompt())
    marker, shown = Marker(prompt()), ""
    for piece in pieces.pieces:
        shown += "".join(marker.feed(Text(letter)) for letter in piece.text)
        shown += "".join(
            marker.feed(Cited(citation.passage_index, "")) for citation in piece.citations
        )
    assert shown + marker.close() == whole


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("the tide\nturns", "When the  tide turns, boats leave.", True),
        ("“noon”", 'at "noon" sharp', True),
        ("don’t", "I don't", True),
        ("The tide", "the tide", False),
        ("noon sharp", "noon, sharp", False),
        ("cat", "concatenate", False),
        ("", "anything", False),
        ("(sic)", "it is (sic) so", True),
    ],
)
def test_a_quotation_is_found_word_for_word(quote: str, text: str, found: bool) -> None:
    assert quote_found(quote, text) is found


def test_a_quotation_that_is_not_there_is_told() -> None:
    good, bad = Citation(0, "Text of a"), Citation(1, "made up")
    _, sources = marked(Answer(pieces=(Piece("x", (good, bad)),)), prompt())
    assert [source.verified for source in sources] == [True, False, True]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ((("| a | b |", (0,)), ("\n| c |", ())), "| a | b[1] |\n| c |"),
        ((("```\nx\n```", (0,)), ("\nEnd", ())), "```\nx\n```\n[1]\nEnd"),
        ((("See", (0,)), ("(below)", ())), "See[1] (below)"),
    ],
)
def test_a_mark_does_not_break_the_markdown_around_it(
    pieces: tuple[tuple[str, tuple[int, ...]], ...], shown: str
) -> None:
    assert marked(answer(*pieces), prompt())[0] == shown


def test_code_is_no_mark() -> None:
    _, sources = marked(answer(("Use `argv[1]` or ```\nx[2]\n```.", ())), prompt("text"))
    assert not any(source.cited for source in sources)
