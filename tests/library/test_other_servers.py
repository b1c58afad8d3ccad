"""The README's recipes for other servers, each tried on a server of its kind."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import Output
from fakes import ScriptedClaude

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCK = README.partition("### Another server")[2].partition("```sh\n")[2].partition("```")[0]
RECIPES = [recipe.strip().splitlines() for recipe in BLOCK.split("\n\n") if recipe.strip()]


def exported(lines: list[str]) -> dict[str, str]:
    """The environment that a recipe sets."""
    found = re.findall(r"^export (\w+)=(\S+)$", "\n".join(lines), re.MULTILINE)
    return dict(found)


def test_there_are_four_recipes_of_three_lines() -> None:
    titles = ["# Ollama", "# llama.cpp", "# LM Studio", "# a gateway"]
    assert [lines[0].partition(",")[0] for lines in RECIPES] == titles
    assert {len(lines) for lines in RECIPES} == {4}


@pytest.mark.parametrize("lines", RECIPES, ids=lambda lines: lines[0])
def test_a_recipe_answers_without_a_key_unless_it_sets_one(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    variables = exported(lines)
    key = variables.get("ANTHROPIC_API_KEY")
    server = ScriptedClaude()
    server.any_model = True
    server.needs_key = key is not None
    _, *command = shlex.split(lines[-1])
    with server.serving() as url:
        path = urlsplit(variables["ANTHROPIC_BASE_URL"]).path
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url + path)
        if key:
            monkeypatch.setenv("ANTHROPIC_API_KEY", "gateway-key-1")
        code, out, err = ragchat(*command, "When does the tide turn?", "--no-save")
    assert (code, out) == (0, "I have nothing to go by.\n"), err
    assert server.headers[0].get("authorization") == ("Bearer gateway-key-1" if key else None)
    assert server.requests[0]["model"] == command[-1]
    assert "output_config" not in server.requests[0]
