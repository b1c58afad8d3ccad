from __future__ import annotations

import pytest

from ragchat.retrieval.language_notice import library_notice, question_notice


def test_notices_are_given_only_where_the_model_does_not_know_a_language() -> None:
    known = {"en": 1.0, "de": 0.4, "zh": 0.0}
    belief = known.__getitem__
    assert library_notice({"en": 5, "zh": 4}, belief) is None
    assert "Chinese" in (library_notice({"en": 5, "zh": 6}, belief) or "")
    assert question_notice("de", {"en": 3}, belief)
    assert "ask in German" in (question_notice("en", {"de": 3, "zh": 1}, belief) or "")
    assert question_notice(None, {"de": 3}, belief) is None


@pytest.mark.parametrize(
    ("asked", "languages", "said"),
    [
        ("de", {"en": 3, "de": 1}, "most of your library in English, which"),
        ("zh", {"en": 30, "de": 25, "zh": 9}, "in English and German"),
        ("de", {"en": 3, "zh": 3, "de": 7}, "ask in English or Chinese, too"),
        ("en", {"en": 7, "de": 3}, "part of your library in German"),
        ("de", {"en": 40, "zh": 1, "de": 4}, "ask in English, too"),  # and not in one of a line
        ("en", {"de": 3, "": 9}, "and your library in German"),
        ("de", {"en": 1, "de": 9}, None),  # a stray text
        ("de", {"de": 3, "": 9}, None),  # numbers and code are in no language
        ("de", {}, None),
    ],
)
def test_the_other_languages_of_a_library_are_named_where_they_are_a_good_part_of_it(
    asked: str, languages: dict[str, int], said: str | None
) -> None:
    notice = question_notice(asked, languages, {"en": 1.0, "de": 0.4, "zh": 0.0}.__getitem__)
    assert notice is None if said is None else said in (notice or "")
    assert question_notice(asked, languages, lambda code: 1.0) is None  # a multilingual model
    assert question_notice("de", {"en": 3}, lambda _code: 1.0) is None


def test_a_library_half_of_which_is_foreign_needs_no_notice() -> None:
    belief = {"en": 1.0, "zh": 0.0, "de": 0.5}.__getitem__
    assert library_notice({"en": 5, "zh": 5}, belief) is None
    assert library_notice({"de": 9, "en": 1}, belief) is None  # known well enough
    assert library_notice({"": 9, "zh": 3}, belief) is None  # most is in no language


def test_at_most_three_languages_are_named_and_none_that_is_rare() -> None:
    def belief(code: str) -> float:
        return 1.0 if code == "en" else 0.0

    many = question_notice("en", {"de": 9, "fr": 8, "es": 7, "it": 6}, belief) or ""
    assert "German, French and Spanish" in many
    assert "Italian" not in many
    few = question_notice("en", {"de": 90, "fr": 9, "es": 1}, belief) or ""
    assert "in German:" in few
