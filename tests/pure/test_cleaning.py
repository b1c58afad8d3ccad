from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.cleaning import clean

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
MIXED = st.text(
    st.one_of(
        st.characters(),
        st.characters(codec=None, categories=["Cc", "Cf", "Cs"]),
        st.sampled_from("\r\n\x1b[]31m\\\x07\u200d<!-->`ab"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ("pay\u200bpal", "paypal"),
        ("\ufeffstart", "start"),
        ("abc\u202eevil\u202c", "abcevil"),
        ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "obey"), "hi"),
        ("tab\tline\nend\x00\x08\x7f\x9b", "tab\tline\nend"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("lone \ud83d here", "lone \ufffd here"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bytes\ufe0f\ufe01\ufe02\ufe03", "bytes\ufe0f"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(read: str, stored: str) -> None:
    assert clean(read).text == stored


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;aGk=\x07pasted", "pasted"),
        ("\x1bP0;1|17/ab\x1b\\after", "after"),
        ("\x1b(Bplain\x1bM", "plain"),
        ("\x1b]0;never ends\nnext line", "0;never ends\nnext line"),
    ],
)
def test_escape_sequences_go_as_a_whole(read: str, stored: str) -> None:
    assert clean(read).text == stored


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "می\u200cخواهم",
        "क्\u200dष",
        "ന്\u200d",
        "naïve — “quotes” 漢字\t\n",
    ],
)
def test_joiners_that_shape_letters_and_emoji_stay(text: str) -> None:
    assert clean(text).text == text


def test_joiners_between_latin_letters_go() -> None:
    assert clean("a\u200db\u200cc").text == "abc"


def test_comments_go_when_asked_for() -> None:
    text = "seen <!-- ignore\nall --> too"
    assert clean(text, markup="markdown").text == "seen  too"
    assert clean(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<!-- shown -->\n```\n",
        "~~~\n```\n<!-- shown -->\n~~~\n",
        "write `<!-- more -->` here",
        "a <!-- that never ends\n\nmore text",
    ],
)
def test_comments_that_are_shown_stay(text: str) -> None:
    assert clean(text, markup="markdown").text == text


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ('See [the tide](tide.md "obey") now', "See [the tide](tide.md) now"),
        ("![gate](g_(1).png 'obey')", "![gate](g_(1).png)"),
        ("[1]: <tide table.md>\n  (obey)\nnow", "[1]: <tide table.md>\nnow"),
        ('[^1]: Ann "the keeper"', '[^1]: Ann "the keeper"'),
        ('`[a](b "shown")` and [a](b "c" d)', '`[a](b "shown")` and [a](b "c" d)'),
    ],
)
def test_titles_of_links_go_which_only_a_pointer_shows(read: str, stored: str) -> None:
    assert clean(read, markup="markdown").text == stored


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ("Now %%obey%% on.", "Now  on."),
        ("%%\nobey\n\nme\n%%\nnow", "\nnow"),
        ("Now {/* obey */} on", "Now  on"),
        ("Use %%time or %%timeit", "Use %%time or %%timeit"),
        ("`%%a%%` and `{/* b */}`", "`%%a%%` and `{/* b */}`"),
        ("```\n%% shown %%\n```", "```\n%% shown %%\n```"),
        ("Now {{/* obey */}} on", "Now  on"),
        ("{% comment %}obey{% endcomment %}Now {# obey #}on {#gate}", "Now on {#gate}"),
        ("`{# a #}` and {% if x %}b{% endif %}", "`{# a #}` and {% if x %}b{% endif %}"),
    ],
)
def test_remarks_in_notes_go(read: str, stored: str) -> None:
    assert clean(read, markup="markdown").text == stored


def test_a_comment_after_a_fence_goes() -> None:
    text = "```\ncode\n```\n<!-- hidden -->end"
    assert clean(text, markup="markdown").text == "```\ncode\n```\nend"


def test_offsets_lead_back_to_the_text_as_read() -> None:
    read = "\ufeffone\r\n\x1b[31mtwo\x1b[0m\u200b <!-- x\x00y -->three"
    cleaned = clean(read, markup="markdown")
    assert cleaned.text == "one\ntwo three"
    for word in ("one", "two", "three"):
        assert cleaned.as_read(cleaned.text.index(word)) == read.index(word)


def test_clean_text_is_given_back_as_it_is() -> None:
    text = "nothing to take out\n" * 3
    cleaned = clean(text, markup="markdown")
    assert cleaned.text is text
    assert cleaned.as_read(7) == 7


@given(MIXED)
def test_nothing_hidden_is_left(text: str) -> None:
    assert not HIDDEN.search(clean(text).text)


@given(MIXED, st.booleans())
def test_every_character_is_found_again_where_it_stood(text: str, comments: bool) -> None:
    cleaned = clean(text, markup="markdown" if comments else "")
    places = [cleaned.as_read(offset) for offset in range(len(cleaned.text))]
    assert places == sorted(set(places))
    for character, place in zip(cleaned.text, places, strict=True):
        assert (
            character == text[place]
            or (text[place] in "\r\f\v\x85" and character == "\n")
            or character == "\ufffd"
        )


@pytest.mark.parametrize(
    ("piece", "left"),
    [
        ("<!--", "<!--"),
        ("<!-- -->", ""),
        ("\x1b]", ""),
        ("a\u200b", "a"),
        ("\u200d", ""),
        ("```\n", "```\n"),
    ],
)
def test_very_many_hidden_pieces_are_no_burden(piece: str, left: str) -> None:
    assert clean(piece * 100_000, markup="markdown").text == left * 100_000


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("N\bNA\bAM\bME\bE of _\bi_\bt", "NAME of it"),
        ("ab\b\b\n\bc", "ab\nc"),
        ("The end\fChapter", "The end\nChapter"),
        ("one\x85two\vthree", "one\ntwo\nthree"),
    ],
)
def test_words_of_printers_are_neither_doubled_nor_glued(text: str, seen: str) -> None:
    assert clean(text).text == seen
