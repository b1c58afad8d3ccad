from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragchat.cleaning import LONGEST_SEQUENCE, StreamCleaner, clean, one_line

SPECIAL = (
    "\x1b\x9b\x9d\x90\x9c\x07\\[]P_^X;(08mH \n\t\r\x18aé\u202e\u200b\ud800\x85"
    "\u200c\u200d\u200d\u0633\u0915\u094d\U0001f469\ufe0e\ufe0f"
)
pieces = st.text(alphabet=SPECIAL)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hhome", "home"),
        ("\x1b]52;c;aGVsbG8=\x07clipboard", "clipboard"),
        ("\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\left", "left"),
        ("\x9b31mred\x9d0;title\x9cdone\x90dcs\x9c", "reddone"),
        ("\x1b(0line\x1b(B drawing\x1bc", "line drawing"),
        ("a\x1b[3\x0d1mb", "ab"),
        ("over\rwritten\r\n", "overwritten\n"),
        ("a\x00\x07\x08\x0b\x7f\x85b\tc\nd", "ab\tc\nd"),
        ("\u202eevil\u2066 x\u200b\ufeffy\u200f", "evil xy"),
        ("tag\U000e0041\U000e0042\U000e007f", "tag"),
        ("\ud83d alone", "\ufffd alone"),
        ("\x1b\x1b[31mtwice", "twice"),
        ("ends in \x1b", "ends in "),
    ],
)
def test_what_a_terminal_would_obey_is_gone(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "a\x1b[31;1mred\x1b[0m b",
        "a\x1b]52;c;aGVsbG8=\x07 b",
        "a\x1b]8;id=1;http://evil\x1b\\text\x1b]8;;\x1b\\ b",
        "a\x9d52;c;aGk=\x9c\x9b2J\x90q\x9c b",
        "a\x1bP1;2|17/17\x1b\\\x1b(0 b",
        "over\rwritten\r\n\x85\x8d b",
        "a\u202e\u2066evil\u2069\u202c\u200b\U000e0041 b",
        "[link=http://evil]text[/link] [bold]\\[/bold] b",
    ],
)
def test_a_sequence_may_be_cut_at_any_place(hostile: str) -> None:
    for cut in range(len(hostile) + 1):
        cleaner = StreamCleaner()
        assert cleaner.feed(hostile[:cut]) + cleaner.feed(hostile[cut:]) == clean(hostile)
    cleaner = StreamCleaner()
    assert "".join(map(cleaner.feed, hostile)) == clean(hostile)
    assert clean(hostile).endswith(" b")


def test_ordinary_text_of_any_script_is_kept() -> None:
    text = "naïve Ωμέγα 日本語 العربية ⚠️ 😀 {[<|>]} \t x\n\n  y"
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645",  # Persian, "I do not know"
        "\u0936\u094d\u0930\u0940\u092e\u093e\u0928\u094d\u200d",  # Hindi, a half letter last
        "\u0939\u0915\u094d\u200c\u0932\u093e",
        "\U0001f468\u200d\U0001f33e \U0001f3f3\ufe0f\u200d\U0001f308",  # a farmer, a rainbow flag
    ],
)
def test_joiners_within_words_and_emoji_are_shown_and_stray_ones_are_not(text: str) -> None:
    assert clean(text) == text
    strays = f"\u200c{text}\u200c \u200d\u200d{text.strip()}"
    assert clean(strays) == f"{text} {text}"
    cleaner = StreamCleaner()
    assert "".join([*map(cleaner.feed, strays), cleaner.close()]) == clean(strays)
    assert clean("pay\u200dpal\u200c, mark\ufe0f\ufe01\ufe02") == "paypal, mark\ufe0f"


@pytest.mark.parametrize("opening", ["\x1b]", "\x1bP", "\x9d", "\x1b]8;;http://x"])
def test_a_sequence_without_end_is_over_at_the_end_of_the_line(opening: str) -> None:
    assert clean(f"a{opening} swallowed\nthe rest") == "a\nthe rest"


@pytest.mark.parametrize(("opening", "filler"), [("\x1b]", "é"), ("\x1b[", "1"), ("\x1b(", "(")])
def test_a_sequence_without_end_swallows_no_more_than_its_cap(opening: str, filler: str) -> None:
    text = opening + filler * (LONGEST_SEQUENCE + 3)
    assert clean(text) == filler * 3
    cleaner = StreamCleaner()
    assert "".join(map(cleaner.feed, text)) == filler * 3


@given(st.lists(pieces, max_size=8))
def test_a_stream_cut_anywhere_is_cleaned_as_the_whole(deltas: list[str]) -> None:
    cleaner = StreamCleaner()
    joined = "".join([*map(cleaner.feed, deltas), cleaner.close()])
    assert joined == clean("".join(deltas))


@given(st.one_of(pieces, st.text()))
def test_nothing_that_is_obeyed_is_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(c in "\t\n" or c >= " " for c in cleaned)
    assert not set(cleaned) & {chr(c) for c in (*range(0x7F, 0xA0), *range(0xD800, 0xE000))}


def test_a_closed_stream_starts_afresh() -> None:
    cleaner = StreamCleaner()
    cleaner.feed("\x1b]open")
    cleaner.close()
    assert cleaner.feed("next") == "next"


def test_one_line_has_no_line_ends() -> None:
    assert one_line(" two\nlines\r\n and\x1b[1m \ta tab ") == "two lines and a tab"
