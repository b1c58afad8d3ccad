"""Advice that names a command of the shell, as it is said in a session; pure."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"`ragchat (search|recall|forget [0-9a-z]+)`")
_LIST = "`ragchat conversations list`"
_MODEL = re.compile(r"(?<![\w-])--model(?![\w-])")


def in_session(message: str) -> str:
    """Return a message with the commands of the session where it names those of the shell."""
    message = _COMMAND.sub(r"/\1", message).replace(_LIST, "/conversations")
    return _MODEL.sub("/model", message)
