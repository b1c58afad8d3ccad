"""Long questions: a page, a log or a story with a question at its end or before it; pure.

The model reads only the first 256 word pieces, and most words of a long text are not part of the
question. So the beginning and the end are searched for, and the rest counts for less.
"""

from __future__ import annotations

import re

LONG = 400
"""Characters from which on a question is long: twice the median length of a typed paragraph."""
LONG_IN_PAIRS = 150
"""The same in a script without spaces."""
PART = 200
"""Characters of the first and of the last part: a question with the sentence before it."""
MOST_QUESTIONS = 2
"""Sentences that end in a question mark that are parts, too; the last ones."""

_SPACELESS = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？])|\n+")


def parts_that_ask(text: str) -> tuple[str, ...]:
    """The parts of a long text that may be its question; none of a text that is not long.

    They are the first sentences and the first alone, the last ones and the last alone, and those
    that end in a question mark.
    """
    text = text.strip()
    short = LONG_IN_PAIRS if 2 * len(_SPACELESS.findall(text)) > len(text) else LONG
    if len(text) <= short:
        return ()
    sentences = [sentence.strip() for sentence in _ENDS.split(text) if sentence.strip()]
    first = _gathered(sentences)
    last = _gathered(sentences[::-1])[::-1]
    asked = [sentence for sentence in sentences if sentence[-1] in "?？؟"][-MOST_QUESTIONS:]
    parts = (
        " ".join(first)[:PART],
        " ".join(last)[-PART:],
        sentences[0][:PART],
        sentences[-1][-PART:],
        *(sentence[-PART:] for sentence in asked),
    )
    return tuple(dict.fromkeys(parts))


def _gathered(sentences: list[str]) -> list[str]:
    """As many sentences as fit into a part, at least one."""
    gathered: list[str] = []
    for sentence in sentences:
        if gathered and sum(map(len, gathered)) + len(sentence) > PART:
            break
        gathered.append(sentence)
    return gathered
