"""Where conversations come from, in words; pure."""

from __future__ import annotations

TOOL_NAMES = {
    "aichat": "aichat",
    "aider": "Aider",
    "another-library": "ragchat (another library)",
    "chatgpt": "ChatGPT",
    "claude-code": "Claude Code",
    "claude.ai": "Claude.ai",
    "cline": "Cline",
    "codex": "Codex",
    "copilot": "Copilot CLI",
    "cursor": "Cursor",
    "deepseek": "DeepSeek",
    "gemini": "Gemini (Google Takeout)",
    "gemini-cli": "Gemini CLI",
    "gemini-studio": "Google AI Studio",
    "grok": "Grok",
    "librechat": "LibreChat",
    "llm": "llm",
    "lm-studio": "LM Studio",
    "markdown": "Markdown chat",
    "open-webui": "Open WebUI",
    "opencode": "opencode",
    "qwen-code": "Qwen Code",
    "slack": "Slack",
    "telegram": "Telegram",
    "turns": "JSON lines",
    "vscode": "VS Code chat",
    "whatsapp": "WhatsApp",
}
"""What tools and formats are called, by the origins that begin the ids of their conversations."""


def tool_name(conversation: str) -> str:
    """The tool that a conversation was imported from, by its id; empty for one's own."""
    origin, colon, _ = conversation.partition(":")
    return TOOL_NAMES.get(origin, origin) if colon else ""
