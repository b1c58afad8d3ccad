"""The options of `ragchat ingest` that ask for conversations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ragchat.errors import UsageError

TOOLS = {
    "claude-code": "Claude Code",
    "codex": "Codex",
    "gemini-cli": "Gemini CLI",
    "copilot": "Copilot CLI",
    "cursor": "Cursor",
    "opencode": "opencode",
    "qwen-code": "Qwen Code",
    "llm": "llm",
    "aichat": "aichat",
}
"""Tools that keep conversations on this machine: their origins, which name the options."""


def conversation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--conversations`, and an option for each tool."""
    for tool, name in reversed(TOOLS.items()):
        text = f"The conversations that {name} keeps on this machine."
        function = click.option(f"--{tool}", is_flag=True, help=text)(function)
    return click.option(
        "--conversations",
        is_flag=True,
        help="Take only past conversations out of the PATHs, into memory.",
    )(function)


def tool_folders(chosen: dict[str, bool]) -> list[Path]:
    """The folders of the tools that were chosen. Raises UsageError if one has none."""
    from ingest.transcripts import folders_of

    found: list[Path] = []
    for tool, name in TOOLS.items():
        if not chosen.get(tool.replace("-", "_")):
            continue
        folders = folders_of(tool)
        if not folders:
            raise UsageError(f"no conversations of {name} on this machine: give their folder")
        found += folders
    return found
