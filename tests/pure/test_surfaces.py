"""Messages name the commands of the place where they are read."""

from __future__ import annotations

import pytest

from ragchat.errors import CLIENT, SESSION, SHELL, Surface


@pytest.mark.parametrize(
    ("shell", "session"),
    [
        (
            "several begin with 'a': `ragchat recall` shows the ids",
            "several begin with 'a': /recall",
        ),
        ("`ragchat search`, `ragchat recall` need none", "/search, /recall need none"),
        ("`ragchat conversations list` shows them", "/conversations shows them"),
        ("choose another with --model", "choose another with /model"),
        ("`ragchat ingest FOLDER` reads some", "`ragchat ingest FOLDER` reads some"),
        ("--summary-model and --models stay", "--summary-model and --models stay"),
    ],
)
def test_a_session_names_its_own_commands(shell: str, session: str) -> None:
    assert SESSION.worded(shell).startswith(session)
    assert SHELL.worded(shell) == shell


@pytest.mark.parametrize(
    ("surface", "typed"),
    [
        (SHELL, "`ragchat forget 3f9a`"),
        (SESSION, "/forget 3f9a"),
        (CLIENT, "`ragchat forget 3f9a`"),
    ],
)
def test_a_command_is_named_as_it_is_typed(surface: Surface, typed: str) -> None:
    assert surface.command("forget", "3f9a") == typed


def test_a_client_is_referred_to_its_tools() -> None:
    error = "no conversation begins with 'x': `ragchat conversations list` shows them"
    assert CLIENT.worded(error).endswith("'x': `recall` returns their ids")
