"""Facts of imported conversations: `python tests/benchmarks/bench_imports.py`.

Thirty facts are told in exports of five tools, each on a day of its own and among small talk. When
they are asked for in other words, is the fact in the request of `ask`, in a passage that says from
which tool and day it is? About a minute.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import exports

from ragchat.cli import run

FIRST = datetime(2026, 1, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a user told, what shows that it was found, and how it is asked for."""

    told: str
    word: str
    asked: str


FACTS = [
    Fact(**json.loads(line))
    for line in Path(__file__).with_name("imported_facts.jsonl").read_text().splitlines()
]

SMALL_TALK = [
    ("How do I sort a list in Python?", "Use sorted(), or list.sort() to do it in place."),
    ("Give me three tips against jet lag.", "Daylight, water, and no nap after noon."),
    ("What is a good name for a newsletter?", "Something short that says what it is about."),
    ("Explain the tides to me.", "The moon pulls the water, and the earth turns beneath it."),
    ("Write a haiku about rain.", "Grey drops on the roof / the gutter hums low / tea grows cold"),
    ("Which cheese melts well?", "Raclette, young gouda, mozzarella."),
]  # fmt: skip


def days() -> Iterator[datetime]:
    day = FIRST
    while True:
        yield day
        day += timedelta(days=3)


def talks(facts: list[Fact], when: Iterator[datetime]) -> list[tuple[datetime, list[str]]]:
    """A talk for each fact: small talk, the fact, small talk; the sides in turn."""
    found = []
    for n, fact in enumerate(facts):
        before, after = SMALL_TALK[n % 6], SMALL_TALK[(n + 3) % 6]
        found.append((next(when), [*before, fact.told, "Thank you, noted.", *after]))
    return found


def claude_ai(folder: Path, said: list[tuple[datetime, list[str]]]) -> Path:
    conversations = [
        {
            "uuid": f"c{n}",
            "name": f"Talk {n}",
            "created_at": day.isoformat(),
            "chat_messages": [
                {
                    "uuid": f"c{n}m{m}",
                    "sender": "assistant" if m % 2 else "human",
                    "text": words,
                    "created_at": (day + timedelta(minutes=m)).isoformat(),
                }
                for m, words in enumerate(talk)
            ],
        }
        for n, (day, talk) in enumerate(said)
    ]
    return exports.file(folder, "conversations.json", conversations)


def chatgpt(folder: Path, said: list[tuple[datetime, list[str]]]) -> Path:
    conversations = []
    for n, (day, talk) in enumerate(said):
        mapping: dict[str, Any] = {}
        for m, words in enumerate(talk):
            message = {
                "id": f"g{n}m{m}",
                "author": {"role": "assistant" if m % 2 else "user"},
                "content": {"content_type": "text", "parts": [words]},
                "create_time": (day + timedelta(minutes=m)).timestamp(),
            }
            parent = f"g{n}m{m - 1}" if m else None
            mapping[f"g{n}m{m}"] = {"id": f"g{n}m{m}", "parent": parent, "message": message}
        conversations.append(
            {"id": f"g{n}", "create_time": day.timestamp(), "mapping": mapping,
             "title": f"Talk {n}", "current_node": f"g{n}m{len(talk) - 1}"}
        )  # fmt: skip
    return exports.file(folder, "chatgpt.json", conversations)


def claude_code(folder: Path, said: list[tuple[datetime, list[str]]]) -> Path:
    lines = [
        exports.code(
            "assistant" if m % 2 else "user",
            [{"type": "text", "text": words}],
            uuid=f"k{n}m{m}",
            parentUuid=f"k{n}m{m - 1}" if m else None,
            sessionId=f"k{n}",
            timestamp=(day + timedelta(minutes=m)).isoformat(),
            cwd="/home/sam/shop",
        )
        for n, (day, talk) in enumerate(said)
        for m, words in enumerate(talk)
    ]
    return exports.file(folder, "session.jsonl", *lines)


def whatsapp(folder: Path, said: list[tuple[datetime, list[str]]]) -> Path:
    path = folder / "WhatsApp Chat with Rowing club.txt"
    lines = [
        f"{(day + timedelta(minutes=m)).astimezone():%d/%m/%Y, %H:%M} - "
        f"{'Jan' if m % 2 else 'Petra'}: {words}\n"
        for day, talk in said
        for m, words in enumerate(talk)
    ]
    path.write_text("".join(lines))
    return path


def codex(folder: Path, said: list[tuple[datetime, list[str]]]) -> list[Path]:
    paths = []
    for n, (day, talk) in enumerate(said):
        entries: list[dict[str, Any]] = [
            {"timestamp": day.isoformat(), "type": "session_meta", "payload": {"id": f"x{n}"}}
        ]
        entries += [
            {
                "timestamp": (day + timedelta(minutes=m)).isoformat(),
                "type": "event_msg",
                "payload": {"type": "agent_message" if m % 2 else "user_message", "message": words},
            }
            for m, words in enumerate(talk)
        ]
        paths.append(exports.file(folder, f"rollout-{n}.jsonl", *entries))
    return paths


def printed(*arguments: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(arguments))
    assert code == 0, err.getvalue()
    return out.getvalue()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.environ.setdefault("ANTHROPIC_API_KEY", "k")
    when = days()
    origins = ["Claude.ai", "ChatGPT", "Claude Code", "WhatsApp", "Codex"]
    parts = [talks(FACTS[n : n + 6], when) for n in range(0, 30, 6)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        makers = [claude_ai, chatgpt, claude_code, whatsapp]
        paths = [maker(folder, part) for maker, part in zip(makers, parts, strict=False)]
        paths += codex(folder, parts[4])
        home = f"{name}/home"
        printed("ingest", "--home", home, *map(str, paths))
        found = told = 0
        for n, fact in enumerate(FACTS):
            request = json.loads(printed("ask", "--home", home, "--dry-run", "--json", fact.asked))
            sent = json.dumps(request["request"], ensure_ascii=False)
            day = parts[n // 6][n % 6][0].astimezone()
            labelled = f"[{origins[n // 6]}" in sent and f"{day:%Y-%m-%d}" in sent
            found += fact.word in sent
            told += fact.word in sent and labelled
            if not (fact.word in sent and labelled):
                print(f"missing from {origins[n // 6]}: {fact.asked}")
        print(f"{found} of 30 in the request, {told} with the tool and the day")


if __name__ == "__main__":
    main()
