"""Running commands in this process and reading what they print."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Output = Callable[..., tuple[int, str, str]]
"""Takes the arguments of a command; returns its exit code, stdout and stderr."""


def loads(output: tuple[int, str, str]) -> Any:
    """Return the JSON that a command printed; it must have exited with 0."""
    code, out, _ = output
    assert code == 0, output
    assert out.isascii()
    return json.loads(out)
