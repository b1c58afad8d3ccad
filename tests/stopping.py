"""Commands that forget, stopped in the middle; and what is left once the next command has run."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from killing import WORDS, end_of, start
from warm import Process
from wiped import remains, vectors_of

from ingest.conversation import Conversation, Exchange, Turn
from ingest.document import Chunk, Description
from ingest.index.chroma_server import Address
from ingest.maintenance.doctor import findings
from ingest.models.embedder import Embedder
from ingest.records.chunks import KeyedChunk, embedded_text, text_hash
from ingest.records.public_ids import chunk_key, exchange_id
from ingest.store import Store
from ragchat.memory import Memory
from ragchat.terminal.input_history import InputHistory

SECRET = "wolverinitis"
TITLED = "titlewort"
"""A word of the secret's conversation that is in its title alone."""
NOW = datetime(2026, 4, 5, 6, tzinfo=UTC)


_OF_CONVERSATION = ("SELECT count(*) FROM conversations WHERE key = 'ailing'", "borealis", TITLED)
_OF_TITLE = ("SELECT count(*) FROM conversations WHERE title LIKE '%titlewort%'", TITLED)
_TAKEN = {
    "forget": _OF_CONVERSATION,
    "delete": _OF_CONVERSATION,
    "remove": (
        "SELECT count(*) FROM sources WHERE CAST(path AS TEXT) = '/docs/secret.txt'",
        f"{SECRET} nothing grows",
    ),
    "rename": _OF_TITLE,
    "ingest": _OF_TITLE,
}
"""By a word of a command: what it takes out as long as it is there, and words that go with it."""


@dataclass
class Tally:
    """What came of one series of stops."""

    what: str
    stops: int = 0
    late: int = 0
    finished: int = 0
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.stops} stops, {self.late} too late; {self.finished} finished by"
            f" the next command; {len(self.left)} remains"
        )


def make_library(
    home: Path,
    embedder: Embedder,
    chunks: int,
    secrets: Sequence[str] = ("",),
    server: Address | None = None,
    titled: str = f"Of borealis and {TITLED}",
) -> dict[str, Sequence[object]]:
    """A library with a secret in a file, in a conversation of its own and in a title; returns the
    commands that take it out, by name. With several `secrets`, each is a suffix of the word, and
    the commands take out the last.
    """
    with Store(home, server=server) as store:
        _add_documents(store, embedder, chunks, secrets)
        memory = Memory(store, "default")
        for suffix in secrets:
            answer = f"A day in bed helps against {SECRET}{suffix}."
            exchange = _remember(
                store, f"ailing{suffix}", titled + suffix, question(suffix), answer
            )
        _remember(store, "healthy", "Weather", "How is the weather?", "Fair.")
        memory.index(embedder)
    typed = InputHistory(home / "history")
    for line in ("How is the weather?", *map(question, secrets)):
        typed.add(line)
    return commands(exchange, secrets[-1])


def write_export(file: Path, title: str) -> None:
    """Write an export of another program's conversation about the secret."""
    said = {"user": question(), "assistant": f"A day in bed helps against {SECRET}."}
    lines = [
        {"origin": "elsewhere", "conversation": "c1", "title": title, "id": role, "role": role}
        | {"text": text, "time": NOW.isoformat()}
        for role, text in said.items()
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))


def question(suffix: str = "") -> str:
    """The question that holds a secret."""
    return f"My ailment is {SECRET}{suffix} borealis{suffix}"


def commands(exchange: str, suffix: str) -> dict[str, Sequence[object]]:
    """The commands that take a secret out, by name."""
    ailing = f"ailing{suffix}"
    return {
        "forget": ("forget", exchange),
        "conversations delete": ("conversations", "delete", ailing),
        "sources remove": ("sources", "remove", f"/docs/secret{suffix}.txt"),
        "conversations rename": ("conversations", "rename", ailing, "Of something else"),
    }


def _remember(store: Store, conversation: str, title: str, question: str, answer: str) -> str:
    row = store.collection("default")
    exchange = Exchange(
        exchange_id(conversation, "q"),
        conversation,
        Turn("user", question, NOW, "q"),
        Turn("assistant", answer, NOW + timedelta(seconds=5), "a"),
    )
    with store.database.transaction():
        store.conversations.put(row, Conversation(conversation, title, NOW))
        store.conversations.add(row, exchange)
    return exchange.id


