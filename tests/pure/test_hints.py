"""Words without which a rule need not be tried."""

import pytest

from ragchat.query.hints import Hints

HINTS = Hints.of(["last", "Straße", "the other day", "上周"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Last, but not least", True),
        ("STRASSE 3", True),
        ("what we said the other day", True),
        ("我们上周说了什么", True),
        ("the lasting day", False),
        ("last_name = 3", True),
        ("", False),
    ],
)
def test_a_hint_is_a_whole_word_or_a_piece_of_a_text_without_spaces(text: str, found: bool) -> None:
    assert HINTS.in_text(text) is found
