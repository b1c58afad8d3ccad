"""What a new user meets in the first hour: no key, an empty library, `/in`, `/tag`, `@path`."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Output, loads
from fakes import ScriptedClaude

from ingest.models.embedder import Embedder


def test_without_a_key_nothing_is_loaded_or_searched(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_EMBEDDING_MODEL", "/no/such/model")
    code, out, err = ragchat("ask", "Who is on watch?")
    assert (code, out) == (3, "")
    assert err.startswith("ragchat: no API key: set ANTHROPIC_API_KEY")


@pytest.mark.parametrize("command", ["show", "remove"])
def test_a_file_in_another_folder_is_found_by_its_name(
    ragchat: Output, notes: Path, command: str
) -> None:
    (notes / "crew").mkdir()
    (notes / "crew" / "hull.md").write_text("# Hull\n\nThe crew paint the hull.\n")
    loads(ragchat("ingest", notes, "--json"))
    code, _, err = ragchat("sources", command, "hull.md", "--yes")
    assert code == 2
    assert f"hull.md is not in the library: did you mean {notes}/boats/hull.md or {notes}/cr" in err
    code, out, err = ragchat("sources", command, "boats/Mast.md", "--yes")
    assert (code, "mast.md" in out + err) == (0 if command == "show" else 2, True)


@pytest.mark.parametrize(
    "narrowing", [("--in", "sails/**"), ("--type", "scroll"), ("--tag", "lost")], ids=str
)
def test_nothing_is_sent_about_documents_that_do_not_exist(
    ragchat: Output, notes: Path, server: ScriptedClaude, narrowing: tuple[str, str]
) -> None:
    code, _, err = ragchat("ask", "What is the hull of?", *narrowing)
    assert (code, server.requests) == (2, [])
    assert f"no document matches {' '.join(narrowing)}" in err
    code, _, err = ragchat("search", "hull", *narrowing)
    assert code == 0
    assert f"nothing found: no document matches {' '.join(narrowing)}" in err


def test_an_empty_path_is_not_the_current_folder(
    ragchat: Output, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(notes)
    code, out, err = ragchat("ingest", "")
    assert (code, out) == (2, "")
    assert "the path is empty" in err


def test_a_search_in_an_empty_library_loads_no_model(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_EMBEDDING_MODEL", "/no/such/model")
    code, out, err = ragchat("search", "oak")
    assert (code, out) == (0, "")
    assert "nothing found: the library is empty" in err


def test_recall_without_conversations_says_so_and_loads_no_model(
    ragchat: Output, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_EMBEDDING_MODEL", "/no/such/model")
    code, out, err = ragchat("recall", "oak")
    assert (code, out) == (0, "")
    assert "there are no conversations yet" in err


def test_a_question_about_the_library_is_not_answered_with_nothing(
    ragchat: Output, notes: Path
) -> None:
    _, out, err = ragchat("search", "Which documents do I have?")
    assert "3 files" in out
    assert "nothing found" not in err


@pytest.mark.parametrize("command", ["search", "recall"])
def test_a_search_in_an_empty_library_says_that_it_is_empty(
    ragchat: Output, tiny: Embedder, command: str
) -> None:
    code, out, err = ragchat(command, "oak")
    assert (code, out) == (0, "")
    assert "the library is empty; `ragchat ingest FOLDER` reads documents" in err
    assert loads(ragchat(command, "oak", "--json")) == []


def test_files_are_listed_by_a_pattern_of_their_name(ragchat: Output, notes: Path) -> None:
    for pattern, names in (("m*.md", {"mast.md"}), ("boats", {"hull.md", "mast.md"})):
        listed = loads(ragchat("sources", "list", pattern, "--json"))
        assert {Path(source["path"]).name for source in listed} == names
    code, _, err = ragchat("sources", "list", "sails")
    assert code == 2
    assert err == "ragchat: no file matches 'sails': the library has 3\n"


def test_a_title_that_is_the_name_of_the_file_is_not_repeated(ragchat: Output, notes: Path) -> None:
    (notes / "rig.py").write_text("def rig() -> str:\n    return 'sloop'\n")
    loads(ragchat("ingest", notes / "rig.py", "--json"))
    _, out, _ = ragchat("sources", "list", "rig*")
    assert out.count("rig.py") == 1


def test_what_is_not_named_of_many_failures_is_named_with_verbose(
    ragchat: Output, tmp_path: Path
) -> None:
    for number in range(6):
        (tmp_path / f"{number}.docx").write_bytes(b"PK but not a document")
    code, _, err = ragchat("ingest", tmp_path)
    assert (code, err.count("failed /")) == (1, 5)
    assert "… and 1 more failed (--verbose names them)" in err
    _, _, err = ragchat("ingest", tmp_path, "--verbose")
    assert err.count("failed /") == 6


def test_a_quiet_run_names_nothing_but_what_failed(ragchat: Output, notes: Path) -> None:
    (notes / "photo.png").write_bytes(b"not read")
    assert ragchat("ingest", notes, "--quiet") == (0, "", "")
    (notes / "letter.docx").write_bytes(b"PK but not a document")
    code, out, err = ragchat("ingest", notes, "-q")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"failed {notes}/letter.docx: damaged")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("open",), "there is no command 'open': did you mean `ragchat sources show`?"),
        (("who is on watch",), "did you mean `ragchat ask 'who is on watch'`?"),
        (("--continue",), "did you mean `ragchat ask --continue`?"),
        (("ask", "oak?", "-c"), "there is no option -c: did you mean --continue?"),
        (("search", "oak", "-n", "2"), "there is no option -n: did you mean --top-k?"),
        (("ingest", ".", "-r"), "folders are read with all that is below them"),
        (("ingest", "https://ship.example/log"), "https://ship.example/log is an address: save"),
        (("config", "top_k", "3"), "did you mean `ragchat config set top_k VALUE`?"),
        (("config", "set", "top_k"), "a value is missing: `ragchat config set top_k VALUE`"),
        (("config", "set", "top_k=three"), "top_k is 'three': write a whole number"),
        (("conversations", "rm", "k7"), "did you mean `ragchat conversations delete`?"),
        (("sources", "add", "."), "did you mean `ragchat ingest`?"),
        (("help", "no", "such", "page"), "no page is about 'no such page'"),
        (("xyzzy",), "there is no command 'xyzzy': `ragchat --help` lists them"),
        (
            ("search", "oak", "--top-k", "2", "--profile", "none"),
            "there is no profile 'none'",
        ),
        (("ask", "oak?", "--effort", "hi"), "--effort is 'hi': use auto, low, medium, high, max"),
        (("ask", "oak?", "--model", " "), "--model is ' ': write a name"),
        (("config", "set", "top_k", "three"), "top_k is 'three': write a whole number from 1 up"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_slip_is_one_line_that_says_what_to_write(
    ragchat: Output, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = ragchat(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("ragchat: ")
    assert err.count("\n") == 1
    assert said in err


def test_status_compares_with_the_full_history_only_where_it_differs(
    ragchat: Output, tiny: Embedder, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("ask", "How deep is the lock, in feet?", "--no-context", "--continue")
    assert ragchat(*asked[:-1])[0] == 0
    assert "in 1 request\n" in ragchat("status")[1]
    monkeypatch.setenv("RAGCHAT_WINDOW_TOKENS", "1")
    assert ragchat(*asked)[0] == 0
    assert "in 2 requests (with the full history $" in ragchat("status")[1]
