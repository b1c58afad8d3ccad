"""Old conversations said again through the real request builder, over a wire that answers as they
were answered; and what a prompt cache by the provider's rules would have read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import numpy as np
from numpy.typing import NDArray

from ingest.models.embedder import Embedder
from ragchat.claude.capabilities import cache_minimum

MODEL = "claude-sonnet-5-5"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Line(NamedTuple):
    """A question and its answer, with the ids that both have in the set."""

    question: str
    answer: str
    ids: frozenset[tuple[str, str]]


Said = list[Line]


def exchanges(folder: Path) -> dict[str, Said]:
    """The conversations of a memory set as questions and answers; the first to speak asks."""
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "turns.jsonl").read_text(encoding="utf-8").splitlines():
        turn = json.loads(line)
        turns[str(turn["conv"])].append(turn | {"who": turn.get("role") or turn["speaker"]})
    return {name: list(_lines(name, said)) for name, said in turns.items()}


def _lines(name: str, said: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for one, other in pairwise(said):
        if one["who"] == said[0]["who"] != other["who"]:
            ids = frozenset((name, str(turn["id"])) for turn in (one, other))
            yield Line(one["text"], other["text"], ids)


def questions(folder: Path) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The questions of a set with the turns that hold their evidence; those without fall out."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        evidence = asked.get("evidence_fixed") or asked["evidence"]
        if evidence and asked["category"] not in ("abstention", 5):
            yield asked["question"], {(str(asked["conv"]), str(id_)) for id_ in evidence}


def joined(said: Mapping[str, Said], length: int) -> list[Said]:
    """Conversations joined in pairs, each cut to this many exchanges."""
    names = list(said)
    pairs = zip(names[::2], names[1::2], strict=False)
    return [(said[one] + said[other])[:length] for one, other in pairs]


class Remembering:
    """An embedder that embeds each text once, however often it is asked."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, NDArray[np.float32]] = {}
        for name in ("name", "fingerprint", "dimension", "max_tokens"):
            setattr(self, name, getattr(embedder, name))
        self.count = lru_cache(maxsize=None)(embedder.count)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the embedder does."""
        return self._embed(texts, self._embedder.embed_passages)

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """As the embedder does."""
        return self.embed_questions([text]).reshape(-1)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the embedder does."""
        embed = self._embedder.embed_questions
        marked = [f"?{text}" for text in texts]
        return self._embed(marked, lambda new: embed([text[1:] for text in new]))

    def _embed(
        self, texts: Sequence[str], embed: Callable[[list[str]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        new = list(dict.fromkeys(text for text in texts if text not in self._kept))
        if new:
            self._kept.update(zip(new, embed(new), strict=True))
        return np.stack([self._kept[text] for text in texts]) if texts else embed([])


def parts(body: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The words of a request in order, block by block; True where a cache breakpoint stands."""
    for message in [{"content": body.get("system", [])}, *body["messages"]]:
        content = message["content"]
        blocks: list[dict[str, Any]]
        blocks = [{"text": content}] if isinstance(content, str) else content
        for block in blocks:
            inner = " ".join(part["text"] for part in block.get("content", []))
            words = [block.get("source", ""), block.get("title", ""), block.get("text", ""), inner]
            yield "\n".join(filter(None, words)), "cache_control" in block


@dataclass
class Cache:
    """The provider's rules: what stood before a breakpoint, of the least length and more, is read
    for five minutes by a request that begins exactly like it.
    """

    count: Callable[[str], int]
    kept: dict[tuple[str, ...], datetime] = field(default_factory=dict)

    def usage(self, body: Mapping[str, Any], now: datetime) -> dict[str, int]:
        """What the request reads, writes and pays in full, in tokens."""
        blocks = list(parts(body))
        ends = [n + 1 for n, (_, marked) in enumerate(blocks) if marked]
        sizes = np.cumsum([0, *(self.count(text) for text, _ in blocks)]).tolist()
        words = tuple(text for text, _ in blocks)
        long_enough = [end for end in ends if sizes[end] >= cache_minimum(body["model"])]
        # The API looks for entries at the breakpoints and up to 20 blocks before them.
        looked = {n for end in long_enough for n in range(max(1, end - 20), end + 1)}
        alive = [n for n in looked if now - self.kept.get(words[:n], START - timedelta(1)) <= LIFE]
        read = max(alive, default=0)
        written = max(long_enough, default=0)
        for end in {*long_enough, *alive}:
            self.kept[words[:end]] = now
        return {
            "input_tokens": sizes[-1] - sizes[max(read, written)],
            "cache_read_input_tokens": sizes[read],
            "cache_creation_input_tokens": max(0, sizes[written] - sizes[read]),
        }


LIFE = timedelta(minutes=5)


@dataclass
class Wire:
    """Claude's place: answers with what was answered then, and keeps the requests."""

    count: Callable[[str], int]
    now: Callable[[], datetime]
    answers: Iterator[str] = field(default_factory=lambda: iter(()))
    summary: str = "They talked about their plans. " * 40
    requests: list[dict[str, Any]] = field(default_factory=list)
    usages: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cache = Cache(self.count)

    def client(self) -> httpx2.Client:
        """What the SDK sends with."""
        return httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        asked = body["model"] == MODEL
        text = next(self.answers) if asked else self.summary
        usage = self._cache.usage(body, self.now()) | {"output_tokens": self.count(text)}
        self.requests.append(body)
        self.usages.append(usage)
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, text=stream(text, body["model"], usage))


def stream(text: str, model: str, usage: Mapping[str, int]) -> str:
    """An answer as server-sent events."""
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": model,
    }
    message |= {"stop_reason": None, "stop_sequence": None, "usage": dict(usage)}
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": delta, "usage": dict(usage)},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
