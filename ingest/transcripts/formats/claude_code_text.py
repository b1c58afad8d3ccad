"""What `/export` of Claude Code writes: the session as it was on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_BANNER = re.compile(r".*\bClaude Code\b(?: v\d|!)")
_PROMPT = re.compile(r"[>❯] (?P<text>\S.*)", re.DOTALL)
_ANSWER = re.compile(r"[●⏺] (?P<text>.*)", re.DOTALL)
_TOOL = re.compile(r"[●⏺] [\w:. -]{1,60}\(")
_RESULT = re.compile(r"\s*⎿")
_ASIDE = re.compile(r"[✻✽✶∗※✢·]\s")
_COMMAND = re.compile(r"/[\w:-]+\s*")
_FEW = 30


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The session of a file; commands, tools and what they printed are left out."""
    rows = [value for value in values if isinstance(value, str)]
    draft, answer = Draft("claude-code", key_of(reading), reading), AnswerPieces()
    for block in _blocks(rows):
        words = _words(block)
        prompt, answered = _PROMPT.match(words), _ANSWER.match(words)
        printed = any(map(_RESULT.match, block))
        if prompt:
            answer.finish(draft)
            if not printed and not _COMMAND.fullmatch(prompt["text"]):
                draft.say("user", prompt["text"], "", None)
        elif answered and (printed or _TOOL.match(words)):
            answer.use_tool()
        elif answered:
            answer.add(answered["text"], "", None)
    answer.finish(draft)
    yield draft.finished()


def _blocks(rows: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each message or tool: from a mark at the edge to the next one."""
    block: list[str] = []
    for row in rows:
        if _PROMPT.match(row) or _ANSWER.match(row) or _ASIDE.match(row):
            yield block
            block = []
        block.append(row)
    yield block


def _words(block: Sequence[str]) -> str:
    """The words, without the two spaces that lines after the first begin with."""
    return "".join(row.removeprefix("  ") for row in block).strip()


def _recognises(values: Sequence[object]) -> bool:
    rows = [value for value in values if isinstance(value, str)][:_FEW]
    banner = any("Claude Code" in row and _BANNER.match(row) for row in rows)
    return banner and any(map(_PROMPT.match, rows))


FORMAT = TranscriptFormat("claude-code", "Claude Code", _recognises, _read)
