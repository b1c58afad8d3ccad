"""The rules of questions for each language: one file of data a language, none of them code.

Knows how people point back and ask politely. A language without a file has these rules off.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    """The data of every language, by code."""
    found = sorted(files(__name__).iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in found
        if file.name.endswith(".toml")
    }
