"""Everything for real, the language model included: ingest, ask, a new process, recall."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import warm
from local_model import local_model


@pytest.mark.first
@pytest.mark.model
def test_a_real_model_answers_from_a_real_library_and_is_remembered(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "door.md").write_text("# The door\n\nThe door of the cottage is painted green.\n")
    with local_model() as url:
        environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "local"}

        def ragchat(*arguments: str) -> str:
            done = warm.run(*arguments, "--home", home, env=environment)
            assert done.returncode == 0, done.stderr
            return done.stdout

        ragchat("ingest", str(tmp_path / "door.md"))
        asked = ("ask", "What colour is the door of the cottage?", "--max-tokens", "16")
        system = ("--system", "Answer briefly.", "--model", "local", "--json")
        answer = json.loads(ragchat(*asked, *system))
        assert answer["answer"].strip()
        assert answer["usage"]["input_tokens"] > 50
        assert [source["source"] for source in answer["sources"]] == [str(tmp_path / "door.md")]
        assert answer["cost_usd"] is None
    recalled = json.loads(ragchat("recall", "colour of the cottage door", "--json"))
    assert [hit["id"] for hit in recalled] == [answer["turn"]]
