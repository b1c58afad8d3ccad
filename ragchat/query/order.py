"""Questions for what was said first or last: "what was the last thing I asked?"; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ragchat.query.rules import bare, order_patterns

LONGEST = 160
"""Characters; in a longer question something else is asked, too."""

Which = Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Order:
    """Whether the first or the last of what was said is asked for, and of what: "" for anything."""

    which: Which
    about: str = ""


def said_order(text: str) -> Order | None:
    """The order that a whole question asks for; None for others."""
    asked = bare(" ".join(text.split()))
    if len(asked) > LONGEST:
        return None
    ways: tuple[Which, ...] = ("last", "first")
    for which in ways:
        for pattern, plain in order_patterns(asked, which):
            found = re.fullmatch(pattern, plain, re.IGNORECASE)
            if found:
                named = found.span("about") if "about" in found.re.groupindex else (0, 0)
                return Order(which, asked[max(named[0], 0) : max(named[1], 0)].strip())
    return None
