"""Where conversations come from, in words; pure."""

from __future__ import annotations

TOOL_NAMES = {
    "aichat": "aichat",
    "aider": "Aider",
    "another-library": "ragchat (another library)",
    "api-log": "log of an API",
    "character.ai": "character.ai",
    "chatgpt": "ChatGPT",
    "claude-code": "Claude Code",
    "claude.ai": "Claude.ai",
    "cline": "Cline",
    "codex": "Codex",
    "copilot": "Copilot CLI",
    "cursor": "Cursor",
    "deepseek": "DeepSeek",
    "discord": "Discord",
    "gemini": "Gemini (Google Takeout)",
    "gemini-cli": "Gemini CLI",
    "gemini-studio": "Google AI Studio",
    "google-chat": "Google Chat",
    "grok": "Grok",
    "imessage": "iMessage",
    "irc": "IRC",
    "kakaotalk": "KakaoTalk",
    "librechat": "LibreChat",
    "line": "LINE",
    "llm": "llm",
    "lm-studio": "LM Studio",
    "markdown": "Markdown chat",
    "matrix": "Matrix",
    "mattermost": "Mattermost",
    "messenger": "Messenger or Instagram",
    "microsoft-copilot": "Microsoft Copilot",
    "open-webui": "Open WebUI",
    "opencode": "opencode",
    "perplexity": "Perplexity",
    "qwen": "Qwen",
    "qwen-code": "Qwen Code",
    "signal": "Signal",
    "slack": "Slack",
    "sms": "SMS Backup & Restore",
    "teams": "Microsoft Teams",
    "telegram": "Telegram",
    "turns": "JSON lines",
    "vscode": "VS Code chat",
    "whatsapp": "WhatsApp",
    "zed": "Zed",
    "zulip": "Zulip",
}
"""What tools and formats are called, by the origins that begin the ids of their conversations."""


def tool_name(conversation: str) -> str:
    """The tool that a conversation was imported from, by its id; empty for one's own."""
    origin, colon, _ = conversation.partition(":")
    return TOOL_NAMES.get(origin, origin) if colon else ""
