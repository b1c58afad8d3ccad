"""What a new user meets in the first hour: no key, an empty library, `/in`, `/tag`, `@path`."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from commands import Output, loads
from emulator import Emulator
from fakes import Broken, Reply, ScriptedClaude

from ingest.document import KINDS
from ingest.models.embedder import Embedder
from ingest.search.scope import Scope
from ragchat.cli.common import Common
from ragchat.cli.interactive import InteractiveSession
from ragchat.cli.narrowing import widened
from ragchat.errors import UsageError
from ragchat.library.chat_options import ChatOptions
from ragchat.library.filters import in_documents
from ragchat.library.library import Library
from ragchat.terminal.parts import fitted
from ragchat.terminal.repl import Repl
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ragchat.terminal.line_editor import LineEditor

Typing = Callable[[str], str]
"""Takes a line of the session; returns what the screen shows then."""


class Editor:
    """The status that a session sets; nobody types here."""

    status: object = ()


@pytest.fixture
def notes(tmp_path: Path, tiny: Embedder, ragchat: Output) -> Path:
    """A library of three files, two of them about boats and one of these tagged."""
    folder = tmp_path / "notes"
    (folder / "boats").mkdir(parents=True)
    (folder / "boats" / "hull.md").write_text("---\ntags: [repair]\n---\n\nThe hull is of oak.\n")
    (folder / "boats" / "mast.md").write_text("# Mast\n\nThe mast is of spruce.\n")
    (folder / "crew.md").write_text("# Crew\n\nThe crew are four.\n")
    loads(ragchat("ingest", folder, "--json"))
    return folder


@pytest.fixture
def session(notes: Path, home: Path, server: ScriptedClaude) -> Iterator[InteractiveSession]:
    terminal = Emulator(100, 40)
    common = Common(home, None, False, False, True)
    screen = Screen(terminal, terminal, io.StringIO())
    with InteractiveSession(common, common.settings(), screen, ChatOptions()) as opened:
        yield opened


@pytest.fixture
def type_line(session: InteractiveSession) -> Typing:
    editor = cast("LineEditor", Editor())
    repl = Repl(session, session.screen, editor)

    def typed(line: str) -> str:
        terminal = session.screen.out.file
        assert isinstance(terminal, Emulator)
        terminal.screen.erase_in_display(3)
        terminal.screen.cursor_position()
        repl.run_line(line)
        repl.finish()
        return terminal.text()

    return typed


def test_what_is_in_use_is_shown_and_numbers_of_a_list_hold_in_its_collection_alone(
    type_line: Typing, ragchat: Output
) -> None:
    assert "model: claude-sonnet-5-5" in type_line("/model")
    type_line("Is the cook awake?")
    assert "Is the cook awake? (in use)" in type_line("/conversations")
    assert "now searching only 1 document: hull.*" in type_line("/in 'hull.*'")
    type_line("/collection yard")
    assert "there is no conversation '1'" in type_line("/conversations 1")
    spent = next(line for line in ragchat("status")[1].splitlines() if line.startswith("spent"))
    assert spent[17] == "$"  # below the values of the lines before it


def test_without_a_key_nothing_is_loaded_or_searched(
    ragchat: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_EMBEDDING_MODEL", "/no/such/model")
    code, out, err = ragchat("ask", "Who is on watch?")
    assert (code, out) == (3, "")
    assert err.startswith("ragchat: no API key: set ANTHROPIC_API_KEY")


def test_a_question_that_was_taken_back_is_not_the_title_of_the_next_one(
    session: InteractiveSession, type_line: Typing
) -> None:
    type_line("Is the cook a drunkard?")
    assert "forgot 1 exchange" in type_line("/undo")
    type_line("How many are the crew?")
    assert "drunkard" not in type_line("/conversations")
    type_line("Is the mate a gambler?")
    type_line("/undo")
    assert session.chat.conversation.title == "How many are the crew?"


def test_an_exchange_that_is_not_stored_can_be_taken_back(
    notes: Path, home: Path, server: ScriptedClaude
) -> None:
    common = Common(home, None, False, False, True)
    terminal = Emulator(100, 40)
    screen = Screen(terminal, terminal, io.StringIO())
    with InteractiveSession(common, common.settings(), screen, ChatOptions(save=False)) as session:
        repl = Repl(session, screen, cast("LineEditor", Editor()))
        for line in ("What is the hull of?", "And the mast?", "/undo"):
            repl.run_line(line)
        assert "took back 1 exchange" in terminal.text()
        (left,) = session.chat.conversation.exchanges
        assert left.question.text == "What is the hull of?"


def test_an_unknown_exchange_is_looked_for_with_the_session_s_own_command(
    type_line: Typing,
) -> None:
    assert "/recall shows the ids" in type_line("/forget abcd")


def test_forgetting_in_a_session_names_what_was_said_again(
    type_line: Typing, session: InteractiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Screen, "confirm", lambda *args: True)
    type_line("What is the hull of?")
    type_line("/new")
    type_line("What is the hull of?")
    first, second = (
        session.chat.memory.conversation(listed.id).exchanges[0].id
        for listed in session.conversations()
    )
    type_line(f"/forget {first}")
    said = " ".join(cast("Emulator", session.screen.err.file).text().split())
    assert f"the same was said in 1 more exchange ({second[:12]}" in said


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


def test_a_session_begins_within_paths_and_tags_that_it_can_lift(
    session: InteractiveSession, type_line: Typing
) -> None:
    chosen = in_documents(Scope(), ("boats",), (), ("repair",))
    session.begin_within(chosen)
    assert session.narrowed == "boats #repair"
    assert "memory" not in session.scope.kinds
    type_line("/tag")
    type_line("/in")
    assert session.scope.kinds == KINDS
    with pytest.raises(UsageError, match="no document matches --in sails"):
        session.begin_within(in_documents(Scope(), ("sails",)))
    lifted = widened("all", narrowed=chosen, docs_only=False, memory_only=False, no_context=False)
    assert lifted == Scope()


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
    _, _, err = ragchat("search", "Which documents do I have?")
    assert "3 files" in err
    assert "nothing found" not in err


@pytest.mark.parametrize("command", ["search", "recall"])
def test_a_search_in_an_empty_library_says_that_it_is_empty(
    ragchat: Output, tiny: Embedder, command: str
) -> None:
    code, out, err = ragchat(command, "oak")
    assert (code, out) == (0, "")
    assert "the library is empty; `ragchat ingest FOLDER` reads documents" in err
    assert loads(ragchat(command, "oak", "--json")) == []


def test_questions_are_narrowed_to_paths_and_tags_until_that_is_lifted(
    session: InteractiveSession, type_line: Typing, server: ScriptedClaude
) -> None:
    assert "now searching only 2 documents: boats" in type_line("/in boats")
    type_line("How many are the crew?")
    assert "crew are four" not in str(server.requests[-1])
    assert "now searching only 1 document: repair" in type_line("/tag repair")
    assert session.narrowed == "boats #repair"
    assert "no document has a path like sails" in type_line("/in sails")
    assert session.narrowed == "boats #repair"
    assert "now searching #repair" in type_line("/in")
    assert "now searching everything" in type_line("/tag")
    type_line("How many are the crew?")
    assert "crew are four" in str(server.requests[-1])


def test_an_answer_without_any_passage_says_so(
    type_line: Typing, ragchat: Output, server: ScriptedClaude
) -> None:
    type_line("/collection other")
    shown = type_line("How many are the crew?")
    assert "no relevant passages found in the library" in shown
    assert "no relevant" not in ragchat("ask", "How many?", "--no-context", "--no-save")[2]


def test_another_collection_is_searched_whole(
    session: InteractiveSession, type_line: Typing
) -> None:
    type_line("/in boats")
    assert "new conversation in other: 0 files" in type_line("/collection other")
    assert session.narrowed == ""
    assert type_line("/collection") == "default, other (in use, empty)"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_status_keeps_the_model_and_what_is_searched(
    session: InteractiveSession, columns: int
) -> None:
    session.narrow(("boats/**",), None)
    shown = fitted(session.status(), columns)
    assert len(shown) <= columns
    assert shown.endswith("only boats/** · claude-sonnet-5-5")
    assert ("exchanges" in shown) == (columns > 80)


def test_the_last_answer_of_a_continued_conversation_is_copied_and_its_sources_named(
    type_line: Typing,
    server: ScriptedClaude,
    notes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(notes)
    copied = tmp_path / "copied"
    (tmp_path / "wl-copy").write_text(f"#!/bin/sh\ncat > {copied}\n")
    (tmp_path / "wl-copy").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    server.script.append(Reply([("Of oak.", [(0, "hull is of oak")])]))
    type_line("What is the hull made of?")
    type_line("/new")
    type_line("/conversations hull")
    assert "boats/hull.md:1-5" in type_line("/sources")
    assert "copied with wl-copy" in type_line("/copy")
    assert "Of oak" in copied.read_text()


def test_a_file_is_attached_before_a_full_stop_and_one_that_is_missing_is_named(
    type_line: Typing,
    notes: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(notes)
    assert "attached: crew.md, 3 lines" in type_line("Summarize @crew.md.")
    shown = type_line("Summarize @boats/huul.md, and thank @anna.")
    assert "@boats/huul.md is not a file here, and is sent as text" in shown
    assert "@anna is not" not in shown


def test_files_are_listed_by_a_pattern_of_their_name(ragchat: Output, notes: Path) -> None:
    for pattern, names in (("m*.md", {"mast.md"}), ("boats", {"hull.md", "mast.md"})):
        listed = loads(ragchat("sources", "list", pattern, "--json"))
        assert {Path(source["path"]).name for source in listed} == names
    code, _, err = ragchat("sources", "list", "sails")
    assert code == 2
    assert err == "ragchat: no file matches 'sails': the library has 3\n"


def test_an_exchange_is_found_and_forgotten_by_its_short_id(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script.append(Reply("The keel was laid in 1911."))
    assert ragchat("ask", "When was the keel laid?", "--no-context")[0] == 0
    [hit] = loads(ragchat("recall", "When was the keel laid?", "--json"))
    for command in ("recall", "search"):
        _, out, _ = ragchat(command, "When was the keel laid?")
        assert f"] {hit['id'][:8]}  " in out
    assert ragchat("conversations", "show", hit["id"][:8])[1].count("1911") == 1
    code, out, _ = ragchat("forget", hit["id"][:8], "--yes")
    assert (code, out) == (0, "forgot 1 exchange\n")
    assert loads(ragchat("recall", "When was the keel laid?", "--json")) == []


def test_a_search_in_python_is_narrowed_as_in_the_terminal(notes: Path, home: Path) -> None:
    with Library.open(home) as library:
        found = library.search("of oak or spruce", paths=["boats"], types=["md"])
        assert {Path(hit.source).name for hit in found} == {"hull.md", "mast.md"}
        [tagged] = library.search("of oak or spruce", tags=["repair"])
        assert Path(tagged.source).name == "hull.md"


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


@pytest.fixture
def cut_short(ragchat: Output, tiny: Embedder, server: ScriptedClaude) -> str:
    """The id of a conversation whose only answer broke off."""
    server.script.append(Broken("reset", "The keel was laid"))
    assert ragchat("ask", "When was the keel laid?", "--no-context")[0] == 4
    [listed] = loads(ragchat("conversations", "list", "--json"))
    return str(listed["id"])


def test_a_conversation_is_shown_and_continued_by_its_title(
    ragchat: Output, cut_short: str, server: ScriptedClaude
) -> None:
    code, out, _ = ragchat("conversations", "show", "the KEEL")
    assert code == 0
    assert out.rstrip().endswith("The keel was laid\n(cut off)")
    assert ragchat("ask", "And then?", "--no-context", "--conversation", "keel")[0] == 0
    assert "When was the keel laid?" in str(server.requests[-1])
    [listed] = loads(ragchat("conversations", "list", "keel", "--json"))
    assert (listed["id"], listed["exchanges"]) == (cut_short, 2)


def test_a_part_of_an_id_deletes_only_after_asking_or_with_yes(
    ragchat: Output, cut_short: str
) -> None:
    for part in (cut_short[:4], "keel"):
        code, _, err = ragchat("conversations", "delete", part)
        assert code == 2
        assert f"{part!r} is only a part of {cut_short}: give the whole id, or --yes" in err
    code, out, _ = ragchat("conversations", "delete", cut_short[:4], "--yes")
    assert (code, out) == (0, "forgot 1 exchange\n")
    assert loads(ragchat("conversations", "list", "--json")) == []


def test_a_title_is_the_question_without_its_attachments(
    ragchat: Output, notes: Path, server: ScriptedClaude
) -> None:
    assert ragchat("ask", "Who is it?", "--file", notes / "crew.md", "--docs-only")[0] == 0
    [listed] = loads(ragchat("conversations", "list", "--json"))
    assert listed["title"] == "Who is it?"


def test_status_compares_with_the_full_history_only_where_it_differs(
    ragchat: Output, tiny: Embedder, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("ask", "How deep is the lock, in feet?", "--no-context", "--continue")
    assert ragchat(*asked[:-1])[0] == 0
    assert "in 1 request\n" in ragchat("status")[1]
    monkeypatch.setenv("RAGCHAT_WINDOW_TOKENS", "1")
    assert ragchat(*asked)[0] == 0
    assert "in 2 requests (with the full history $" in ragchat("status")[1]
