from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest

from ingest.search.exact_forms import DEFINED, EXACT, ExactForm, exact_forms, exactness
from ingest.search.sought import Sought
from ingest.search.term import Term

ADAPTER = ExactForm("typeadapters", 1, 1.0)


def added(
    texts: Mapping[int, str], forms: Sequence[ExactForm], held: Mapping[int, int] | None = None
) -> dict[int, float]:
    def read(chunks: Sequence[int]) -> Mapping[int, str]:
        return {chunk: texts[chunk] for chunk in chunks}

    return exactness(read, forms, list(texts), held or dict.fromkeys(texts, 1))


def test_few_chunks_with_the_word_as_it_was_asked_are_raised() -> None:
    texts = {1: "Use TypeAdapters here.", 2: "a type adapter", 3: "adapters of a type"}
    assert added(texts, [ADAPTER]) == {1: pytest.approx(EXACT * math.log1p(2))}


def test_a_word_that_all_have_as_it_was_asked_tells_nothing() -> None:
    assert added({1: "typeadapters", 2: "TypeAdapters"}, [ADAPTER]) == {}
    assert added({1: "mytypeadapters", 2: "typeadaptersx"}, [ADAPTER]) == {}


def test_a_chunk_that_holds_the_word_in_no_form_is_not_read() -> None:
    assert added({1: "typeadapters", 2: "other"}, [ADAPTER], {1: 0, 2: 0}) == {}


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ("def typeadapters(x):", True),
        ("typeadapters = 1", True),
        ("self.typeadapters: dict = {}", True),
        (".. option:: --typeadapters", True),
        ("if typeadapters == 1:", False),
        ("uses typeadapters twice", False),
        ("def typeadaptersx():", False),
    ],
)
def test_where_a_word_is_defined_it_is_meant(text: str, *, defines: bool) -> None:
    assert added({1: text}, [ADAPTER]) == ({1: DEFINED} if defines else {})


def test_a_name_may_be_defined_in_another_spelling() -> None:
    text = "def parse_uri(text):"
    assert added({1: text}, [ExactForm("parseuri", 1, 0.5, is_name=True)]) == {1: DEFINED / 2}
    assert added({1: text}, [ExactForm("parseuri", 1, 0.5)]) == {}
    assert added({1: text}, [ExactForm("parseuri", 3, 0.5, is_name=True)]) == {}  # not all parts


def test_only_words_that_tell_are_looked_for() -> None:
    def sought(
        written: str, weight: float = 1.0, *, weak: bool = False, vague: bool = False
    ) -> Sought:
        term = Term((written,), written=written, weak=weak, vague=vague)
        return Sought(term, (written,), 1, weight=weight)

    forms = exact_forms(
        [sought("pier", 3.0), sought("ab"), sought("please", weak=True), sought("list", vague=True)]
    )
    assert [form.written for form in forms] == ["pier"]
    assert forms[0].strength == pytest.approx((3 / 4) ** 2)
    assert exact_forms([sought("pier", 1.0), sought("oak", 9.0)])[0].written == "oak"
