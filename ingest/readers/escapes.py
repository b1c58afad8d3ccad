r"""Letters that data has as numbers: `L\u00fcbeck` in JSON is Lübeck, as is `L\xFCbeck` in YAML or
`L&#252;beck` in XML. Pure.

Programs that write only ASCII escape all other letters, so that no search would find a word of
Greek. RFC 8259, section 7; https://yaml.org/spec/1.2.2/#57-escaped-characters
"""

from __future__ import annotations

import json
import re
import sys

_JSON = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9A-Fa-f]{4})+)")
_YAML = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9A-Fa-f]{4}|\\x[A-Fa-f][0-9A-Fa-f])+)")
_XML = re.compile(r"&#(?:(\d{3,7})|[xX]([0-9A-Fa-f]{2,6}));")
_LAST_OF_ASCII = 0x7F
_WITH = {"json": _JSON, "properties": _JSON, "yaml": _YAML}


def unescaped(text: str, language: str) -> str:
    """Return the text with letters in place of their numbers; quotes, backslashes and what cannot
    be seen stay as they are.
    """
    if language == "xml" or text.startswith("<?xml"):
        return _XML.sub(_letter, text) if "&#" in text else text
    escapes = _WITH.get(language)
    return escapes.sub(_letters, text) if escapes and "\\" in text else text


def _letters(found: re.Match[str]) -> str:
    numbers = found[2].replace("\\x", "\\u00")
    text = json.loads(f'"{numbers}"')
    return found[1] + "".join(
        char if char.isprintable() and char not in '"\\' else json.dumps(char)[1:-1]
        for char in text
    )


def _letter(found: re.Match[str]) -> str:
    """Return a character of XML; those of its own marks stay as they are."""
    number = int(found[1]) if found[1] else int(found[2], 16)
    is_letter = _LAST_OF_ASCII < number <= sys.maxunicode and chr(number).isprintable()
    return chr(number) if is_letter else found[0]
