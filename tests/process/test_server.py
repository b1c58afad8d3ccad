"""A library whose index is on a Chroma server: what it sends, and what it does without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Output
from fakes import Reply, ScriptedClaude
from served import free_port, raised, running
from test_vectors import NAME, unit_rows
from wiped import remains

from ingest.errors import StoreError
from ingest.index import limits
from ingest.index.chroma import served_client
from ingest.index.chroma_server import Address, Server
from ingest.index.vectors import Vectors

FINGERPRINT = NAME.rpartition(".")[2]


@pytest.fixture(scope="module")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with running(tmp_path_factory.mktemp("served") / "chroma", port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def served(chroma_url: str, tmp_path: Path) -> Iterator[Vectors]:
    """An index of its own on the server."""
    index = Vectors(Server(Address.parse(chroma_url), f"{abs(hash(tmp_path)):x}"))
    index.open()
    yield index
    index.close()


def test_a_served_index_adds_finds_filters_and_deletes(served: Vectors) -> None:
    rows = unit_rows(400)
    ids = [f"id{number}" for number in range(400)]
    times = [limits.metadata(float(number), "c") for number in range(400)]
    served.add(NAME, ids, rows, times, ids)
    first = served.search(NAME, rows[17], 1, None)[0]
    assert first.id == "id17"
    assert first.cosine == pytest.approx(1.0, abs=1e-5)
    assert served.search(NAME, rows[0], 1, {"time": {"$gte": 399.0}})[0].id == "id399"
    assert served.ids(NAME) == set(ids)
    served.delete(NAME, ids[:399])
    assert served.count(NAME) == 1
    served.erase()
    served.open()
    assert served.count(NAME) == 0


def test_a_record_that_is_nearly_a_megabyte_of_text_fits(served: Vectors) -> None:
    served.add(NAME, ["a", "b"], unit_rows(2), [None, None], ["x" * 10_000_000, "é\0" * 9_000])
    assert served.count(NAME) == 2


def test_erasing_leaves_the_collections_of_other_libraries(chroma_url: str) -> None:
    one, other = (Vectors(Server(Address.parse(chroma_url), name)) for name in ("one", "other"))
    for index in (one, other):
        index.open()
        index.add(NAME, ["a"], unit_rows(1), [None])
    one.erase()
    assert other.count(NAME) == 1


def test_a_library_on_a_server_is_searched_and_forgotten(
    ragchat: Output, home: Path, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Tides\n\nThe harbour gauge is read at noon.\n")
    assert ragchat("ingest", note)[0] == 0
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    code, out, err = ragchat("search", "harbour gauge")
    assert (code, "read at noon" in out) == (0, True), err
    assert "was not on this Chroma server until now" in err
    assert not (home / "chroma").exists()
    assert ragchat("search", "harbour gauge")[2] == ""
    client = served_client(chroma_url, {}, "default_tenant", "default_database")
    (mine,) = (
        collection
        for collection in client.list_collections()
        if FINGERPRINT not in collection.name and "document" in collection.name
    )
    assert "read at noon" in mine.get()["documents"][0]
    assert "the index" not in ragchat("doctor")[1]
    code, _, err = ragchat("sources", "remove", note, "--yes")
    assert (code, mine.count()) == (0, 0)
    assert "the Chroma server may keep" in err
    monkeypatch.delenv("RAGCHAT_CHROMA_URL")
    assert ragchat("ingest", note, "--again")[0] == 0
    assert (home / "chroma").exists()


def test_a_backup_restored_into_another_home_leaves_the_index_of_the_first(
    ragchat: Output, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    (tmp_path / "note.md").write_text("The harbour gauge is read at noon.\n")
    ragchat("ingest", tmp_path / "note.md")
    ragchat("backup", tmp_path / "b.db")
    (tmp_path / "other.md").write_text("The ferry leaves at eight.\n")
    ragchat("ingest", tmp_path / "other.md")
    assert ragchat("restore", tmp_path / "b.db", "--home", tmp_path / "second")[0] == 0
    assert "the index" not in ragchat("doctor")[1]
    code, out, err = ragchat("search", "harbour gauge", "--home", tmp_path / "second")
    assert (code, "read at noon" in out, err) == (0, True, "")


def test_a_server_that_lost_everything_is_told_again(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    (tmp_path / "note.md").write_text("The harbour gauge is read at noon.\n")
    with running(tmp_path / "first", port):
        assert ragchat("ingest", tmp_path / "note.md")[0] == 0
    code, out, err = ragchat("search", "harbour gauge")
    assert (code, "read at noon" in out) == (0, True)
    assert "cannot be reached" in err
    with running(tmp_path / "second", port):
        code, out, err = ragchat("search", "harbour gauge")
        assert (code, "read at noon" in out) == (0, True), err
        assert "lacks 1 of 1 record " in err


def test_a_copied_home_gets_a_part_of_its_own_and_leaves_the_first_as_it_is(
    ragchat: Output, home: Path, chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", chroma_url)
    for name, text in (("owls.md", "Owls hunt at dusk.\n"), ("wrens.md", "Wrens nest in May.\n")):
        (tmp_path / name).write_text(text)
    ragchat("ingest", tmp_path / "owls.md", tmp_path / "wrens.md")
    copied = tmp_path / "copied"
    shutil.copytree(home, copied, symlinks=True)
    code, out, err = ragchat("search", "owls at dusk", "--home", copied)
    assert (code, "Owls hunt" in out) == (0, True)
    assert "was not on this Chroma server until now" in err
    assert ragchat("sources", "remove", tmp_path / "owls.md", "--yes", "--home", copied)[0] == 0
    code, out, err = ragchat("search", "owls at dusk")
    assert (code, "Owls hunt" in out, err) == (0, True, "")
    for place in (home, copied):
        assert "the index" not in ragchat("doctor", "--home", place)[1]
    home.rename(tmp_path / "renamed")  # which is no copy
    assert ragchat("search", "owls at dusk", "--home", tmp_path / "renamed")[2] == ""


def test_what_is_forgotten_while_the_server_is_away_is_gone_here_and_owed_there(
    ragchat: Output, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    note = tmp_path / "note.md"
    note.write_text("The vault code is pomegranate.\n")
    with running(tmp_path / "chroma", port):
        assert ragchat("ingest", note)[0] == 0
    code, out, err = ragchat("forget", "--source", note, "--yes", "--json")
    done = json.loads(out)
    assert (code, done["owed"], done["waiting"]) == (0, ["index"], 1)
    assert "cannot be reached" in done["problem"]
    assert remains(home, ["pomegranate"], []) == []
    assert ragchat("forget", "--source", note, "--yes")[0] == 2
    code, out, err = ragchat("status")
    assert (code, "not wiped from every file yet: the Chroma server" in err) == (0, True)
    assert "not yet wiped" in out
    with running(tmp_path / "chroma", port):
        assert "finished wiping" in ragchat("sources", "list")[2]
        client = served_client(f"http://127.0.0.1:{port}", {}, "default_tenant", "default_database")
        assert [collection.count() for collection in client.list_collections()] == [0]
    assert json.loads(ragchat("status", "--json")[1])["owed"] == []


def test_with_wait_a_server_that_is_away_is_an_error(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    note = tmp_path / "note.md"
    note.write_text("The vault code is pomegranate.\n")
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    with running(tmp_path / "chroma", port):
        ragchat("ingest", note)
    code, _, err = ragchat("forget", "--source", note, "--yes", "--wait")
    assert (code, "cannot be reached" in err) == (5, True)
    assert "forgotten, but not wiped from every file yet" in err


def test_without_its_server_a_library_is_read_searched_and_asked(
    ragchat: Output,
    server: ScriptedClaude,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", f"http://127.0.0.1:{port}")
    (tmp_path / "a.md").write_text("# Bees\n\nThe hives are opened in April.\n")
    with running(tmp_path / "chroma", port):
        assert ragchat("ingest", tmp_path / "a.md")[0] == 0
    (tmp_path / "b.md").write_text("# Apples\n\nThe orchard is pruned in winter.\n")
    code, _, err = ragchat("ingest", tmp_path / "b.md")
    assert (code, err.count("cannot be reached")) == (0, 1)
    for question, answer in (("beekeeping", "hives"), ("when are trees cut", "orchard")):
        code, out, err = ragchat("search", question)
        assert (code, answer in out) == (0, True), err
        assert "using the vectors stored here" in err
    server.script.append(Reply("In April."))
    code, out, err = ragchat("ask", "When are the hives opened?")
    assert (code, "In April" in out) == (0, True), err
    with running(tmp_path / "chroma", port):
        assert ragchat("search", "beekeeping")[2] == ""
        assert "the index" not in ragchat("doctor")[1]


def test_a_server_killed_between_two_searches_is_an_error_and_then_well_again(
    tmp_path: Path,
) -> None:
    port = free_port()
    index = Vectors(Server(Address.parse(f"http://127.0.0.1:{port}"), "tests"))
    rows = unit_rows(1)
    with running(tmp_path / "chroma", port):
        index.open()
        index.add(NAME, ["a"], rows, [None])
        assert index.search(NAME, rows[0], 1, None)
    with pytest.raises(StoreError, match="the Chroma server at"):
        index.search(NAME, rows[0], 1, None)
    with running(tmp_path / "chroma", port):
        index.open()
        assert index.search(NAME, rows[0], 1, None)[0].id == "a"


@pytest.mark.parametrize("query", ["tenant=nobody", "database=nowhere"])
def test_a_wrong_tenant_or_database_is_named(chroma_url: str, query: str) -> None:
    assert query.partition("=")[2] in raised(f"{chroma_url}?{query}")
