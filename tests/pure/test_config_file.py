"""Changes to the file of settings, by command and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Output

from ragchat.cli.config_file import put, remove
from ragchat.errors import UsageError
from ragchat.settings import load


def test_config_keeps_comments_and_replaces_an_old_name(tmp_path: Path) -> None:
    path = tmp_path / "home" / "config.toml"
    path.parent.mkdir()
    path.write_text('# mine\nmodel = "m"  # the best\nmore_told = 3\n')
    put(path, "personal_memories", 5)
    put(path, "top_k", 4)
    assert path.read_text() == (
        '# mine\nmodel = "m"  # the best\npersonal_memories = 5\ntop_k = 4\n'
    )
    assert remove(path, "top_k")
    assert not remove(path, "top_k")
    assert load(path.parent, {}, {}).personal_memories == 5


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[profiles.home]\ntop_k = 3\n", "is valid"),
        ("[profiles.home]\ntop_kk = 3\n", "sets top_kk, which is not a setting"),
        ("[profiles.home]\ntop_k = 'x'\n", "write a whole number"),
    ],
)
def test_an_edited_file_is_checked_with_all_its_profiles(
    written: str, said: str, ragchat: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.edit", lambda filename: Path(filename).write_text(written))
    _, out, err = ragchat("config", "edit")
    assert said in out + err


def test_an_editor_that_fails_is_said(ragchat: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")
    code, _, err = ragchat("config", "edit")
    assert code == 2
    assert "set $EDITOR" in err


def test_config_refuses_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("top_k = = 3\n")
    with pytest.raises(UsageError, match="fix the file"):
        put(path, "top_k", 4)
    assert path.read_text() == "top_k = = 3\n"
