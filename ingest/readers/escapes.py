r"""Letters that data has as numbers: `L\u00fcbeck` in JSON is Lübeck, `L\xFCbeck` in YAML. Pure.

Programs that write only ASCII escape all other letters, so that nobody would find a word of Greek.
RFC 8259, section 7; https://yaml.org/spec/1.2.2/#57-escaped-characters
"""

from __future__ import annotations

import json
import re

_JSON = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9A-Fa-f]{4})+)")
_YAML = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9A-Fa-f]{4}|\\x[A-Fa-f][0-9A-Fa-f])+)")
_WITH = {"json": _JSON, "properties": _JSON, "yaml": _YAML}


def unescaped(text: str, language: str) -> str:
    """Return the text with letters in place of their numbers; quotes, backslashes and what cannot
    be seen stay as they are.
    """
    escapes = _WITH.get(language)
    return escapes.sub(_letters, text) if escapes and "\\" in text else text


def _letters(found: re.Match[str]) -> str:
    numbers = found[2].replace("\\x", "\\u00")
    text = json.loads(f'"{numbers}"')
    return found[1] + "".join(
        char if char.isprintable() and char not in '"\\' else json.dumps(char)[1:-1]
        for char in text
    )
