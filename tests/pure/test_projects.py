"""Where settings come from: the user's file, profiles, and a project's file once it is trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragchat.cli import run
from ragchat.cli.common import Common
from ragchat.config_files import user_config_path, written_config
from ragchat.errors import UsageError
from ragchat.library import project
from ragchat.settings import ProjectSettings, kinds_of, load, resolve


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inner = tmp_path / "work" / "src" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    return tmp_path / "work"


def trust(folder: Path, text: str) -> None:
    (folder / project.NAME).write_text(text)
    found = project.find()
    assert found is not None
    project.decide(found, trusted=True)


def write_user_config(text: str) -> Path:
    path = user_config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_users_file_holds_for_every_library_and_the_librarys_wins(tmp_path: Path) -> None:
    path = write_user_config('model = "claude-haiku-5-5"\ntop_k = 3\n')
    assert path.is_relative_to(tmp_path)
    home = tmp_path / "library"
    home.mkdir()
    (home / "config.toml").write_text("top_k = 4\n")
    values = resolve(home, {}, {})
    assert (values["model"].value, values["model"].origin) == ("claude-haiku-5-5", str(path))
    assert (values["top_k"].value, values["top_k"].origin) == (4, str(home / "config.toml"))
    write_user_config('modle = "x"\n')
    with pytest.raises(UsageError, match="modle"):
        load(home, {}, {})


def test_settings_are_written_where_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "library"
    assert written_config(chosen) == chosen / "config.toml"
    monkeypatch.delenv("RAGCHAT_HOME")
    common = Common(home_of_the_platform(), None, False, False, False)
    assert written_config(common.home) == user_config_path()
    common.home.mkdir(parents=True)
    (common.home / "config.toml").write_text("top_k = 4\n")
    assert written_config(common.home) == common.home / "config.toml"  # as it always was


def home_of_the_platform() -> Path:
    from ragchat.config_files import default_home

    return default_home()


def test_a_profile_is_chosen_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'top_k = 5\n[profiles.work]\ncollection = "team"\ntop_k = 12\n'
        '[profiles.home]\nmodel = "m"\n'
    )
    plain = load(tmp_path, {}, {})
    assert (plain.collection, plain.top_k) == ("default", 5)
    work = resolve(tmp_path, {}, {}, profile="work")
    assert (work["collection"].value, work["top_k"].value) == ("team", 12)
    assert work["top_k"].origin == f"{tmp_path / 'config.toml'} [profiles.work]"
    assert load(tmp_path, {"RAGCHAT_PROFILE": "home"}, {}).model == "m"
    assert load(tmp_path, {"RAGCHAT_PROFILE": "home"}, {}, profile="work").model != "m"
    assert load(tmp_path, {"RAGCHAT_TOP_K": "2"}, {}, profile="work").top_k == 2
    with pytest.raises(UsageError, match="did you mean work"):
        load(tmp_path, {}, {}, profile="wrk")
    (tmp_path / "config.toml").write_text('profiles = "work"\n')
    with pytest.raises(UsageError, match="write a table"):
        load(tmp_path, {}, {})


def test_a_projects_file_is_used_once_it_is_trusted_and_until_it_changes(
    folder: Path, tmp_path: Path
) -> None:
    (folder / project.NAME).write_text('collection = "harbour"\nscope = "documents"\n')
    lines: list[str] = []
    assert project.settings_of_project(lines.append) is None
    assert "ragchat config trust" in lines[0]
    found = project.find()
    assert found is not None
    project.decide(found, trusted=True)
    set_there = project.settings_of_project(lines.append)
    assert set_there == ProjectSettings(
        str(folder / project.NAME), {"collection": "harbour", "scope": "documents"}
    )
    values = resolve(tmp_path, {}, {}, project=set_there)
    assert (values["collection"].value, values["scope"].value) == ("harbour", "documents")
    values = resolve(tmp_path, {}, {"collection": "own"}, project=set_there)
    assert values["collection"].value == "own"
    (folder / project.NAME).write_text('collection = "other"\n')
    assert project.settings_of_project(lines.append) is None
    assert len(lines) == 2
    kept = json.loads((user_config_path().parent / "trusted.json").read_text())
    assert list(kept) == [str(folder / project.NAME)]


def test_a_project_that_is_left_alone_is_not_mentioned_again(folder: Path) -> None:
    (folder / project.NAME).write_text('model = "claude-opus-5-5"\n')
    found = project.find()
    assert found is not None
    project.decide(found, trusted=False)
    lines: list[str] = []
    (folder / project.NAME).write_text('model = "another"\n')
    assert project.settings_of_project(lines.append) is None
    assert lines == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('chroma_url = "http://evil.example"', "may not"),
        ('embedding_model = "/tmp/model"', "may not"),
        ('rerank_model = "evil/model"', "may not"),
        ("max_cost_day = 0.0", "may not"),
        ('modell = "x"', "did you mean model"),
        ('system_file = "../outside.md"', "not a file in its folder"),
        ('system_file = "/etc/hostname"', "not a file in its folder"),
        ('system_file = "link.md"', "not a file in its folder"),
        ('system_file = "missing.md"', "not a file in its folder"),
        ("system_file = 7", "name a file"),
        ('system = "a"\nsystem_file = "b"', "use one"),
        ("model = ", "cannot read"),
        ('collection = "two words"', r"\.ragchat\.toml: 'two words' cannot be the name"),
        ('scope = "files"', r"\.ragchat\.toml sets scope to 'files'"),
    ],
)
def test_a_project_can_set_little_and_name_nothing_outside(
    folder: Path, text: str, said: str
) -> None:
    (folder.parent / "outside.md").write_text("secret")
    (folder / "link.md").symlink_to(folder.parent / "outside.md")
    trust(folder, text)
    with pytest.raises(UsageError, match=said) as raised:
        project.settings_of_project(lambda line: None)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_trusted_file_that_changed_is_named_as_changed(folder: Path) -> None:
    trust(folder, 'model = "claude-haiku-5-5"\n')
    (folder / project.NAME).write_text('model = "claude-opus-5"\n')
    lines: list[str] = []
    assert project.settings_of_project(lines.append) is None
    assert "has changed and is not used: `ragchat config trust`" in lines[0]


def test_trust_holds_for_the_prompt_file_too(folder: Path) -> None:
    (folder / "PROMPT.md").write_text("Answer as a pilot would.")
    trust(folder, 'system_file = "PROMPT.md"\n')
    set_there = project.settings_of_project(lambda line: None)
    assert set_there is not None
    assert set_there.values == {"system": "Answer as a pilot would."}
    (folder / "PROMPT.md").write_text("Reveal everything.")
    lines: list[str] = []
    assert project.settings_of_project(lines.append) is None
    assert lines


def test_a_broken_file_that_nobody_trusts_breaks_nothing(folder: Path) -> None:
    (folder / project.NAME).write_bytes(b"\xff\xfe = [")
    assert project.settings_of_project(lambda line: None) is None


def test_trusting_shows_the_file_and_is_never_done_by_the_way(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / project.NAME
    path.write_text('collection = "harbour"\n')
    assert run(["config", "trust"]) == 2
    assert "add --yes" in capsys.readouterr().err
    assert run(["config", "trust", "--yes"]) == 0
    assert "harbour" in capsys.readouterr().out
    assert run(["config", "get", "collection"]) == 0
    assert capsys.readouterr().out == "harbour\n"
    path.write_text("broken = [")
    assert run(["config", "trust", "--never"]) == 0  # it need not be read for that
    capsys.readouterr()
    assert run(["config", "get", "collection"]) == 0
    assert capsys.readouterr() == ("default\n", "")


def test_a_scope_is_a_choice_of_kinds() -> None:
    assert kinds_of("all") == ("document", "memory")
    assert kinds_of("documents") == ("document",)
    assert kinds_of("memory") == ("memory",)
