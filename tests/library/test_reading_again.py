"""Of several readings of a conversation the newest decides, in whatever order they come."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import Output
from exports import chatgpt

from ingest.intake.options import RunOptions
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.memory import Memory

JUNE = 1_780_000_000.0
NODES = {
    "q": (None, "user", "I take sugar in tea."),
    "a": ("q", "assistant", "Noted: sugar."),
    "q2": (None, "user", "I take honey in tea."),
    "a2": ("q2", "assistant", "Noted: honey."),
}


def export(path: Path, nodes: Sequence[str], title: str = "", day: int = 0) -> Path:
    tree = chatgpt(nodes[-1], *((node, *NODES[node]) for node in nodes))
    tree[0] |= {"title": title or None, "create_time": JUNE}
    for n, node in enumerate(nodes):
        tree[0]["mapping"][node]["message"]["create_time"] = JUNE + 60 * n
    path.write_text(json.dumps(tree))
    os.utime(path, (JUNE + 86_400 * (day + 1),) * 2)
    return path


def lines(path: Path, *turns: dict[str, object], day: int = 0) -> Path:
    path.write_text("\n".join(json.dumps({"conversation": "c", **turn}) for turn in turns))
    os.utime(path, (JUNE + 86_400 * (day + 1),) * 2)
    return path


def said(store: Store) -> list[str]:
    memory = Memory(store, "default")
    (listed,) = memory.entries()
    exchanges = memory.conversation(listed.id).exchanges
    return [
        turn.text for found in exchanges for turn in (found.question, found.answer) if turn.text
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_was_edited_away_leaves_memory_whichever_export_comes_first(
    store: Store, embedder: Embedder, tmp_path: Path, order: Sequence[int]
) -> None:
    files = [
        export(tmp_path / "may.json", ["q", "a"]),
        export(tmp_path / "june.json", ["q", "a", "q2", "a2"], "Tea", day=1),
    ]
    for n in order:
        Ingestion(store, embedder).run([files[n]])
    assert said(store) == ["I take honey in tea.", "Noted: honey."]
    (listed,) = Memory(store, "default").entries()
    assert listed.title == "Tea"
    assert not store.database.scalar("SELECT count(*) FROM chunks WHERE text LIKE '%sugar%'")


def test_an_edited_turn_replaces_its_words_and_the_report_counts_it(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    first = {"id": 1, "role": "user", "text": "The gate code is 4711."}
    path = lines(tmp_path / "a.jsonl", first)
    Ingestion(store, embedder).run([path])
    lines(path, {**first, "text": "The gate code is 1147."}, day=1)
    report = Ingestion(store, embedder).run([path])
    assert (report.turns, report.turns_changed) == (0, 1)
    assert said(store) == ["The gate code is 1147."]
    assert store.database.scalar("SELECT text FROM chunks") == "The gate code is 1147."
    old = lines(tmp_path / "old.jsonl", first)
    assert Ingestion(store, embedder).run([old]).turns_changed == 0
    assert said(store) == ["The gate code is 1147."]


def test_turns_without_ids_are_known_by_words_and_neighbours(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    talk: list[dict[str, object]] = [
        {"speaker": who, "text": words, "time": f"2026-05-01T09:0{n}:00Z"}
        for n, (who, words) in enumerate(
            [("Ana", "Peas or beans?"), ("Ben", "Beans, blue ones."), ("Ana", "Twelve poles.")]
        )
    ]
    path = lines(tmp_path / "a.jsonl", *talk)
    Ingestion(store, embedder).run([path])
    before: dict[str, object] = {
        "speaker": "Ana",
        "text": "The compost is ripe.",
        "time": "2026-05-01T08:00:00Z",
    }
    edited = {**talk[1], "text": "Beans, green ones."}
    report = Ingestion(store, embedder).run([lines(path, before, talk[0], edited, talk[2], day=1)])
    assert (report.turns, report.turns_changed) == (1, 1)
    assert said(store) == [
        "The compost is ripe.",
        "Peas or beans?",
        "Beans, green ones.",
        "Twelve poles.",
    ]


def test_a_title_that_was_given_here_stays(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    Ingestion(store, embedder).run([export(tmp_path / "a.json", ["q", "a"], "Tea")])
    memory = Memory(store, "default")
    memory.rename("chatgpt:c", "Mine")
    Ingestion(store, embedder).run([export(tmp_path / "a.json", ["q", "a"], "Tee", day=2)])
    assert memory.entries()[0].title == "Mine"


def test_what_was_forgotten_stays_forgotten_in_a_newer_export(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    Ingestion(store, embedder).run([export(tmp_path / "a.json", ["q", "a"])])
    memory = Memory(store, "default")
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_conversation("chatgpt:c")
    forgetting.run(with_answers=False, index=lambda: memory.index(embedder))
    report = Ingestion(store, embedder).run([export(tmp_path / "b.json", ["q", "a"], day=1)])
    assert (report.turns, report.forgotten) == (0, 2)
    assert memory.entries() == []


CHAT = "User: Which rope for the anchor?\n\nAssistant: Nylon, it gives in a swell.\n"
LATER = "\nUser: How long should it be?\n\nAssistant: Seven times the depth of the water.\n"


def chat(path: Path, text: str, day: int = 0) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (JUNE + 86_400 * (day + 1),) * 2)
    return path


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_chat_without_an_id_is_known_in_another_folder_and_under_another_name(
    store: Store, tiny: Embedder, tmp_path: Path, order: Sequence[int]
) -> None:
    files = [
        chat(tmp_path / "a" / "rope.txt", CHAT),
        chat(tmp_path / "b" / "rope (1).txt", CHAT + LATER, day=1),
    ]
    for n in order:
        Ingestion(store, tiny).run([files[n]])
    assert len(said(store)) == 4
    copy = chat(tmp_path / "c" / "copy.txt", CHAT, day=2)
    assert Ingestion(store, tiny).run([copy]).turns == 0


def test_chats_that_only_begin_alike_are_two(store: Store, tiny: Embedder, tmp_path: Path) -> None:
    other = LATER.replace("long", "thick").replace("Seven times", "A tenth of")
    for n, text in enumerate((CHAT + LATER, CHAT + other)):
        Ingestion(store, tiny).run([chat(tmp_path / str(n) / "rope.txt", text)])
    assert len(Memory(store, "default").entries()) == 2


@pytest.mark.parametrize("whole", [True, False])
def test_what_was_forgotten_does_not_return_with_a_copy(
    store: Store, tiny: Embedder, tmp_path: Path, *, whole: bool
) -> None:
    Ingestion(store, tiny).run([chat(tmp_path / "a" / "rope.txt", CHAT + LATER)])
    memory = Memory(store, "default")
    (listed,) = memory.entries()
    exchanges = memory.conversation(listed.id).exchanges
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges(found.id for found in (exchanges if whole else exchanges[:1]))
    forgetting.run(with_answers=False, index=lambda: memory.index(tiny))
    copy = chat(tmp_path / "b" / "rope (1).txt", CHAT + LATER, day=1)
    assert Ingestion(store, tiny).run([copy]).turns == 0
    assert Ingestion(store, tiny, options=RunOptions(again=True)).run([copy]).turns == (
        4 if whole else 2
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_chat_that_begins_later_in_another_export_is_not_doubled(
    store: Store, tiny: Embedder, tmp_path: Path, order: Sequence[int]
) -> None:
    lines = [
        f"1{n}/02/2026, 21:0{n} - {who}: Word {n}\n"
        for n, who in enumerate(("Ana", "Bo", "Ana", "Bo"))
    ]
    files = [
        chat(tmp_path / name / "WhatsApp Chat with Crew.txt", "".join(part), day)
        for name, part, day in (("a", lines[:3], 0), ("b", lines[1:], 1))
    ]
    for n in order:
        Ingestion(store, tiny).run([files[n]])
    assert sorted(said(store)) == ["Word 0", "Word 1", "Word 2", "Word 3"]
    if order == (0, 1):
        (listed,) = Memory(store, "default").entries()
        assert len(Memory(store, "default").conversation(listed.id).exchanges) == 2


def event(kind: str, **payload: object) -> str:
    at = "2026-05-12T08:00:00Z"
    return json.dumps({"timestamp": at, "type": kind, "payload": payload})


def test_an_answer_that_codex_rolled_back_leaves_memory(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    rows = [
        event("session_meta", id="c", cwd="/srv", timestamp="2026-05-12T08:00:00Z"),
        event("event_msg", type="user_message", message="Which rope?"),
        event("event_msg", type="agent_message", message="Nylon."),
        event("event_msg", type="user_message", message="Wrong question"),
        event("event_msg", type="agent_message", message="Wrong answer."),
    ]
    path = chat(tmp_path / "a" / "rollout.jsonl", "\n".join(rows))
    Ingestion(store, tiny).run([path])
    rows.append(event("event_msg", type="thread_rolled_back", num_turns=1))
    Ingestion(store, tiny).run([chat(path, "\n".join(rows), day=1)])
    assert said(store) == ["Which rope?", "Nylon."]


def test_an_export_of_which_all_was_forgotten_says_so_when_it_is_named_again(
    ragchat: Output, tmp_path: Path
) -> None:
    path = export(tmp_path / "may.json", ["q", "a"])
    ragchat("ingest", path)
    (listed,) = json.loads(ragchat("conversations", "list", "--json")[1])
    assert "forgotten" not in ragchat("ingest", path)[2]
    ragchat("conversations", "delete", listed["id"], "--yes")
    assert "no turn of may.json is in memory: --again brings back forgotten ones" in (
        ragchat("ingest", path)[2].replace(f"{tmp_path}/", "")
    )
    ragchat("ingest", path, "--again")
    assert "forgotten" not in ragchat("ingest", path)[2]


def test_a_session_that_was_rolled_back_as_a_whole_is_not_called_forgotten(
    ragchat: Output, tmp_path: Path
) -> None:
    rows = [
        event("session_meta", id="c", cwd="/srv", timestamp="2026-05-12T08:00:00Z"),
        event("event_msg", type="user_message", message="Wrong question"),
        event("event_msg", type="agent_message", message="Wrong answer."),
    ]
    path = chat(tmp_path / "rollout.jsonl", "\n".join(rows))
    ragchat("ingest", path)
    rows.append(event("event_msg", type="thread_rolled_back", num_turns=1))
    chat(path, "\n".join(rows), day=1)
    ragchat("ingest", path)
    said = ragchat("ingest", path)[2]
    assert "rollout.jsonl is in memory" in said
    assert "were forgotten" not in said


@pytest.mark.parametrize("option", [[], ["--conversations"]])
def test_a_folder_in_which_nothing_is_found_is_named(
    ragchat: Output, tmp_path: Path, option: list[str]
) -> None:
    folder = tmp_path / "projects"
    (folder / "-home-wren-shop").mkdir(parents=True)
    (folder / "-home-wren-shop" / "agent-1.jsonl").write_text("{}")
    code, _, err = ragchat("ingest", *option, folder)
    assert (code, "no files to read in" in err) == (0, True)


def test_a_conversation_that_is_in_two_files_is_counted_once(
    ragchat: Output, tmp_path: Path
) -> None:
    export(tmp_path / "may.json", ["q", "a"])
    export(tmp_path / "june.json", ["q", "a", "q2", "a2"], day=1)
    _, out, _ = ragchat("ingest", "--conversations", tmp_path)
    assert out.startswith("ChatGPT: 1 conversation, ")


def test_a_dry_run_says_how_long_it_took_and_counts_the_rest_in_words(
    ragchat: Output, tmp_path: Path
) -> None:
    talk = {"chats": [{"messages": [{"role": role, "fragments": [1]} for role in ("user", "ai")]}]}
    for n in range(6):
        (tmp_path / f"big-agi-{n}.json").write_text(json.dumps(talk))
    _, out, _ = ragchat("ingest", "--dry-run", "--json", tmp_path)
    assert json.loads(out)["seconds"] > 0
    _, _, err = ragchat("ingest", "--dry-run", tmp_path)
    assert "… and 1 more chat file that is not read" in err


SUGAR = "I take sugar in tea.", "Which tea is green?"
CHINI = "मैं चाय में चीनी लेता हूँ।", "कौन सी चाय हरी है?"


@pytest.mark.parametrize(
    ("said", "title", "given", "left"),
    [
        (SUGAR, "Tea habits", None, "Tea habits"),  # what is left speaks of tea, too
        (SUGAR, "Sugar habits", None, "(untitled)"),
        (SUGAR, "Morning habits", None, "Morning habits"),
        (SUGAR, "Tea habits", "My sugar talk", "My sugar talk"),
        (CHINI, "चीनी की आदत", None, "(untitled)"),
    ],
)
def test_a_title_that_a_tool_made_of_what_is_forgotten_goes_with_it(
    ragchat: Output,
    tmp_path: Path,
    said: tuple[str, str],
    title: str,
    given: str | None,
    left: str,
) -> None:
    turns = [("q", None, "user", said[0]), ("a", "q", "assistant", "Noted.")]
    turns += [("q2", "a", "user", said[1]), ("a2", "q2", "assistant", "Sencha.")]
    tree = chatgpt("a2", *turns)
    tree[0]["title"] = title
    path = tmp_path / "chatgpt.json"
    path.write_text(json.dumps(tree))
    ragchat("ingest", path)
    (listed,) = json.loads(ragchat("conversations", "list", "--json")[1])
    if given:
        ragchat("conversations", "rename", listed["id"], given)
    hits = json.loads(ragchat("recall", said[0], "--json")[1])
    ragchat("forget", next(hit["id"] for hit in hits if said[0] in hit["text"]))
    (listed,) = json.loads(ragchat("conversations", "list", "--json")[1])
    assert listed["title"] == left
