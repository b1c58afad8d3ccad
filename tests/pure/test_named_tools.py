"""Questions for what was said with a tool."""

from __future__ import annotations

import pytest

from ragchat.query.tools import named_tools


@pytest.mark.parametrize(
    ("question", "about_user", "origins"),
    [
        ("What did ChatGPT tell me about yeast?", False, {"chatgpt"}),
        ("what did chatgpt say about yeast", False, {"chatgpt"}),
        ("What have I asked Claude Code about the lock?", False, {"claude-code"}),
        ("What did Claude say about it?", False, {"ragchat", "claude.ai", "claude-code"}),
        ("¿Qué me dijo ChatGPT sobre el pan?", True, {"chatgpt"}),
        ("Was hat ChatGPT über Hefe gesagt?", False, {"chatgpt"}),
        ("What did we decide in Slack, and on WhatsApp?", False, {"slack", "whatsapp"}),
        ("Did I cut any slack for the line?", True, set()),
        ("What did I say about the cursor?", True, set()),
        ("How is ChatGPT's history exported?", False, set()),
        ("What did I say about Slack's outage?", True, set()),
        ("What did we write over WhatsApp?", False, {"whatsapp"}),
        ("¿Qué dije sobre WhatsApp?", True, set()),
        ("What did ChatGPT say about Slack?", False, {"chatgpt"}),
        ("What did I say about yeast?", True, set()),
        (f"Who said that? {'Much text. ' * 30} ChatGPT", True, set()),
    ],
)
def test_tools_are_known_by_their_names_where_saying_is_spoken_of(
    question: str, about_user: bool, origins: set[str]
) -> None:
    assert named_tools(question, about_user=about_user) == origins
