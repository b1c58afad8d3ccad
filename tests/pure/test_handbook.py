"""The handbook and the manual page: found by what they are about, complete."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from ragchat.cli import COMMANDS
from ragchat.cli.commands.completion import completion
from ragchat.cli.handbook import MOST_PAGES, find, pages
from ragchat.cli.manual import manual


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("14", ["forgetting"]),
        ("Forgetting", ["forgetting"]),
        ("the store", ["the-store"]),
        ("tombstones", ["forgetting"]),
        ("OCR", ["supported-formats"]),  # in no heading
        (".zshrc", ["installation"]),  # begins with a sign
        ("no such thing at all", []),
    ],
)
def test_a_page_of_the_handbook_is_found_by_number_name_or_heading(
    topic: str, names: list[str]
) -> None:
    assert [page.name for page in find(topic, pages())] == names


@pytest.mark.parametrize(
    ("command", "name"), [("backup", "the-store"), ("completion", "installation")]
)
def test_a_command_is_found_where_the_handbook_explains_it(command: str, name: str) -> None:
    assert name in [page.name for page in find(command, pages())]


def test_a_word_of_many_pages_finds_those_that_have_it_most() -> None:
    found = find("proxy", pages())
    assert 0 < len(found) <= MOST_PAGES
    held = [page.text.lower().count("proxy") for page in found]
    assert held == sorted(held, reverse=True)
    assert min(held) > 0


def test_the_manual_page_names_all_commands_and_options() -> None:
    page = manual("1.2.3")
    assert page.startswith(".TH RAGCHAT 1")
    for name in COMMANDS:
        assert f".SS ragchat {name}".replace("-", "\\-") in page
    for option in ("\\-\\-as\\-of DAY", "\\-\\-profile P", ".SS ragchat config trust"):
        assert option in page
    assert [line for line in page.splitlines() if line.startswith("'")] == []
    if shutil.which("groff"):
        run = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8"],
            input=page,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == ""
        assert "Ask about your documents" in run.stdout


def test_completion_works_in_a_zsh_that_has_loaded_none(tmp_path: Path) -> None:
    script = CliRunner().invoke(completion, ["zsh"]).output
    assert script.startswith("#compdef ragchat\n")
    if shutil.which("zsh"):
        done = subprocess.run(
            ["zsh", "-f", "-c", f"{script}\nprint -r -- $_comps[ragchat]"],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("_ragchat_completion\n", "")
    else:
        assert script.index("compinit }") < script.index("\n    compdef _ragchat")
