"""The formats of conversations that are read: a file a tool, each with a `Format`.

To add one, write its file and name it here. The first that recognises a file reads it: those that
are known by fields of their own come before those that many tools share.
"""

from __future__ import annotations

from ingest.transcripts.format import Format
from ingest.transcripts.formats import (
    aichat,
    aider,
    chatgpt,
    claude_ai,
    claude_code,
    cline,
    codex,
    coding_tools,
    cursor_database,
    gemini_cli,
    gemini_studio,
    gemini_takeout,
    librechat,
    llm,
    llm_log,
    lm_studio,
    markdown_chat,
    open_webui,
    opencode,
    other_chats,
    qwen_code,
    ragchat_export,
    slack,
    telegram,
    telegram_page,
    turns,
    vscode_chat,
    whatsapp,
)

FORMATS: tuple[Format, ...] = (
    qwen_code.FORMAT,
    claude_code.FORMAT,
    claude_ai.FORMAT,
    other_chats.DEEPSEEK,
    chatgpt.FORMAT,
    codex.FORMAT,
    gemini_cli.FORMAT,
    gemini_takeout.FORMAT,
    gemini_takeout.PAGE,
    gemini_studio.FORMAT,
    opencode.FORMAT,
    open_webui.FORMAT,
    librechat.FORMAT,
    llm.FORMAT,
    llm_log.FORMAT,
    coding_tools.COPILOT,
    coding_tools.CURSOR,
    cursor_database.FORMAT,
    vscode_chat.FORMAT,
    other_chats.GROK,
    slack.FORMAT,
    telegram.FORMAT,
    telegram_page.FORMAT,
    aichat.FORMAT,
    aider.FORMAT,
    cline.FORMAT,
    lm_studio.FORMAT,
    ragchat_export.FORMAT,
    turns.FORMAT,
    whatsapp.FORMAT,
    markdown_chat.FORMAT,
)

NAMES = {known.origin: known.name for known in FORMATS}
"""What a tool is called, by the origin of its conversations."""
