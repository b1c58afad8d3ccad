"""The facts that are planted to measure memory are what the measurement takes them for."""

from __future__ import annotations

import json
from pathlib import Path

PATH = Path(__file__).parents[1] / "benchmarks" / "facts.jsonl"
FACTS = [json.loads(line) for line in PATH.read_text("utf-8").splitlines()]


def test_a_hundred_facts_are_told_and_asked_for() -> None:
    assert len(FACTS) == 100
    assert all(set(fact) == {"told", "asked"} for fact in FACTS)


def test_each_fact_has_one_place_for_its_word_and_its_question_none() -> None:
    for fact in FACTS:
        assert fact["told"].count("{}") == 1, fact
        assert not {"{", "}"} & set(fact["told"].replace("{}", "") + fact["asked"]), fact


def test_no_fact_and_no_question_stands_in_the_file_twice() -> None:
    for what in ("told", "asked"):
        assert len({fact[what].casefold() for fact in FACTS}) == len(FACTS)
