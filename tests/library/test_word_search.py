"""What only words can find: rare names, file names, misspelt words, scripts without spaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hits import candidates, requested, search, unfiltered
from numpy.typing import NDArray

from ingest.models.embedder import Embedder
from ingest.models.embedding import Embedding
from ingest.pipeline import Ingestion
from ingest.records import fulltext
from ingest.records.database import Database, Row
from ingest.records.fulltext import FullText, Where, full_text, words_out_of_step
from ingest.records.kept_words import KeptWords, kept_words
from ingest.search import shortlist, wordsearch
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.search.word_counts import WordCounts
from ingest.search.wordsearch import WordSearch
from ingest.store import Store
from ragchat.retrieval.policy import ForReader, ForRequest
from ragchat.retrieval.retriever import Retriever

TOPICS = "tides anchors compasses ropes sails lanterns harbours charts gulls storms crews cargo"


@pytest.fixture
def library(store: Store, embedder: Embedder, tmp_path: Path) -> Retriever:
    folder = tmp_path / "vault"
    (folder / "people").mkdir(parents=True)
    for topic in TOPICS.split():
        text = f"Notes on {topic}: how to use them, what they mean and how to fix what is broken."
        (folder / f"{topic}.md").write_text(f"{text}\n")
    (folder / "parts.md").write_text("The winch is a Quorzik, bought in the spring of last year.\n")
    (folder / "people" / "Ida Vantreight.md").write_text("Phone: 555-0199. Likes rowing.\n")
    (folder / "people" / "Olaf Brandt.md").write_text("Phone: 555-0142. Likes the phone.\n")
    (folder / "zh.md").write_text(
        "服务器的证书每三个月更换一次，由运维组负责。\n", encoding="utf-8"
    )
    (folder / "zh2.md").write_text("出差报销需要在两周内提交发票。\n", encoding="utf-8")
    Ingestion(store, embedder).run([folder])
    return Retriever(store, embedder)


def test_a_slip_is_known_in_a_language_that_is_not_the_commonest(
    library: Retriever, tmp_path: Path
) -> None:
    text = "Das Sommerfest ist auf der Wiese hinter dem Haus."
    (tmp_path / "vault" / "fest.md").write_text(f"{text}\n")
    Ingestion(library._store, library.embedder).run([tmp_path / "vault"])
    sent = [passage.text for passage in requested(library, "Wann ist das Somerfest?").passages]
    assert any(text in passage for passage in sent)


@pytest.mark.parametrize(
    ("question", "is_sent"),
    [
        ("Who is Fyodor Lopatin?", True),
        ("fyodor lopatin", True),
        ("Who is Fyodor Petrenko?", False),
        ("Where is the stol?", False),
    ],
)
def test_a_name_in_latin_letters_is_found_in_cyrillic_ones(
    library: Retriever, tmp_path: Path, question: str, is_sent: bool
) -> None:
    text = "Мастер сервисного центра — Фёдор Лопатин, он чинит моторы. Его стол у окна.\n"
    (tmp_path / "vault" / "motor.md").write_text(text, encoding="utf-8")
    Ingestion(library._store, library.embedder).run([tmp_path / "vault"])
    sent = [passage.text for passage in requested(library, question).passages]
    assert any("Лопатин" in passage for passage in sent) == is_sent


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("tell me about moorings please", "moorings"),
        ("how do I use is_at?", "is_at"),
        ("what does FenderLists mean?", "FenderLists"),
    ],
)
def test_a_word_that_is_once_as_it_was_asked_is_first_and_sent(
    library: Retriever, store: Store, tmp_path: Path, question: str, right: str
) -> None:
    others = ["The mooring of mooring {n}: mooring fees.", "A FenderList has a fender; list {n}."]
    for n in range(12):
        text = "\n\n".join(others).replace("{n}", str(n))
        (tmp_path / "vault" / f"note{n}.txt").write_text(text)
    once = "We passed the moorings at dusk.\n\nif boat.is_at(x): pass\n\nclass FenderLists: ..."
    for n, text in enumerate(once.split("\n\n")):
        (tmp_path / "vault" / f"once{n}.txt").write_text(text)
    Ingestion(store, library.embedder).run([tmp_path / "vault"])
    assert right in unfiltered(library, question).passages[0].text
    assert right in requested(library, question).passages[0].text


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("what is tie_bowline?", "def tie_bowline"),
        ("where is tei_bowline used?", "tie_bowline("),
        ("what is KNOT_LIMIT set to?", "KNOT_LIMIT = 9"),
        ("what does tieBowline do?", "def tie_bowline"),
        ("what is knot-limit?", "KNOT_LIMIT = 9"),
        ('which note says "all lines ashore"?', "all lines ashore"),
    ],
)
def test_a_definition_and_a_quoted_phrase_are_first(
    store: Store, embedder: Embedder, tmp_path: Path, question: str, right: str
) -> None:
    use = "We call tie_bowline(rope) and tie_bowline(line) until KNOT_LIMIT, see KNOT_LIMIT."
    shuffled = "The lines: note that all the lines ashore are lines; say all of it ashore."
    for n in range(8):
        (tmp_path / f"use{n}.txt").write_text(f"{use} {n}\n")
        (tmp_path / f"lines{n}.txt").write_text(f"{shuffled} {n}\n")
    (tmp_path / "knots.py").write_text(
        "KNOT_LIMIT = 9\n\n\ndef tie_bowline(rope):\n    return rope.loop(2, over=True)\n"
    )
    (tmp_path / "signal.txt").write_text("Hoist two flags when all lines ashore are let go.\n")
    Ingestion(store, embedder).run([tmp_path])
    assert right in unfiltered(Retriever(store, embedder), question).passages[0].text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Quorzik", "The winch"),
        ("how do I use the Quorzik?", "The winch"),
        ("tell me more about Quorzik please", "The winch"),
        ("What does Quorzick mean?", "The winch"),
        ("What is Ida Vantreight's phone number?", "555-0199"),
        ("证书多久更换一次？", "证书"),
    ],
)
def test_the_passage_that_alone_holds_the_word_is_first_and_sent(
    library: Retriever, question: str, text: str
) -> None:
    assert text in unfiltered(library, question).passages[0].text
    assert text in requested(library, question).passages[0].text


def test_a_file_that_is_renamed_is_found_by_its_new_name(
    library: Retriever, store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    people = tmp_path / "vault" / "people"
    (people / "Ida Vantreight.md").rename(people / "Wilma Oxenford.md")
    Ingestion(store, embedder).run([tmp_path / "vault"])
    assert "555-0199" in unfiltered(library, "Wilma Oxenford").passages[0].text
    assert words_out_of_step(store.database) == []


def _in_two_collections(store: Store, embedder: Embedder, folder: Path) -> Scope:
    """A small collection of ships, which all have a cargo, and a large one of farms."""
    for name in ("ships", "farms"):
        (folder / name).mkdir()
    for town in "Wexmouth Harle Corby Stanhope Olney".split():
        (folder / "ships" / f"{town[:2]}.md").write_text(f"Her cargo goes to {town} in May.\n")
    for n in range(1_000, 1_150):
        text = f"Field {n} grows barley and oats, its barns hold sacks.\n"
        (folder / "farms" / f"{n}.md").write_text(text)
    (folder / "farms" / "bikes.md").write_text("A cargo bike is a bike for cargo: cargo first.\n")
    for name in ("ships", "farms"):
        Ingestion(store, embedder, collection=name).run([folder / name])
    return Scope(collections=("ships", "farms"), kinds=("document",))


@pytest.mark.parametrize("town", ["Wexmouth", "Olney"])
def test_words_are_as_rare_as_they_are_in_all_collections(
    store: Store, tiny: Embedder, tmp_path: Path, town: str
) -> None:
    scope = _in_two_collections(store, tiny, tmp_path)
    query = Retriever(store, tiny).read(f"cargo for {town}")
    found = candidates(store, query.words, query.vector, scope, 50)
    best = max(found, key=lambda candidate: candidate.signals.bm25)
    (passage,) = store.passages.load([best], {}).values()
    assert town in passage.text


def test_a_word_of_another_collection_is_not_misspelt(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    scope = _in_two_collections(store, tiny, tmp_path)
    (tmp_path / "farms" / "ewe.md").write_text("The sheep is called Carga.\n")
    Ingestion(store, tiny, collection="farms").run([tmp_path / "farms"])
    query = Retriever(store, tiny).read("Carga")
    found = candidates(store, query.words, query.vector, scope, 50)
    assert sum(candidate.signals.bm25 > 0 for candidate in found) == 1


def test_words_are_looked_up_while_the_model_computes(
    library: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = library.read("Who bought the Quorzik?")
    asked: list[str] = []
    before: list[str] = []
    rows = Database.rows

    def noted(database: Database, sql: str, values: Sequence[object] = ()) -> list[Row]:
        asked.append(sql)
        return rows(database, sql, values)

    def computed() -> NDArray[np.float32]:
        before.extend(asked)
        return query.vector

    monkeypatch.setattr(Database, "rows", noted)
    ranked = library.rank(replace(query, embedding=Embedding(computed)), Scope())
    assert ranked == library.rank(query, Scope())
    assert sum("MATCH" in sql for sql in before) > 1


def test_an_identifier_counts_as_one_word(store: Store, embedder: Embedder, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("OpenLedgerDB is what we write entries to.\n")
    (tmp_path / "b.md").write_text("Rotate the journal of OpenLedgerDB every midnight.\n")
    (tmp_path / "c.md").write_text("Rotate the journal at midnight: the ledger stays open.\n")
    Ingestion(store, embedder).run([tmp_path])
    retriever = Retriever(store, embedder)
    query = retriever.read("when do we rotate the journal of OpenLedgerDB at midnight?")
    found = candidates(store, query.words, query.vector, Scope(), 10)
    coverage = sorted(one.signals.coverage for one in found)
    assert coverage[-1] > 0.9  # holds every word
    assert coverage[0] < 0.5  # holds the identifier alone, which is one word of four


def test_the_only_passage_with_an_identifier_comes_before_those_with_its_parts(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    for n in range(6):
        text = (
            f"The buoy {n} has a light; a buoy light is a light on a buoy, each light a buoy's.\n"
        )
        (tmp_path / f"{n}.md").write_text(text)
    (tmp_path / "only.md").write_text("Set BuoyLight before the run; it takes a colour.\n")
    for n in range(20):
        (tmp_path / f"crew{n}.md").write_text(
            f"Crew list {n}: cook, mate, boatswain, leased ship.\n"
        )
    Ingestion(store, tiny).run([tmp_path])
    query = Retriever(store, tiny).read("tell me about BuoyLight please")
    found = candidates(store, query.words, query.vector, Scope(), 50)
    best = max(found, key=lambda one: (one.signals.bm25, one.signals.coverage))
    assert "BuoyLight" in store.passages.load([best], {})[best.unit].text
    held = sorted((one.signals.coverage for one in found), reverse=True)
    assert held[0] > 0.9
    assert held[1] < 0.6
    # "please" is not misspelt for "leased".
    crews = [one for one in found if one.signals.bm25 > 0]
    assert len(crews) == 7


@pytest.mark.parametrize(
    ("question", "sends"),
    [
        ("thanks, that helps", False),
        ("Super, danke, alles verstanden!", False),
        ("Merci, compris.", False),
        ("谢谢，太好了", False),
        ("thanks. and the winch?", True),
        ("Whta is a Quorzik?", True),
        ("plaese explian Quorzik", True),
    ],
)
def test_what_asks_for_nothing_sends_nothing_and_misspelt_questions_do(
    library: Retriever, question: str, sends: bool
) -> None:
    assert bool(requested(library, question).hits) == sends


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("What is the exces?", "The excess of the policy is 90 crowns."),
        (
            "Wie hoch ist die Gebühr?",
            "Die Liegegebühr beträgt 9 Kronen, Hafengebühren kommen dazu.",
        ),
        ("Wat is het tarief?", "Het avondtarief is negen kronen."),
    ],
)
def test_a_word_that_no_text_has_stands_for_the_nearest_that_one_has(
    store: Store, tiny: Embedder, tmp_path: Path, asked: str, text: str
) -> None:
    (tmp_path / "a.md").write_text(f"{text}\n")
    (tmp_path / "b.md").write_text("Die Segel werden im Herbst geflickt und im Turm verstaut.\n")
    Ingestion(store, tiny).run([tmp_path])
    query = Retriever(store, tiny).read(asked)
    found = candidates(store, query.words, query.vector, Scope(), 20)
    held = {one.signals.coverage: store.passages.load([one], {})[one.unit].text for one in found}
    assert held[max(held)].strip() == text
    assert max(held) > 0.5


def test_a_compound_finds_the_text_that_has_its_words_apart(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("Für den Hafen ist eine Gebühr von zehn Kronen zu zahlen.\n")
    (tmp_path / "b.md").write_text("Die Segel werden im Herbst geflickt und im Turm verstaut.\n")
    (tmp_path / "c.md").write_text("Für den Turm ist kein Schlüssel mehr zu haben.\n")
    Ingestion(store, tiny).run([tmp_path])
    query = Retriever(store, tiny).read("Wie hoch ist die Hafengebühr?")
    found = candidates(store, query.words, query.vector, Scope(), 20)
    best = max(found, key=lambda one: one.signals.coverage)
    assert "Kronen" in store.passages.load([best], {})[best.unit].text
    assert best.signals.coverage > 0.4


def test_words_of_the_chunk_before_and_after_add_to_what_a_chunk_holds(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    filler = "Nothing else is known of it, and few have ever asked. " * 2
    (tmp_path / "a.md").write_text(
        f"The lighthouse of Skarvholm. {filler}\n\nIts keeper was Ragnfrid. {filler}\n"
    )
    (tmp_path / "b.md").write_text(f"A keeper of bees. {filler}\n\nThe bees swarm. {filler}\n")
    Ingestion(store, tiny).run([tmp_path])
    query = Retriever(store, tiny).read("keeper of the Skarvholm lighthouse")
    found = candidates(store, query.words, query.vector, Scope(), 20)
    texts = {
        passage.text: next(one for one in found if one.unit == unit)
        for unit, passage in store.passages.load(found, {}).items()
    }
    keeper = next(one for text, one in texts.items() if "Ragnfrid" in text)
    bees = next(one for text, one in texts.items() if "keeper of bees" in text)
    assert keeper.signals.coverage == bees.signals.coverage
    assert keeper.beside > 0.2
    assert bees.beside == 0


@pytest.mark.parametrize("word", ["spring", "together", "Reference"])
def test_a_word_of_the_only_file_is_found(
    store: Store, embedder: Embedder, tmp_path: Path, word: str
) -> None:
    (tmp_path / "one.txt").write_text("A reference of springs that are held together.\n")
    Ingestion(store, embedder).run([tmp_path])
    found = search(Retriever(store, embedder), word, ForReader(8))
    assert [passage.kind for passage in found.passages] == ["document"]


def test_the_end_of_a_long_question_counts(library: Retriever) -> None:
    log = "\n".join(f"[{n:03}] 12:{n:02}:07 INFO task {n * 37} done, retries=0" for n in range(40))
    for asked in (
        f"{log}\nfatal: no spring left in the Quorzik",
        f"{log}\n\nWhat is Ida Vantreight's phone number?",
        "What is Ida Vantreight's phone number?\n" + log,
    ):
        wanted = "The winch" if "Quorzik" in asked else "555-0199"
        assert wanted in requested(library, asked).passages[0].text, asked[-60:]


def _crew(store: Store, tiny: Embedder, folder: Path) -> tuple[FullText, WordQuery]:
    """Ninety notes that hold some of three words, of which one is rare; one file is named so."""
    (folder / "log").mkdir()
    for n in range(90):
        held = [
            word for word, every in (("lantern", 30), ("rope", 4), ("sail", 2)) if n % every == 1
        ]
        text = " ".join([f"Note {n} tells of", *held, *held[:1] * (n % 3), "and little else."])
        (folder / "log" / f"{n}.md").write_text(text + "\n")
    (folder / "log" / "lantern.md").write_text("Trim the wick.\n")
    Ingestion(store, tiny).run([folder / "log"])
    index = full_text(store.database, store.look_up("default"), "document")
    return index, WordQuery("lantern rope sail")


@pytest.mark.parametrize("where", [("", ()), (" AND c.id % 3 = ?", (1,))])
def test_a_shortlist_keeps_the_best_and_what_is_wanted(
    store: Store, tiny: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Where
) -> None:
    index, query = _crew(store, tiny, tmp_path)
    monkeypatch.setattr(wordsearch, "COMMON", 1)
    whole = WordSearch(index, WordCounts([index]), query, where).scores()
    last = min(whole.scores, key=lambda chunk: whole.scores[chunk])
    monkeypatch.setattr(wordsearch, "LARGE", 10)
    monkeypatch.setattr(shortlist, "LENGTH", len(whole.scores) * 2 // 3)
    short = WordSearch(index, WordCounts([index]), query, where).scores([last])
    best = sorted(whole.scores, key=lambda chunk: -whole.scores[chunk])[:3]
    assert len(short.scores) < len(whole.scores)
    for chunk in (*best, last):
        assert short.scores[chunk] == pytest.approx(whole.scores[chunk])
        assert short.coverage[chunk] == pytest.approx(whole.coverage[chunk])


@pytest.mark.parametrize(
    ("asked", "behind", "weight"),
    [("rope", "sail", 0.4), ("sail", "rope", 0.4), ("sail rope", "rope", 1.0)],
)
def test_words_of_previous_turns_count_less_than_those_asked(
    store: Store, tiny: Embedder, tmp_path: Path, asked: str, behind: str, weight: float
) -> None:
    for word in ("rope", "sail"):
        (tmp_path / f"{word}.md").write_text(f"A {word}.\n")
    Ingestion(store, tiny).run([tmp_path / "rope.md", tmp_path / "sail.md"])
    index = full_text(store.database, store.look_up("default"), "document")

    def scores(query: WordQuery) -> dict[str, float]:
        found = WordSearch(index, WordCounts([index]), query).scores().scores
        return {text.strip(): found[chunk] for chunk, text in index.texts(list(found)).items()}

    less = scores(WordQuery(asked, behind=behind, behind_weight=0.4))
    full = scores(WordQuery(f"{asked} {behind}"))
    own = f"A {asked.split(maxsplit=1)[0]}."
    assert less[own] == pytest.approx(full[own])
    assert less[f"A {behind}."] == pytest.approx(weight * full[f"A {behind}."])


def test_beyond_a_number_chunks_that_hold_a_word_are_estimated(
    store: Store, tiny: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, _ = _crew(store, tiny, tmp_path)
    exact = index.counts(["lantern", "rope", "sail", "gull"])
    assert exact == {"lantern": 3, "rope": 23, "sail": 45}
    index.kept.counts.clear()
    monkeypatch.setattr(fulltext, "COUNTED", 10)
    counts = index.counts(["lantern", "rope", "sail", "gull"])
    assert counts["lantern"] == 3
    assert counts["rope"] == pytest.approx(23, rel=0.15)
    assert counts["sail"] == pytest.approx(45, rel=0.15)
    assert index.counts(["gull", "sail", "lantern", "rope"]) == counts


def test_what_was_read_is_kept_until_the_library_has_changed(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    index, _ = _crew(store, tiny, tmp_path)

    def kept(size: int, newest: int) -> KeptWords:
        return kept_words(store.database, index.table, size, newest)

    first = kept(10_000, 20_000)
    first.estimates["sail"] = 4_000
    assert index.counts(["rope", "gull"]) == {"rope": 23}
    assert first.counts == {"rope": 23, "gull": 0}
    assert len(index.holding("rope")) == 23
    (tmp_path / "gull.md").write_text("A gull.\n")
    Ingestion(store, tiny).run([tmp_path / "gull.md"])
    index = full_text(store.database, store.look_up("default"), "document")
    assert index.counts(["rope", "gull"]) == {"rope": 23, "gull": 1}
    assert len(index.holding("gull")) == 1


def test_estimates_are_kept_until_the_library_has_changed_by_more() -> None:
    before = KeptWords(size=10_000, newest=20_000)
    assert before.estimates_hold(10_040, 20_060)
    assert not before.estimates_hold(10_000, 20_200)  # as many were added as deleted
    assert not before.estimates_hold(9_000, 20_000)


def test_a_word_of_one_half_of_a_library_is_not_taken_for_one_of_all(
    store: Store, tiny: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(80):
        (tmp_path / f"{n:02}.md").write_text(f"The {'keel' if n < 40 else 'mast'} {n} is oak.\n")
    Ingestion(store, tiny).run(sorted(tmp_path.glob("*.md")))
    monkeypatch.setattr(fulltext, "COUNTED", 8)
    index = full_text(store.database, store.look_up("default"), "document")
    counts = index.counts(["keel", "mast", "oak"])
    assert counts == pytest.approx({"keel": 40, "mast": 40, "oak": 80}, rel=0.1)


def test_the_commonest_words_of_a_question_are_left_out_once_enough_is_read(
    store: Store, tiny: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, query = _crew(store, tiny, tmp_path)
    monkeypatch.setattr(wordsearch, "LARGE", 10)
    monkeypatch.setattr(wordsearch, "COMMON", 1)
    monkeypatch.setattr(wordsearch, "ENOUGH_TERMS", 1)
    for read, found in ((100, 46), (30, 25), (5, 4)):  # sails, ropes, lanterns; with lantern.md
        monkeypatch.setattr(wordsearch, "READ", read)
        assert len(WordSearch(index, WordCounts([index]), query).scores().scores) == found


@pytest.mark.parametrize(
    "asked", ["Что такое Терраформ2?", "Как обновить ансибл?", "вебпак где взять"]
)
def test_a_name_is_found_as_it_is_spoken_in_cyrillic_letters(
    store: Store, tiny: Embedder, tmp_path: Path, asked: str
) -> None:
    (tmp_path / "tools.md").write_text("Webpack bundles, Ansible deploys, Terraform2 plans.\n")
    for n in range(30):
        (tmp_path / f"{n}.md").write_text(f"Мы обновляем каталог номер {n} каждую весну.\n")
    Ingestion(store, tiny).run([tmp_path])
    query = Retriever(store, tiny).read(asked)
    best = max(
        candidates(store, query.words, query.vector, Scope(), 50),
        key=lambda candidate: candidate.signals.coverage,
    )
    (passage,) = store.passages.load([best], {}).values()
    assert "Webpack" in passage.text


def test_a_word_in_two_forms_is_one_word_in_a_library_of_many_languages(
    store: Store, tiny: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("The buoys are painted by the harbour master every spring.\n")
    (tmp_path / "b.md").write_text("The lantern was broken by the storm that came in the night.\n")
    (tmp_path / "c.md").write_text("Die Laternen werden im Winter von der Werft geprüft.\n")
    Ingestion(store, tiny).run([tmp_path])

    def coverages(question: str) -> list[float]:
        query = Retriever(store, tiny).read(question)
        found = candidates(store, query.words, query.vector, Scope(), 50)
        return sorted(one.signals.coverage for one in found)

    asked = coverages("Is there a lantern and a buoy?")
    assert asked[-1] > 0
    assert coverages("Is there a lantern, are there lanterns, and a buoy?") == asked


def test_a_code_is_what_is_asked_for_whatever_the_language(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    for n in range(3100, 3109):
        (tmp_path / f"{n}.md").write_text(f"Fault K{n}: the winch {n % 7} has lost its brake.\n")
    for n in range(60):
        (tmp_path / f"{n}.md").write_text(f"Berth {n} is let to a family by the year.\n")
    Ingestion(store, embedder).run([tmp_path])
    retriever = Retriever(store, embedder)
    for asked, is_sent in (
        ("Welche Ursache hat die Störung K3108?", True),
        ("Que veut dire la panne k-3108 ?", True),
        ("Welche Ursache hat die Störung K3109?", False),
    ):
        found = retriever.retrieve(retriever.read(asked), Scope(), ForRequest(8)).passages
        assert any("K3108" in passage.text for passage in found[:1]) is is_sent
