"""A secret of each kind, planted wherever a text comes in, stands in no byte of the library."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import exports
import pytest
from commands import Output
from fakes import Reply, ScriptedClaude
from planted import AWS_SECRET, PLANTED

from ingest.conversation import Turn
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.terminal.input_history import InputHistory

SAID = "\n\n".join(f"The {kind} is:\n{secret}\nKeep it." for kind, secret in PLANTED.items())
SAID += f"\n\nMy aws_secret_access_key is {AWS_SECRET}."
FORMS = {
    "notes.md": f"# Keys {PLANTED['Slack token']}\n\n{SAID}",
    "page.html": f"<title>{PLANTED['GitHub token']}</title><pre>{SAID}</pre>",
    "settings.py": f'KEYS = """{SAID}"""',
    "windows.txt": SAID.replace("\n", "\r\n"),
    f"{PLANTED['Google key']}.md": "The name says it.",
}


def lines() -> Iterator[bytes]:
    """The secrets; of those of many lines, each line by itself."""
    for secret in (*PLANTED.values(), AWS_SECRET):
        yield from (line.encode() for line in secret.splitlines() if "-----" not in line)


def planted_in(home: Path) -> dict[str, bytes]:
    """The files below a folder in which a secret, or its first half, stands."""
    files = [path for path in home.rglob("*") if path.is_file() and "models" not in path.parts]
    assert files
    return {
        path.name: line
        for path in files
        for line in lines()
        if line[: max(24, len(line) // 2)] in path.read_bytes()
    }


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in FORMS.items():
        (folder / name).write_bytes(text.encode())
    export = exports.claude_ai(exports.human(SAID), name=SAID)
    exports.file(folder, "conversations.json", export)
    exports.file(folder, "untitled.jsonl", exports.turn(f"{PLANTED['JWT']} {SAID}"))
    return folder


def test_what_is_ingested_leaves_no_secret(docs: Path, home: Path, ragchat: Output) -> None:
    talks = (docs / "conversations.json", docs / "untitled.jsonl")
    code, out, _ = ragchat("ingest", *talks, docs, "--json")
    assert code == 0
    report = json.loads(out)
    masked = {Path(file["path"]).name: file["kinds"] for file in report["masked"]}
    assert set(masked) == {*FORMS, "conversations.json", "untitled.jsonl"} - {report_name()}
    for kinds in masked.values():
        assert {*PLANTED, "AWS secret key"} <= set(kinds)
    assert [Path(file["path"]).name for file in report["skipped"]] == ["[Google key].md"]
    assert planted_in(home) == {}


def test_what_names_a_turn_leaves_no_secret_either(
    tmp_path: Path, home: Path, ragchat: Output
) -> None:
    names = [PLANTED[kind] for kind in ("Stripe key", "GitLab token", "npm token", "Google key")]
    fields = dict(zip(("conversation", "id", "model", "origin"), names, strict=True))
    for speaker, role in (("Ann", "user"), ("", "assistant")):
        fields["id"] = f"{role} {names[1]}"
        said = exports.turn(f"The tide turns, says {role}.", speaker, role=role, **fields)
        with (tmp_path / "talk.jsonl").open("a") as file:
            file.write(json.dumps(said) + "\n")
    assert ragchat("ingest", tmp_path / "talk.jsonl")[0] == 0
    _, listed, _ = ragchat("conversations", "list", "--json")
    (conversation,) = json.loads(listed)
    assert conversation["exchanges"] == 1
    assert planted_in(home) == {}
    assert [name for name in names if name in listed] == []


def report_name() -> str:
    """The file that is left out for its name."""
    return f"{PLANTED['Google key']}.md"


def test_what_is_said_is_sent_as_typed_and_leaves_no_secret(
    home: Path, ragchat: Output, server: ScriptedClaude
) -> None:
    server.script.append(Reply(f"So it is.\n\n{SAID}"))
    code, _, _ = ragchat("ask", SAID, "--json")
    assert code == 0
    assert PLANTED["Anthropic key"] in json.dumps(server.requests[0])
    code, out, _ = ragchat("ask", "And what did I say of my GitHub token?", "--continue", "--json")
    assert code == 0
    assert PLANTED["GitHub token"] not in json.dumps(server.requests[1])
    assert "[GitHub token]" in json.dumps(server.requests[1])
    ragchat("conversations", "rename", json.loads(out)["conversation"], SAID)
    InputHistory(home / "history").add(SAID)
    assert planted_in(home) == {}


def test_the_window_goes_on_with_what_is_stored(store: Store) -> None:
    memory = Memory(store, "default")
    key = PLANTED["PyPI token"]
    question, answer = (
        Turn("user", key, exports.NOON, "q"),
        Turn("assistant", key, exports.NOON, "a"),
    )
    conversation, _ = memory.remember(new_conversation(exports.NOON), question, answer)
    assert conversation == memory.conversation(conversation.id)
    assert conversation.title == conversation.exchanges[0].question.text == "[PyPI token]"


def test_titles_and_summaries_are_masked_by_whoever_writes_them(store: Store) -> None:
    key, row = PLANTED["JWT"], store.collection("default")
    conversation = new_conversation(exports.NOON)
    written = store.conversations.put(row, conversation)
    store.conversations.rename(written, f"about {key}")
    store.summaries.put(written, f"It was {key}.", "x")
    found = store.conversations.conversation(row, conversation.id)
    assert found is not None
    assert found.title == "about [JWT]"
    assert store.summaries.find(written) == ("It was [JWT].", "x")


def test_a_masked_passage_is_found_cited_and_points_to_its_lines(
    tmp_path: Path, ragchat: Output, server: ScriptedClaude
) -> None:
    key = PLANTED["private key"]
    (tmp_path / "harbour.md").write_text(f"# Harbour\n\nThe lock's private key:\n\n{key}\n\nEnd.\n")
    ragchat("ingest", tmp_path / "harbour.md")
    _, out, _ = ragchat("ask", "Is there a private key of the harbour lock?", "--json")
    (found,) = json.loads(out)["sources"]
    assert found["cited"]
    assert "[private key]" in found["text"]
    assert key.splitlines()[1] not in json.dumps(server.requests)
    assert (found["start_line"], found["end_line"]) == (1, 7 + key.count("\n"))


def test_one_line_tells_what_was_masked_where(tmp_path: Path, ragchat: Output) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"{PLANTED['Anthropic key']} and {PLANTED['JWT']} and {PLANTED['JWT']}x")
    _, _, err = ragchat("ingest", file)
    assert f"masked in {file}: 1 Anthropic key, 2 JWTs" in err.replace(os.linesep, " ")


def test_the_title_of_an_untitled_export_holds_no_half_of_a_secret(
    tmp_path: Path, ragchat: Output
) -> None:
    said = f"my-token-{PLANTED['PyPI token']}"
    ragchat("ingest", exports.file(tmp_path, "talk.jsonl", exports.turn(said)))
    _, out, _ = ragchat("conversations", "list", "--json")
    assert [row["title"] for row in json.loads(out)] == ["my-token-[PyPI token]"]
