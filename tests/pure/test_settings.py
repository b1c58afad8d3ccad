"""Defaults, then config.toml, then the environment, then flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragchat.errors import UsageError
from ragchat.settings import load


def test_each_place_wins_over_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('top_k = 3\nmodel = "from-file"\nsystem = "be brief"\n')
    environment = {"RAGCHAT_TOP_K": "4", "RAGCHAT_MODEL": "from-environment"}
    settings = load(tmp_path, environment, {"top_k": 5, "system": None})
    assert (settings.top_k, settings.model, settings.system) == (5, "from-environment", "be brief")


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path, {}, {})
    assert (settings.model, settings.window_tokens) == ("claude-sonnet-5-5", 8000)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("nonsense = 1", "nonsense, which is no setting"),
        ('top_k = "many"', "a whole number"),
        ("top_k = 0", "a whole number"),
        ("model = 3", "it takes a text"),
        ('citations = "maybe"', "auto, native, text"),
        ("top_k = ", "cannot read"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(tmp_path: Path, config: str, words: str) -> None:
    (tmp_path / "config.toml").write_text(config)
    with pytest.raises(UsageError, match=r"config\.toml") as raised:
        load(tmp_path, {}, {})
    assert words in str(raised.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="RAGCHAT_TOP_K"):
        load(tmp_path, {"RAGCHAT_TOP_K": "x"}, {})
