"""Defaults, then config.toml, then the environment, then flags."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from ragchat.claude.capabilities import Effort
from ragchat.errors import UsageError
from ragchat.request.history import Strategy
from ragchat.settings import CHOICES, load, resolve


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
        ("nonsense = 1", "nonsense, which is not a setting"),
        ('top_k = "many"', "a whole number"),
        ("top_k = 0", "a whole number"),
        ("model = 3", "must be a text"),
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


@pytest.mark.parametrize(
    ("variable", "advice"),
    [("RAGCHAT_TOPK", "did you mean RAGCHAT_TOP_K?"), ("RAGCHAT_XYZ", "`ragchat config show`")],
)
def test_a_variable_that_sets_nothing_is_refused(
    tmp_path: Path, variable: str, advice: str
) -> None:
    with pytest.raises(UsageError, match=variable) as raised:
        load(tmp_path, {variable: "3"}, {})
    assert advice in str(raised.value)


def test_other_variables_are_not_ours(tmp_path: Path) -> None:
    assert load(
        tmp_path,
        {"RAGCHAT_HOME": "/x", "RAGCHAT_CACHE": "/y", "_RAGCHAT_COMPLETE": "x", "TOP_K": "3"},
        {},
    )


def test_a_setting_works_under_its_old_name_with_a_notice(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("more_told = 5\n")
    notices: list[str] = []
    assert load(tmp_path, {}, {}, notices.append).personal_memories == 5
    assert load(tmp_path, {"RAGCHAT_MORE_TOLD": "7"}, {}, notices.append).personal_memories == 7
    assert all("personal_memories" in line for line in notices)
    assert len(notices) == 3


def test_each_value_names_where_it_was_set(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("top_k = 3\n")
    values = resolve(tmp_path, {"RAGCHAT_MODEL": "m"}, {"history": "window"})
    assert {name: values[name].origin for name in ("top_k", "model", "history", "system")} == {
        "top_k": str(tmp_path / "config.toml"),
        "model": "RAGCHAT_MODEL",
        "history": "--history",
        "system": "default",
    }


def test_what_may_be_chosen_is_what_the_code_knows() -> None:
    assert CHOICES["history"] == get_args(Strategy)
    assert CHOICES["effort"] == get_args(Effort)