def _add_documents(store: Store, embedder: Embedder, chunks: int, secrets: Sequence[str]) -> None:
    row, model = store.collection("default"), store.use_model(embedder)
    said = [" ".join(random.Random(n).sample(WORDS, 20)) for n in range(chunks)]  # noqa: S311
    vectors = np.random.default_rng(8).standard_normal((chunks, model.dimension))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    middle = range(chunks // 2, chunks // 2 + len(secrets))
    names = {n: f"secret{suffix}" for n, suffix in zip(middle, secrets, strict=True)}
    for n, suffix in zip(middle, secrets, strict=True):
        said[n] = f"Against {SECRET}{suffix} nothing grows in this garden."
        vectors[n] = embedder.embed_passages([embedded_text("", said[n])])[0]
    hashes = [text_hash("", text) for text in said]
    with store.database.transaction():
        store.vectors.put(model.id, dict(zip(hashes, vectors, strict=True)))
        for n, text in enumerate(said):
            name = names.get(n, str(n))
            document = store.documents.add(row, name, "text", Description(name), 1)
            store.documents.put_source(row, Path(f"/docs/{name}.txt"), 1, 1, document, 0.0)
            chunk = Chunk(text, 0, len(text), 1, 1)
            keyed = [KeyedChunk(chunk_key(name, chunk, 1), "", chunk)]
            store.chunks.add(row, keyed, document=document)
    store.sync.flush()


def stop(
    library: Path,
    command: Sequence[object],
    number: signal.Signals,
    times: int,
    tally: Tally,
    then: str = "status",
) -> None:
    """Stop a command at `times` moments of its duration, each in a copy of the library, and look
    for what is left once the next command, `then`, has run.
    """
    for _, home in _stopped(library, command, number, times, tally):
        after = end_of(start(home, then))
        assert after.code == 0, after
        tally.finished += "finished wiping" in after.err
        tally.left += _left(home, library, command)
        tally.left += unsound(home)
        print(tally, flush=True)  # noqa: T201 - long runs show how far they are


def _stopped(
    library: Path, command: Sequence[object], number: signal.Signals, times: int, tally: Tally
) -> Iterator[tuple[int, Path]]:
    home = library.with_name(f"{library.name}-stopped")
    seconds = _measured(library, home, command)
    while tally.stops < times:
        _copy(library, home)
        process = start(home, *command, "--yes")
        time.sleep(seconds * (0.05 + 0.95 * (tally.stops + 0.5) / times))
        late = process.poll() is not None
        process.send_signal(number)
        ended = end_of(process)
        if late or ended.code == 0:
            tally.late += 1
            seconds *= 0.95
        else:
            tally.stops += 1
            yield ended.code, home


def _measured(library: Path, home: Path, command: Sequence[object]) -> float:
    _copy(library, home)
    began = time.monotonic()
    assert end_of(start(home, *command, "--yes")).code == 0
    return time.monotonic() - began


def _copy(library: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(library, home, symlinks=True)


def _left(home: Path, library: Path, command: Sequence[object]) -> list[str]:
    """What is left of what a command was to take out, if it had begun to."""
    query, *wanted = _TAKEN[next(part for part in _TAKEN if part in command)]
    with closing(sqlite3.connect(f"file:{home}/ragchat.db?mode=ro", uri=True)) as database:
        if database.execute(query).fetchone()[0]:
            return []  # it was stopped before anything was taken out
    kept = vectors_of(home, SECRET)
    return remains(home, wanted, [v for v in vectors_of(library, SECRET) if v not in kept])


def unsound(home: Path, server: Address | None = None) -> list[str]:
    """What `ragchat doctor` finds, once what is waiting is indexed."""
    with Store(home, server=server) as store:
        store.sync.flush()
        return [finding.line for finding in findings(store)]


def stop_after_the_deletion(
    library: Path,
    command: Sequence[object],
    number: signal.Signals,
    deleted: Callable[[Path], bool],
) -> tuple[Path, Process]:
    """Stop a command as soon as `deleted` says that its deletion was committed."""
    home = library.with_name(f"{library.name}-stopped")
    _copy(library, home)
    process = start(home, *command, "--yes")
    deadline = time.monotonic() + 120
    while not deleted(home):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(number)
    return home, process
