from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads

from ragchat.errors import UsageError
from ragchat.evaluation.labelled import read_set


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def memory_set(tmp_path: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    said = [
        ("Ana", "I adopted a grey cat from the shelter."),
        ("Ben", "Lovely! What is it called?"),
        ("Ana", "Her name is Pepper, and she sleeps all day."),
        ("Ben", "I am learning to bake rye bread this winter."),
    ]
    turn = {"session": 1, "date": "1:56 pm on 8 May, 2023"}
    rows = [
        turn | {"conv": conv, "id": f"D1:{n}", "speaker": who, "text": text}
        for conv in ("a", "b")
        for n, (who, text) in enumerate(said, 1)
    ]
    lines(folder / "turns.jsonl", rows)
    asked = {"conv": "b", "category": 4}
    lines(
        folder / "questions.jsonl",
        [
            asked | {"qid": "q1", "question": "Who sleeps all day?", "evidence": ["D1:3"]},
            asked | {"qid": "q2", "question": "Who bakes rye bread?", "evidence": ["D1:4"]},
            asked | {"qid": "q3", "question": "Twisted?", "evidence": ["D1:4"], "category": 5},
            asked | {"qid": "q4", "question": "No answer?", "evidence": []},
        ],
    )
    return folder


@pytest.fixture
def span_set(tmp_path: Path) -> Path:
    folder = tmp_path / "spans"
    folder.mkdir()
    text = "# Tea\n\nSteep green tea at 70 degrees.\n\n# Rust\n\nIron rusts in salt water.\n"
    (folder / "notes.md").write_text(text, encoding="utf-8")
    start = text.index("Iron")
    reference = {"start": start, "end": start + 25}
    question = {"qid": 0, "question": "What does iron do in salt water?", "corpus": "notes"}
    lines(folder / "questions.jsonl", [question | {"refs": [reference]}])
    return folder


def test_a_memory_set_is_asked_turn_by_turn(ragchat: Output, home: Path, memory_set: Path) -> None:
    found = loads(ragchat("eval", memory_set, "--json"))
    first, *others = found["categories"]
    assert first["R@5"] == {"mean": 1.0, "margin": 0.0, "n": 2}
    assert [question["category"] for question in others if question["apart"]] == ["5"]
    assert found["items"] == 8


def test_what_is_sent_is_reported_beside_what_is_ranked(
    ragchat: Output, home: Path, memory_set: Path
) -> None:
    found = loads(ragchat("eval", memory_set, "--json"))
    whole, *others = found["categories"]
    assert whole["sent"]["n"] == 2
    assert whole["sent"]["mean"] == found["request"]["recall"]
    assert ["sent" in category for category in others if category["apart"]] == [False]
    _, out, _ = ragchat("eval", memory_set)
    assert out.splitlines()[0].split("\t")[-1] == "sent"


def test_questions_of_one_conversation_are_asked_of_another(
    ragchat: Output, home: Path, memory_set: Path
) -> None:
    # Both say the same here, so what is asked is answered: that is what must show.
    found = loads(ragchat("eval", memory_set, "--unanswerable", "--json"))["unanswerable"]
    assert (found["asked"], found["sent"]) == (2, 1.0)
    assert found["tokens"] > 0
    assert found["first_person"]["asked"] == 0


def test_questions_of_one_half_of_documents_are_asked_of_the_other(
    ragchat: Output, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    texts = [
        "Marmots whistle at eagles from the highest rock.",
        "Rye bread is baked in a hot stone oven.",
        "The ferry to the island leaves at noon.",
        "My boots are drying in the attic since the storm.",
    ]
    lines(folder / "docs.jsonl", [{"id": n, "text": text} for n, text in enumerate(texts)])
    asked = [
        ("At what do marmots whistle?", [0]),
        ("When does the ferry to the island leave?", [2]),
        ("Where are my boots drying?", [3]),
    ]
    lines(
        folder / "questions.jsonl",
        [{"qid": n, "question": q, "relevant": ids} for n, (q, ids) in enumerate(asked)],
    )
    found = loads(ragchat("eval", str(folder), "--unanswerable", "--json"))
    assert found["categories"][0]["sent"]["n"] == 3
    assert found["request"]["recall"] == 1.0
    assert found["unanswerable"]["asked"] == 2
    assert found["unanswerable"]["sent"] == 0.0
    assert found["unanswerable"]["first_person"] == {"asked": 1, "sent": 0.0}
    _, out, _ = ragchat("eval", str(folder), "--unanswerable")
    assert "2 questions that nothing answers: 0.0% sent something" in out


def test_one_file_has_no_other_half(ragchat: Output, home: Path, span_set: Path) -> None:
    code, out, err = ragchat("eval", str(span_set), "--unanswerable", "--json")
    assert code == 0
    assert "unanswerable" not in json.loads(out)
    assert "needs two conversations or two files" in err
    assert ragchat("eval", "--own", "3", "--unanswerable")[0] == 2


def test_a_run_file_that_cannot_be_written_is_told_before_the_work(
    ragchat: Output, memory_set: Path, tmp_path: Path
) -> None:
    code, out, err = ragchat("eval", memory_set, "--run-file", tmp_path / "nowhere" / "run.jsonl")
    assert (code, out) == (2, "")
    assert f"cannot write {tmp_path / 'nowhere' / 'run.jsonl'}" in err
    assert "reading" not in err


def test_the_run_file_holds_the_ids_whose_text_stands_in_each_result(
    ragchat: Output, home: Path, memory_set: Path, tmp_path: Path
) -> None:
    assert ragchat("eval", str(memory_set), "--run-file", str(tmp_path / "run.jsonl"))[0] == 0
    written = (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["qid"] for row in rows] == ["q1", "q2", "q3"]
    best = rows[0]["results"][0]
    assert best["ids"] == ["D1:3"]
    assert best["text"] == "Her name is Pepper, and she sleeps all day."
    assert (best["source"], best["start"], best["end"]) == ("b", 0, len(best["text"]))


def test_a_run_compared_with_itself_differs_by_nothing(
    ragchat: Output, home: Path, memory_set: Path, tmp_path: Path
) -> None:
    file = str(tmp_path / "run.jsonl")
    ragchat("eval", str(memory_set), "--run-file", file)
    found = loads(ragchat("eval", str(memory_set), "--compare", file, "--json"))
    assert found["difference"]["R@10"] == {"mean": 0.0, "margin": 0.0, "n": 2}


def test_spans_are_characters_of_the_file_as_given(
    ragchat: Output, home: Path, span_set: Path, tmp_path: Path
) -> None:
    file = tmp_path / "run.jsonl"
    found = loads(ragchat("eval", str(span_set), "--run-file", str(file), "--json"))
    assert found["categories"][0]["recall in 3,400 characters"]["mean"] == 1.0
    best = json.loads(file.read_text(encoding="utf-8"))["results"][0]
    given = (span_set / "notes.md").read_text(encoding="utf-8")
    assert given[best["start"] : best["end"]] == best["text"]


def test_a_document_is_ranked_by_its_best_part(ragchat: Output, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    long = "Filler about nothing in particular. " * 80 + "The marmot whistles at eagles."
    lines(folder / "docs.jsonl", [{"id": 7, "text": long}, {"id": 9, "text": "Bread and salt."}])
    lines(
        folder / "questions.jsonl",
        [{"qid": 1, "question": "At what does the marmot whistle?", "relevant": [7]}],
    )
    figures = loads(ragchat("eval", str(folder), "--json"))["categories"][0]
    assert figures["nDCG@10"]["mean"] == 1.0


def test_the_own_library_is_probed(ragchat: Output, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "The lighthouse keeper polishes the brass lamp every evening.\n\n"
        "Fishermen mend their torn nets on the wooden pier at dawn.\n",
        encoding="utf-8",
    )
    ragchat("ingest", str(tmp_path / "a.md"))
    found = loads(ragchat("eval", "--own", "5", "--json"))
    assert found["found"] == 1.0
    assert found["false_alarms"] == 0.0
    assert found["from_nowhere"] > 20


def test_an_empty_library_cannot_be_probed(ragchat: Output, home: Path) -> None:
    ended = ragchat("eval", "--own", "5")
    assert ended[0] == 2
    assert "ingest" in ended[2]


@pytest.mark.parametrize("arguments", [(), ("SET", "--own", "3"), ("--own", "3", "--compare", "x")])
def test_eval_wants_a_set_or_the_own_library(
    ragchat: Output, home: Path, arguments: tuple[str, ...]
) -> None:
    assert ragchat("eval", *arguments)[0] == 2


def test_a_folder_that_is_no_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no questions\.jsonl"):
        read_set(tmp_path)
    (tmp_path / "questions.jsonl").write_text("{nonsense", encoding="utf-8")
    (tmp_path / "docs.jsonl").write_text('{"id": 1, "text": "a"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="fix it"):
        read_set(tmp_path)


def test_a_correction_of_the_evidence_is_used(tmp_path: Path) -> None:
    turn = {"conv": "a", "speaker": "x", "text": "t"}
    lines(tmp_path / "turns.jsonl", [turn | {"id": 1}, turn | {"id": 2}])
    asked = {"conv": "a", "qid": 1, "question": "?", "category": 1}
    rows = [asked | {"evidence": [1], "evidence_fixed": [2]}]
    lines(tmp_path / "questions.jsonl", rows)
    assert read_set(tmp_path).questions[0].wanted == (2,)
