"""How near the estimate of tokens comes to what models count, turn by turn, through the real Chat.

Counted by the `usage` of the local model's server, which answers every turn (minutes), and by
other vocabularies over a scripted wire: the embedding model's and those of files named on the
command line, `bench_tokens.py [--scripted] [tokenizer.json ...]`. Passages go as text, as to
any such server; what native blocks cost Claude beyond their words cannot be known here.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from bench_history import Clock
from replay import MODEL, Wire
from usage import arguments

from ingest.models.embedder import Embedder, load
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.answer.checked_answer import CheckedAnswer
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.claude.cost import input_tokens
from ragchat.memory import Memory
from ragchat.request.composer import Composer
from ragchat.request.limits import Limits
from ragchat.request.prompt import Instructions
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.retriever import Retriever

ROOT = Path(__file__).parents[2]
LEARNED_AFTER = 3
LIMITS = Limits(top_k=8, window_tokens=1000, context_tokens=700, request_tokens=2500, max_tokens=48)

PROSE = (
    "What happens to files that have vanished?",
    "how large is a chunk, and why",
    "Which keys can I use in a session?",
    "what does the line under an answer mean",
    "How is a change noticed?",
    "what is never sent to Claude?",
    "How do I back up the library?",
    "what do opus and haiku cost",
    "Which formats are read?",
    "what does exit code 5 mean?",
)
CODE = (
    "How does the store keep records and index in step?",
    "what does the chunker do with a paragraph that is too long",
    "Where is the hash of a file computed?",
    "how is the writer's lock taken",
    "Which SQL creates the tables?",
    "how are vectors queried",
    "Where does discovery leave out secrets?",
    "what does forgetting delete",
    "How is the encoding of a file guessed?",
    "how are words stemmed and matched",
)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation about what some folders hold."""

    name: str
    folders: tuple[Path, ...]
    questions: tuple[str, ...]


DOCS, SOURCE = ROOT / "data" / "docs", ROOT / "ingest"
TALKS = (
    Talk("prose", (DOCS,), PROSE),
    Talk("code", (SOURCE,), CODE),
    Talk("prose, then code", (DOCS, SOURCE), PROSE[:6] + CODE[:6]),
)


def errors(talk: Talk, claude: Claude, embedder: Embedder) -> Iterator[float]:
    """What each turn of a talk in a new library was estimated at, over what it was, less one."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as home, Store(Path(home)) as store:
        Ingestion(store, embedder).run(talk.folders)
        retriever = Retriever(store, embedder)
        composer = Composer(claude.model, lambda: retriever, Scope(), Instructions(style="text"))
        chat = Chat(claude, Memory(store, "default"), composer, LIMITS, now=clock)
        for clock.minutes, question in enumerate(talk.questions):
            estimated, counted = _asked(chat, question)
            chat.index(embedder)
            error = estimated / counted - 1
            print(f"  {clock.minutes + 1:>2.0f} {estimated:>6,} {counted:>6,} {error:>+7.1%}")
            yield error


def _asked(chat: Chat, question: str) -> tuple[int, int]:
    answered = [
        event for event in chat.ask(UserMessage(question)) if isinstance(event, CheckedAnswer)
    ]
    assert chat.request is not None
    usage = answered[-1].answer.usage
    return chat.request.estimated_input_tokens, input_tokens(usage)


def compare(name: str, claudes: Iterable[Claude], embedder: Embedder) -> None:
    """All talks, each with a model of its own, and how far off the estimate was once it knew."""
    for talk, claude in zip(TALKS, claudes, strict=False):
        print(f"{name}, {talk.name}: turn, estimated, counted, error")
        later = [abs(error) for error in errors(talk, claude, embedder)][LEARNED_AFTER:]
        mean = sum(later) / len(later)
        print(f"  after turn {LEARNED_AFTER}: worst {max(later):.1%}, mean {mean:.1%}", flush=True)


# The local model


class Checked(httpx2.HTTPTransport):
    """A way to the local server that looks whether its `usage` is what its tokenizer says."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it, and compare."""
        response = super().handle_request(request)
        response.read()
        started = next(
            json.loads(line[5:])["message"]["usage"]
            for line in response.text.splitlines()
            if line.startswith("data:") and "message_start" in line
        )
        usage = input_tokens(started)
        own = _own_count(f"{request.url.scheme}://{request.url.netloc.decode()}", request.content)
        if usage != own:
            print(f"  the server says {usage} tokens, its tokenizer {own}")
        return response


def _own_count(url: str, content: bytes) -> int:
    """The tokens of a request by the server's own chat template and tokenizer."""
    body = json.loads(content)
    system = {"role": "system", "content": _words(body["system"])}
    said = [
        {"role": message["role"], "content": _words(message["content"])}
        for message in body["messages"]
    ]
    made = httpx2.post(f"{url}/apply-template", json={"messages": [system, *said]}).json()
    prompt = {"content": made["prompt"], "add_special": True, "parse_special": True}
    return len(httpx2.post(f"{url}/tokenize", json=prompt).json()["tokens"])


def _words(content: str | list[Mapping[str, Any]]) -> str:
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


@contextmanager
def locals_() -> Iterator[Iterator[Claude]]:
    """The local model, as often as it is wanted."""
    sys.path.insert(0, str(ROOT / "tests"))
    from local_model import local_model

    with local_model() as url:
        client = httpx2.Client(transport=Checked(), timeout=600)
        yield (Claude("local", base_url=url, http_client=client) for _ in itertools.count())


# Other vocabularies


def scripted(count: Callable[[str], int]) -> Iterator[Claude]:
    """Models that answer with pieces of the sources and count a request by a vocabulary."""
    texts = [
        (DOCS / "04-ingesting.md").read_text("utf-8"),
        (SOURCE / "pipeline.py").read_text("utf-8"),
    ]
    texts.append(texts[0][:3000] + texts[1][:4000])
    for text in texts:
        answers = (text[start : start + 500] for start in itertools.count(0, 500))
        wire = Wire(count, Clock(), answers)
        yield Claude(MODEL, http_client=wire.client())


def vocabulary(path: Path) -> Callable[[str], int]:
    """How many tokens a text is by a tokenizer.json."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def main() -> None:
    """Every model that can be had here."""
    os.environ.setdefault("ANTHROPIC_API_KEY", "nobody-asks")
    files: Sequence[str] = [word for word in sys.argv[1:] if not word.startswith("--")]
    with tempfile.TemporaryDirectory() as models:
        embedder = load("", Path(models))
        compare("embedding model's vocabulary", scripted(embedder.count), embedder)
        for file in files:
            compare(Path(file).stem, scripted(vocabulary(Path(file))), embedder)
        if "--scripted" not in sys.argv:
            with locals_() as claudes:
                compare("local model", claudes, embedder)


if __name__ == "__main__":
    arguments(__doc__)
    main()
