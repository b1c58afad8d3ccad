"""The session that the README shows is what the program prints.

`python tests/library/test_readme.py` prints it again, to be pasted between the README's marks.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from pathlib import Path

import pytest
from fakes import Reply, ScriptedClaude

from ragchat.cli import run

ROOT = Path(__file__).parents[2]
ASKED = "How does ragchat keep SQLite and Chroma in step?"
ANSWER = Reply(
    [
        ("SQLite is written first", [(1, "")]),
        ("; Chroma only follows, and can be deleted and filled again", [(2, "")]),
        (". So a process that is killed between the two loses nothing.", ()),
    ],
    usage={"input_tokens": 1713, "output_tokens": 64},
)
ENVIRONMENT = {
    "ANTHROPIC_API_KEY": "k",
    "ANTHROPIC_BASE_URL": "",
    "RAGCHAT_CITATIONS": "native",
}
COMMANDS = (
    ("ingest", "data/docs"),
    ("ask", ASKED),
    ("recall", "why can nothing be lost between the two databases?", "--top-k", "1"),
)


def session() -> str:
    """The commands with what they print, as a terminal shows it."""
    lines: list[str] = []
    with ScriptedClaude(ANSWER).serving() as url:
        os.environ["ANTHROPIC_BASE_URL"] = url
        for command in COMMANDS:
            quoted = [f'"{word}"' if " " in word else word for word in command]
            lines.append(f"$ ragchat {' '.join(quoted)}")
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                assert run(list(command)) == 0
            lines.append(printed.getvalue().rstrip())
    return "\n".join(lines)


def shape(text: str) -> str:
    """A session without what differs from run to run: times, days, scores, long lines' ends, and
    the progress of a slow machine."""
    text = re.sub(r"(?m)^\d+%  .*\n", "", text)
    text = re.sub(r"show \w{8}\b", "show _", text)
    text = re.sub(r"\b[0-9a-f]{8}\b", "_", text)
    text = re.sub(r"\d+\.\d+ s\b", "_ s", text)
    text = re.sub(r"\d{4}-\d\d-\d\d", "_", text)
    text = re.sub(r"  [01]\.\d\d  ", "  _  ", text)
    return "\n".join(line.rstrip()[:100] for line in text.splitlines())


@pytest.fixture
def settled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's folder, a key, and citations as Anthropic's own endpoint makes them."""
    monkeypatch.chdir(ROOT)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.first
@pytest.mark.usefixtures("settled")
def test_the_session_in_the_readme_is_what_is_printed() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pattern = r"<!-- session -->\n```console\n(.*?)\n```\n<!-- /session -->"
    shown = re.search(pattern, readme, re.DOTALL)
    assert shown is not None
    assert shape(shown[1]) == shape(session())


if __name__ == "__main__":
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(ENVIRONMENT, RAGCHAT_HOME=folder)
        print(session())
