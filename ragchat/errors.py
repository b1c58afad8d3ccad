"""What can go wrong in a chat, as a tree. `exit_code` is part of the command line's contract.

Every message is one line for the user: what happened, then what to do.

    RagchatError             1
    ├── CostLimitReached     1   the next request could pass the limit of --max-cost
    ├── UsageError           2   the given arguments or settings cannot be used
    ├── CredentialsError     3   no key, or one that was refused (401, 403)
    └── ModelServiceError    4   the model's service failed; what came of an answer is kept
        └── RequestTooLong       it takes less than was sent

Messages name commands as the shell does; `Surface` says what they are called elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class RagchatError(Exception):
    """Anything that this package raises on purpose."""

    exit_code = 1


class UsageError(RagchatError):
    """The given arguments or settings cannot be used."""

    exit_code = 2


class CredentialsError(RagchatError):
    """No credentials, or refused ones."""

    exit_code = 3


class ModelServiceError(RagchatError):
    """The model's service failed."""

    exit_code = 4


class RequestTooLong(ModelServiceError):
    """The model takes less than was sent."""


class CostLimitReached(RagchatError):
    """The next request could pass the limit of --max-cost."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a message is read, and what the commands that it names are called there."""

    commands: Mapping[str, str]
    """From the shell's words for a command to this surface's."""

    def worded(self, message: str) -> str:
        """Return a message in the words of this surface."""
        for shell, here in self.commands.items():
            message = message.replace(shell, here)
        return message

    def command(self, name: str, argument: str) -> str:
        """Return a command as it is typed here: `ragchat forget 3f9a`, or /forget 3f9a."""
        here = self.commands.get(f"`ragchat {name}`")
        return f"{here} {argument}" if here else f"`ragchat {name} {argument}`"


SHELL = Surface({})
SESSION = Surface(
    {
        "`ragchat search`": "/search",
        "`ragchat recall`": "/recall",
        "`ragchat forget`": "/forget",
        "`ragchat conversations list`": "/conversations",
        " with --model": " with /model",
        " with --max-tokens": " with `ragchat ask --continue --max-tokens N`",
        " with --context-tokens": " with `ragchat ask --continue --context-tokens N`",
        "start a new conversation": "start a new conversation with /new",
    }
)
CLIENT = Surface({"`ragchat conversations list` shows them": "`recall` returns their ids"})
"""A program that calls the tools of `ragchat mcp`."""
