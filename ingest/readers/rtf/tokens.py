r"""The marks of a file in Rich Text Format: groups, control words, text. Pure.

Rich Text Format 1.9.1, "Formal syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<symbol>.)|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A mark: `name` is that of a control word or symbol, `raw` the bytes of a text."""

    kind: Literal["open", "close", "word", "symbol", "text"]
    name: str = ""
    number: int | None = None
    raw: bytes = b""


def tokens(raw: bytes) -> Iterator[Token]:
    """Yield the marks of a file; binary data is passed over."""
    at = 0
    while found := _TOKEN.search(raw, at):
        at = found.end()
        if word := found["word"]:
            number = int(found["number"]) if found["number"] else None
            if word == b"bin":
                at += max(number or 0, 0)
            else:
                yield Token("word", word.decode(), number)
        elif found["hex"]:
            yield Token("text", raw=bytes.fromhex(found["hex"].decode()))
        elif found["symbol"]:
            yield Token("symbol", found["symbol"].decode("latin-1"))
        elif found["brace"]:
            yield Token("open" if found["brace"] == b"{" else "close")
        else:
            yield Token("text", raw=found["text"])
