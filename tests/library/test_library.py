"""`from ragchat import Library`: the door for other programs."""

from __future__ import annotations

import ast
import asyncio
import doctest
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude, question

import ragchat as package
from ingest.document import DocumentPassage, MemoryPassage
from ingest.errors import IngestError, StoreError
from ingest.models.embedder import Embedder
from ragchat import AsyncLibrary, ChatOptions, CheckedAnswer, Library, RagchatError, Text
from ragchat.library import asynchronous, library

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HANDBOOK = Path(__file__).parents[2] / "data" / "docs" / "22-from-other-programs.md"
PIER = "# The pier\n\nThe pier of Hasvik is 212 metres long.\n\nIt was rebuilt after a storm.\n"
BOATS = "# Boats\n\nThe ferry Sørøya leaves at 07:40 on weekdays and at 09:15 on Sundays.\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "pier.md").write_text(PIER)
    return folder


def long_document(paragraphs: int = 60) -> str:
    return "# Log\n\n" + "\n\n".join(
        f"Day {number}: the keeper cleaned lamp {number} and wrote down wind and swell. " * 6
        for number in range(paragraphs)
    )


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, ragchat; dir(ragchat); from ragchat import Library; "
        "print([name for name in ('chromadb', 'numpy', 'anthropic', 'openvino', 'rich', 'click',"
        " 'mcp', 'pydantic') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert sorted(package.__all__) == package.__all__
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
    assert set(package.__all__) <= set(dir(package))
    typed = [
        alias.name
        for node in ast.walk(ast.parse(Path(package.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "__future__")
        for alias in node.names
    ]
    assert sorted(typed) == package.__all__  # what a type checker sees
    with pytest.raises(AttributeError, match="'Librarian'"):
        _ = package.Librarian


def test_the_examples_run(home: Path, docs: Path, server: ScriptedClaude) -> None:
    server.script = [Reply("The pier is 212 metres long [1].")]
    names = {
        "home": home,
        "docs": docs,
        "asyncio": asyncio,
        "Library": Library,
        "AsyncLibrary": AsyncLibrary,
    }
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for item in (Library, AsyncLibrary):
        module = library if item is Library else asynchronous
        for test in doctest.DocTestFinder(recurse=False).find(item, module=module, globs=names):
            assert runner.run(test).failed == 0
    page = HANDBOOK.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(page, names, "handbook", str(HANDBOOK), 0)
    assert len(test.examples) > 5
    assert runner.run(test).failed == 0


def test_what_is_ingested_is_found_with_its_place(home: Path, docs: Path) -> None:
    (docs / "boats.md").write_text(BOATS)
    with Library.open(home) as opened:
        assert opened.ingest(str(docs), dry_run=True).added == 2
        assert opened.sources() == []
        report = opened.ingest([docs])
        assert (report.added, report.failed) == (2, [])
        assert opened.ingest(docs).unchanged == 2
        hit = opened.search("when does the ferry leave on a Sunday?")[0]
        assert hit.source == str(docs / "boats.md")
        assert hit.label == f"{docs / 'boats.md'}:1-3"
        assert "09:15" in hit.text
        assert 0 < hit.score <= 1
        assert opened.recall("ferry") == []
        assert [source.path.name for source in opened.sources()] == ["boats.md", "pier.md"]
        assert opened.collections() == ["default"]


def test_the_command_line_and_the_library_are_one(home: Path, docs: Path, ragchat: Output) -> None:
    assert loads(ragchat("ingest", docs, "--json"))["added"] == 1
    printed = loads(ragchat("search", "length of the pier", "--json", "--top-k", 1))
    with Library.open(home, settings={"top_k": 1}) as opened:
        hits = opened.search("length of the pier")
    assert [(hit.passage.id, hit.score, hit.text) for hit in hits] == [
        (hit["id"], hit["score"], hit["text"]) for hit in printed
    ]


def test_an_answer_is_checked_and_remembered(
    home: Path, docs: Path, server: ScriptedClaude
) -> None:
    server.script = [Reply("It is 212 metres long."), Reply("After a storm."), Reply("Right.")]
    with Library.open(home) as opened:
        opened.ingest(docs)
        events = list(opened.stream("How long is the pier?"))
        answer = events[-1]
        assert isinstance(answer, CheckedAnswer)
        said = "".join(event.text for event in events if isinstance(event, Text))
        assert said == answer.text == "It is 212 metres long."
        assert answer.sources[0].hit.source == str(docs / "pier.md")
        [hit] = opened.recall("pier", since=datetime(2020, 1, 1, tzinfo=UTC))
        assert isinstance(hit.passage, MemoryPassage)
        assert opened.recall("pier", until=datetime(2020, 1, 1, tzinfo=UTC)) == []
        key = hit.passage.conversation
        assert [listed.id for listed in opened.conversations()] == [key]
        opened.ask("And when was it rebuilt?", ChatOptions(conversation=key))
        assert len(opened.conversation(key).exchanges) == 2
        opened.ask("Never mind.", ChatOptions(save=False, kinds=()))
        assert len(opened.conversations()) == 1
    assert len(server.requests) == 3


def test_files_belong_to_a_question_and_an_at_sign_names_none(
    home: Path, docs: Path, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch, tiny: Embedder
) -> None:
    monkeypatch.chdir(docs)
    with Library.open(home) as opened:
        opened.ask("What is in @pier.md?", ChatOptions(save=False))
        assert "212" not in str(server.requests[-1])
        opened.ask("What is in it?", ChatOptions(save=False), files=["pier.md"])
        assert "212" in str(server.requests[-1])


def test_an_answer_that_is_left_early_is_kept(
    home: Path, server: ScriptedClaude, tiny: Embedder
) -> None:
    server.script = [Reply("One two three four five six. " * 40, piece=4, pause=0.002)]
    with Library.open(home) as opened:
        events = opened.stream("Count.")
        for event in events:
            if isinstance(event, Text):
                break
        events.close()
        [listed] = opened.conversations()
        [exchange] = opened.conversation(listed.id).exchanges
    assert exchange.answer.status == "interrupted"
    assert exchange.answer.text.startswith("One")


def test_a_passage_is_read_between_its_neighbours(
    home: Path, tmp_path: Path, server: ScriptedClaude
) -> None:
    path = tmp_path / "log.md"
    path.write_text(long_document())
    with Library.open(home) as opened:
        opened.ingest(path)
        hit = opened.search("lamp 30")[0]
        assert isinstance(hit.passage, DocumentPassage)
        around = opened.read(hit.passage.id, neighbours=2)
        positions = [p.start_line for p in around if isinstance(p, DocumentPassage)]
        assert positions == sorted(positions, key=lambda line: line or 0)
        assert len(around) == 5
        assert around[2] == hit.passage
        assert opened.read(hit.passage.id, neighbours=0) == [hit.passage]
        first = opened.read(around[0].id, neighbours=500)
        assert len(first) > 5

        server.script = [Reply("first"), Reply("long " * 900), Reply("third")]
        chat = ChatOptions(conversation=True)
        key = opened.ask("One?").exchange.conversation
        for asked in ("Two?", "Three?"):
            opened.ask(asked, chat)
        middle = opened.conversation(key).exchanges[1].id
        exchanges = opened.read(middle)
        assert [p.asked for p in exchanges if isinstance(p, MemoryPassage)] == [
            "One?",
            "Two?",
            "Three?",
        ]
        assert exchanges[1].text.count("long") == 900  # uncut
        with pytest.raises(RagchatError, match="there is no passage 'abc'"):
            opened.read("abc")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda opened: opened.search("  "), "the query is empty"),
        (lambda opened: opened.recall(""), "the query is empty"),
        (lambda opened: opened.ask(" \n"), "the question is empty"),
        (lambda opened: opened.search("x", collections=["nets"]), "no collection 'nets'"),
        (lambda opened: opened.sources("nets"), "no collection 'nets'"),
        (lambda opened: opened.recall("x", conversation="q9"), "no conversation 'q9'"),
        (lambda opened: opened.ask("x", ChatOptions(conversation=True)), "no conversation"),
        (lambda opened: opened.ingest("nowhere.md"), "nowhere.md"),
        (lambda opened: opened.ingest(["", "docs"]), "the path is empty"),
        (lambda opened: Library.open(""), "the path is empty"),
        (lambda opened: opened.search("x", top_k=0), "top_k is 0"),
        (lambda opened: opened.search("x", path="*.md"), "there is no filter 'path'"),
        (lambda opened: opened.search("x", kinds=["file"]), "there is no kind 'file'"),
        (lambda opened: opened.recall("x", since=NOON, until=NOON), "not after since"),
        (lambda opened: opened.search(None), "query is of type NoneType: pass a str"),
        (lambda opened: opened.ask(b"why"), "question is of type bytes: pass a str"),
        (lambda opened: opened.search("x\ud800"), "lone surrogate"),
        (lambda opened: opened.search("x", top_k=2.5), "top_k is 2.5: use a whole number"),
        (lambda opened: opened.search("x", since="May"), "since is 'May': pass a datetime"),
        (lambda opened: opened.search("x", tags=7), "tags is of type int: pass a list of str"),
        (lambda opened: opened.read(7), "passage is of type int: pass a str"),
        (lambda opened: opened.read("a", neighbours=-1), "neighbours is -1"),
        (lambda opened: Library.open("a", settings={"topk": 2}), "did you mean top_k?"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    home: Path, tiny: Embedder, call: Callable[[Library], object], said: str
) -> None:
    with Library.open(home) as opened, pytest.raises((RagchatError, IngestError)) as raised:
        call(opened)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_settings_are_those_of_the_library_and_can_be_overridden(home: Path) -> None:
    (home / "config.toml").write_text('top_k = 3\nmodel = "claude-haiku-5-5"\n')
    with Library.open(home, settings={"top_k": 2}) as opened:
        assert (opened.settings.top_k, opened.settings.model) == (2, "claude-haiku-5-5")
    with pytest.raises(RagchatError, match="topk"):
        Library.open(home, settings={"topk": 2})
    with pytest.raises(StoreError):
        Library.open(home, settings={"collection": "../x"})


def test_threads_search_one_library_while_another_ingests(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "0.md").write_text(long_document(8))
    with Library.open(home) as opened, Library.open(home) as writer:
        opened.ingest(folder)
        done = threading.Event()

        def search() -> int:
            found = 0
            while not done.is_set() or not found:
                hits = opened.search("the keeper cleaned the lamp")
                assert hits
                opened.read(hits[0].passage.id)
                assert opened.sources()
                found += 1
            return found

        with ThreadPoolExecutor(4) as pool:
            runs = [pool.submit(search) for _ in range(4)]
            try:
                for number in range(1, 4):
                    (folder / f"{number}.md").write_text(long_document(8 + number))
                    assert writer.ingest(folder).added == 1
            finally:
                done.set()
            assert all(run.result(60) for run in runs)
        assert len(opened.sources()) == 4


def test_the_model_can_be_changed_under_an_open_library(
    home: Path, docs: Path, embedder: Embedder, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = tiny.name
    monkeypatch.delenv("RAGCHAT_EMBEDDING_MODEL")
    with Library.open(home) as opened:
        opened.ingest(docs)
        assert opened.search("pier")
        with Library.open(home, settings={"embedding_model": name}) as other:
            other.store.sync.rebuild(tiny)
        opened.search("pier")  # with vectors of the new length
        assert opened.models.embedder().fingerprint == tiny.fingerprint


def test_asyncio_goes_on_while_the_library_works(
    home: Path, docs: Path, server: ScriptedClaude
) -> None:
    async def use() -> tuple[int, str]:
        async with AsyncLibrary.open(home) as opened:
            await opened.ingest(docs)
            searches = [opened.search("pier") for _ in range(8)]
            found = await asyncio.gather(*searches)
            answer = await opened.ask("How long is the pier?")
            await opened.recall("pier")
            passage = await opened.read(found[0][0].passage.id)
            return len(passage), answer.text

    assert asyncio.run(use())[0] == 1
    assert question(server.requests[0]).startswith("Question: How long is the pier?")


def test_a_cancelled_question_keeps_what_came(
    home: Path, server: ScriptedClaude, tiny: Embedder
) -> None:
    server.script = [Reply("One two three. " * 200, piece=4, pause=0.01)]

    async def use() -> list[str]:
        async with await AsyncLibrary.open(home) as opened:
            async with aclosing(opened.stream("Count.")) as events:
                async for event in events:
                    if isinstance(event, Text):
                        break
            server.script = [Reply("Four five six. " * 200, piece=4, pause=0.01)]
            task = asyncio.create_task(opened.ask("Go on.", ChatOptions(conversation=True)))
            while len(server.requests) < 2:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            [listed] = opened.library.conversations()
            said = opened.library.conversation(listed.id).exchanges
            return [exchange.answer.status for exchange in said]

    statuses = asyncio.run(use())
    assert statuses[0] == "interrupted"
    assert set(statuses) == {"interrupted"}


def test_one_text_is_taken_for_a_list_of_it(home: Path) -> None:
    with Library.open(home) as opened:
        one = opened.scope(kinds="document", types="md")  # type: ignore[arg-type]
        assert one == opened.scope(kinds=["document"], types=["md"])
        assert opened.scope(paths=Path("docs")) == opened.scope(paths=["docs"])  # type: ignore[arg-type]
        midnight = datetime(2026, 4, 2).astimezone()
        assert opened.scope(since=midnight.date()) == opened.scope(since=midnight)


def test_a_search_in_python_is_narrowed_as_in_the_terminal(notes: Path, home: Path) -> None:
    with Library.open(home) as library:
        found = library.search("of oak or spruce", paths=["boats"], types=["md"])
        assert {Path(hit.source).name for hit in found} == {"hull.md", "mast.md"}
        [tagged] = library.search("of oak or spruce", tags=["repair"])
        assert Path(tagged.source).name == "hull.md"
