"""The times that a question names, and what they do to memory."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hits import search

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ingest.text.language import language_of
from ragchat.query.dates import BEGINNING, END, named_times
from ragchat.query.order import said_order
from ragchat.retrieval.fusion import IN_TIME
from ragchat.retrieval.library_facts import LibraryFacts
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retriever

NOW = datetime(2024, 5, 15, 15).astimezone()  # a Wednesday
APRIL = datetime(2024, 4, 2, 12).timestamp()


def days(
    question: str, now: datetime | None = NOW, code: str | None = None
) -> list[tuple[str, str]]:
    """The first and the last day of each time, in the local calendar."""
    return [
        (
            interval.start.astimezone().date().isoformat(),
            (interval.end.astimezone().date() - timedelta(1)).isoformat(),
        )
        for interval in named_times(question, now, code).intervals
    ]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened on 2023-05-08?", "2023-05-08", "2023-05-08"),
        ("the meeting on 8 May 2023", "2023-05-08", "2023-05-08"),
        ("who came on May 8th?", "2024-05-08", "2024-05-08"),
        ("who came on the second of May?", "2024-05-02", "2024-05-02"),
        ("wer kam am ersten April 2023?", "2023-04-01", "2023-04-01"),
        ("the plan of October 13, 2023", "2023-10-13", "2023-10-13"),
        ("what was bought in March?", "2024-03-01", "2024-03-31"),
        ("what was bought in July?", "2023-07-01", "2023-07-31"),
        ("sales in March 2022", "2022-03-01", "2022-03-31"),
        ("and in 2023?", "2023-01-01", "2023-12-31"),
        ("who rang last Tuesday?", "2024-05-14", "2024-05-14"),
        ("who rang last Wednesday?", "2024-05-08", "2024-05-08"),
        ("who rang on Monday?", "2024-05-13", "2024-05-13"),
        ("the talk of yesterday", "2024-05-14", "2024-05-14"),
        ("the plan for last week", "2024-05-06", "2024-05-12"),
        ("the bill of last month", "2024-04-01", "2024-04-30"),
        ("our trip last year", "2023-01-01", "2023-12-31"),
        ("the leak two weeks ago", "2024-04-29", "2024-05-05"),
        ("the bug of this morning", "2024-05-15", "2024-05-15"),
        ("the trip last summer", "2023-06-01", "2023-08-31"),
        ("was geschah am 8. Mai 2023?", "2023-05-08", "2023-05-08"),
        ("wer kam letzten Dienstag?", "2024-05-14", "2024-05-14"),
        ("qui est venu mardi dernier ?", "2024-05-14", "2024-05-14"),
        ("¿quién vino la semana pasada?", "2024-05-06", "2024-05-12"),
        ("the walk last weekend", "2024-05-11", "2024-05-12"),
        ("wer kam letztes Wochenende?", "2024-05-11", "2024-05-12"),
        ("qui est venu le week-end dernier ?", "2024-05-11", "2024-05-12"),
        ("the leak a few days ago", "2024-05-09", "2024-05-13"),
        ("das Leck vor ein paar Tagen", "2024-05-09", "2024-05-13"),
        ("la fuite il y a quelques jours", "2024-05-09", "2024-05-13"),
        ("the bill a fortnight ago", "2024-04-29", "2024-05-05"),
        ("sales in Q3 2023", "2023-07-01", "2023-09-30"),
        ("sales of Q1/2024", "2024-01-01", "2024-03-31"),
        ("the third quarter of 2022", "2022-07-01", "2022-09-30"),
        ("die Zahlen im dritten Quartal 2022", "2022-07-01", "2022-09-30"),
        ("las ventas del tercer trimestre de 2022", "2022-07-01", "2022-09-30"),
        ("what was sold in Q1?", "2024-01-01", "2024-03-31"),
        ("the sales of last quarter", "2024-01-01", "2024-03-31"),
        ("who came between 3 May and 7 May 2023?", "2023-05-03", "2023-05-07"),
        ("what was bought between March and June 2023?", "2023-03-01", "2023-06-30"),
        ("wer kam zwischen Montag und Mittwoch, also am Dienstag?", "2024-05-14", "2024-05-14"),
        ("what broke in the last few weeks?", "2024-04-01", "2024-05-15"),
        ("who rang the other day?", "2024-05-05", "2024-05-14"),
    ],
)
def test_a_time_is_read_as_days_of_the_calendar(question: str, first: str, last: str) -> None:
    assert days(question) == [(first, last)]


@pytest.mark.parametrize(
    "question",
    [
        "this may be slow, may I stop it?",
        "May 2 people share a library?",
        "why do they march on?",
        "does step 8 may fail?",
        "what is new in version 2.31?",
        "what happens at 10:30, in a second?",
        "is issue 2023 about port 2049?",
        "does it fit in 2000 tokens?",
        "CVE-2024-12",
        "the last week of the trial",
        "is there water on Mars?",
        "every Monday, or next Monday",
        "the quarter of an hour",
        "a third quarter moon",
        "does Q4 in the exam count?",
        "a few days later he was ill",
        "hier ist es warm",
        "how late may I come?",
        "the start may fail",
        "is the shop open at the weekend?",
    ],
)
def test_what_could_be_something_else_is_no_time(question: str) -> None:
    assert days(question) == []


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Chi ha chiamato la settimana scorsa?", "2024-05-06", "2024-05-12"),
        ("Che cosa è stato venduto a marzo?", "2024-03-01", "2024-03-31"),
        ("la multa di tre settimane fa", "2024-04-22", "2024-04-28"),
        ("Quem ligou na semana passada?", "2024-05-06", "2024-05-12"),
        ("O que foi vendido em março?", "2024-03-01", "2024-03-31"),
        ("a multa há três semanas", "2024-04-22", "2024-04-28"),
        ("Wie belde er afgelopen dinsdag?", "2024-05-14", "2024-05-14"),
        ("Wat is er in maart verkocht?", "2024-03-01", "2024-03-31"),
        ("de boete van drie weken geleden", "2024-04-22", "2024-04-28"),
        ("Кто звонил на прошлой неделе?", "2024-05-06", "2024-05-12"),
        ("Что продали в марте?", "2024-03-01", "2024-03-31"),
        ("штраф месяц назад", "2024-04-01", "2024-04-30"),
        ("上周四谁打来电话？", "2024-05-09", "2024-05-09"),
        ("三月份卖了什么？", "2024-03-01", "2024-03-31"),
        ("三个星期前的罚单", "2024-04-22", "2024-04-28"),
        ("3月到4月之间卖了什么？", "2024-03-01", "2024-04-30"),
        ("先週の木曜日に誰が電話しましたか？", "2024-05-09", "2024-05-09"),
        ("3月に何を売りましたか？", "2024-03-01", "2024-03-31"),
        ("三週間前の罰金", "2024-04-22", "2024-04-28"),
        ("2023年6月7日の請求書", "2023-06-07", "2023-06-07"),
    ],
)
def test_times_in_other_languages(question: str, first: str, last: str) -> None:
    assert days(question, code=language_of(question)) == [(first, last)]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Che cosa è cambiato dal 3 aprile?", "it"),
        ("O que mudou desde 3 de abril?", "pt"),
        ("Wat is er sinds 3 april veranderd?", "nl"),
        ("Что изменилось с 3 апреля?", "ru"),
        ("4月3日以来有什么变化？", "zh"),
        ("4月3日以降に何が変わりましたか？", "ja"),
    ],
)
def test_an_open_end_in_other_languages(question: str, code: str) -> None:
    (since,) = named_times(question, NOW, code).intervals
    assert (f"{since.start.astimezone():%Y-%m-%d}", since.end) == ("2024-04-03", END)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("who fell ill in the second week of April?", "2024-04-08", "2024-04-14"),
        ("the storm of the last week of March 2023", "2023-03-25", "2023-03-31"),
        ("who came in early march?", "2024-03-01", "2024-03-12"),
        ("the storm of mid-January", "2024-01-09", "2024-01-22"),
        ("the storm of the week before last", "2024-04-29", "2024-05-05"),
        ("half a year ago it was broken", "2023-11-01", "2023-11-30"),
        ("das Leck vor drei Tagen", "2024-05-12", "2024-05-12"),
        ("der Sturm in der ersten Aprilwoche", "2024-04-01", "2024-04-07"),
        ("der Sturm Ende Februar", "2024-02-19", "2024-02-29"),
        ("der Sturm vorletzte Woche", "2024-04-29", "2024-05-05"),
        ("l'orage de la deuxième semaine d'avril", "2024-04-08", "2024-04-14"),
        ("l'orage de mi-janvier", "2024-01-09", "2024-01-22"),
        ("les orages des trois derniers jours", "2024-05-12", "2024-05-15"),
        ("la tormenta de finales de febrero", "2024-02-19", "2024-02-29"),
        ("la tormenta de la segunda semana de abril", "2024-04-08", "2024-04-14"),
        ("il temporale di metà gennaio", "2024-01-09", "2024-01-22"),
        ("il temporale dell'estate del 2023", "2023-06-01", "2023-08-31"),
        ("a tempestade na segunda semana de abril", "2024-04-08", "2024-04-14"),
        ("a tempestade do início de março", "2024-03-01", "2024-03-12"),
        ("de storm eind februari", "2024-02-19", "2024-02-29"),
        ("de storm in de zomer van 2023", "2023-06-01", "2023-08-31"),
        ("буря в конце февраля 2024 года", "2024-02-19", "2024-02-29"),
        ("буря на позапрошлой неделе", "2024-04-29", "2024-05-05"),
        ("四月第二周谁生病了？", "2024-04-08", "2024-04-14"),
        ("2023年第二季度的账单", "2023-04-01", "2023-06-30"),
        ("２０２３年３月上旬の嵐", "2023-03-01", "2023-03-12"),
        ("先々週の嵐", "2024-04-29", "2024-05-05"),
        ("去年の夏の嵐", "2023-06-01", "2023-08-31"),
    ],
)
def test_a_part_of_a_time_is_read_as_what_it_may_be(question: str, first: str, last: str) -> None:
    assert days(question, code=language_of(question)) == [(first, last)]


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("What did I tell you at the end of March?", True),
        ("Was habe ich dir im zweiten Quartal 2023 erzählt?", True),
        ("Que t'ai-je dit avant février 2024 ?", True),
        ("¿Qué te dije a principios de marzo?", True),
        ("Che cosa ti ho detto nell'estate del 2023?", True),
        ("O que eu te disse antes de abril de 2024?", True),
        ("Wat heb ik je in de eerste week van maart verteld?", True),
        ("Что я тебе рассказывал до апреля 2024 года?", True),
        ("三月以来我跟你说了什么？", True),
        ("3月下旬、私は何を話しましたか？", True),
        ("What happened at the end of March?", False),
        ("What does the report say of early March?", False),
        ("Wer hat Anfang März unterschrieben?", False),
        ("1991年8月底发生了什么？", False),
    ],
)
def test_what_was_said_in_a_time_asks_for_nothing_else(question: str, alone: bool) -> None:
    assert named_times(question, NOW, language_of(question)).alone is alone


def test_after_in_dutch_is_on_in_portuguese() -> None:
    assert named_times("na terça-feira", NOW, "pt").span.end < END
    assert named_times("na dinsdag 14 mei", NOW, "nl").span.end == END


def test_without_a_clock_only_times_with_a_year_are_known() -> None:
    asked = "in March, last Tuesday, on 8 May and in June 2023"
    assert days(asked, None) == [("2023-06-01", "2023-06-30")]


def test_before_and_since_leave_one_side_open() -> None:
    (before,) = named_times("what changed before March 2023?", NOW).intervals
    (since,) = named_times("what changed since March 2023?", NOW).intervals
    assert (before.start, before.end, since.end) == (BEGINNING, since.start, END)


def test_yesterday_in_french_is_here_in_german() -> None:
    assert named_times("Que disait-elle hier ?", NOW, "fr").words == "hier"
    assert named_times("Was steht hier?", NOW, "de").words == ""


@pytest.mark.parametrize(
    ("question", "when_said", "alone"),
    [
        ("What happened yesterday?", True, True),
        ("what did I do last weekend?", True, True),
        ("What is the weather today?", False, False),
        ("What happened to the boat yesterday?", False, False),
        ("What did I say last Tuesday?", True, True),
        ("what did we discuss in March about the roof?", True, False),
        ("What did we say about the roof last Tuesday?", True, False),
        ("Was haben wir gestern besprochen?", True, True),
        ("Qu'avons-nous dit mardi dernier ?", True, True),
        ("¿Qué dijimos ayer?", True, True),
        ("Di che cosa abbiamo parlato ieri?", True, True),
        ("O que discutimos ontem?", True, True),
        ("Wat hebben we gisteren besproken?", True, True),
        ("О чём мы говорили вчера?", True, True),
        ("我们昨天谈了什么？", True, True),
        ("昨日何を話しましたか？", True, True),
        ("昨天的会议谁来了？", False, False),
        ("What did we decide about the roof since 1 April?", True, False),
        ("What did we say about the meeting on 8 May?", False, False),
        ("Who came to the meeting on 8 May?", False, False),
    ],
)
def test_a_time_of_saying_is_told_from_a_time_spoken_of(
    question: str, when_said: bool, alone: bool
) -> None:
    named = named_times(question, NOW)
    assert (named.when_said, named.alone) == (when_said, alone)


@pytest.fixture
def talks(store: Store, embedder: Embedder, tmp_path: Path) -> Retriever:
    lines = [
        f'{{"conv": "{day}", "id": "{day}", "speaker": "Ann", "date": "{day}T12:00:00",'
        f' "text": "{text}"}}\n'
        for day, text in [
            ("2024-03-05", "The roof leaks above the kitchen."),
            ("2024-05-14", "The roof leaks above the bathroom."),
            ("2024-04-02", "The cat likes the new sofa."),
        ]
    ]
    (tmp_path / "talks.jsonl").write_text("".join(lines))
    Ingestion(store, embedder).run([tmp_path / "talks.jsonl"])
    return Retriever(store, embedder)


def said(talks: Retriever, question: str, scope: Scope | None = None) -> list[str]:
    scope = scope or Scope(kinds=("memory",))
    found = search(talks, question, ForRequest(5), scope, NOW)
    return [passage.text for passage in found.passages]


def test_a_named_time_ranks_memory_and_leaves_out_nothing(talks: Retriever) -> None:
    first, second = said(talks, "Where did the roof leak in March?")[:2]
    assert "kitchen" in first
    assert "bathroom" in second


def test_a_score_is_shown_as_1_at_most_whatever_a_time_adds(talks: Retriever) -> None:
    scope, asked = Scope(kinds=("memory",)), "Where did the roof leak above the kitchen in March?"
    assert talks.rank(talks.read(asked, now=NOW), scope)[0].score > 1
    assert search(talks, asked, ForRequest(1), scope, NOW).hits[0].score == 1


def test_memory_is_narrowed_to_when_something_was_said(talks: Retriever) -> None:
    (only,) = said(talks, "What did we say last Tuesday?")
    assert "bathroom" in only


def test_what_was_said_before_an_open_time_does_not_come_behind(talks: Retriever) -> None:
    (only,) = said(talks, "Where has the roof leaked since 1 May?")
    assert "bathroom" in only


def test_a_time_in_which_nothing_was_said_narrows_nothing(talks: Retriever) -> None:
    assert len(said(talks, "What did we say about the leak of the roof last year?")) > 1


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did we say last Tuesday?", ["bathroom"]),
        ("What did I tell you last month?", ["sofa"]),
        ("What did I tell you last weekend?", []),
        ("What did we decide on 3 May 2024?", ["Minutes of 3 May"]),
        ("What did we decide on 4 May 2024?", []),
    ],
)
def test_documents_do_not_answer_what_was_said_in_a_time(
    talks: Retriever,
    store: Store,
    embedder: Embedder,
    tmp_path: Path,
    question: str,
    found: list[str],
) -> None:
    (tmp_path / "minutes.md").write_text("Minutes of 3 May 2024: we decided to tar the roof.\n")
    (tmp_path / "rota.md").write_text("Last Tuesday, last weekend, last month: who cleans.\n")
    Ingestion(store, embedder).run([tmp_path / "minutes.md", tmp_path / "rota.md"])
    texts = said(talks, question, Scope())
    assert len(texts) == len(found)
    assert all(part in text for part, text in zip(found, texts, strict=True))


def facts(talks: Retriever, question: str) -> LibraryFacts | None:
    return talks.library_facts(talks.read(question, now=NOW), Scope(kinds=("memory",)))


def test_that_nothing_was_said_is_said_and_other_days_are_none(talks: Retriever) -> None:
    found = facts(talks, "What did we talk about three days ago?")
    assert found is not None
    assert found.notice == "nothing was said three days ago (on 2024-05-12)"
    assert said(talks, "What did we talk about three days ago?") == []
    assert said(talks, "what happened three days ago?") == []
    about = facts(talks, "What did we say about the roof three days ago?")
    assert about is not None
    assert about.heading.endswith("passages of other days may follow")
    assert facts(talks, "What did we talk about last Tuesday?") is None
    assert facts(talks, "Was haben wir vorgestern besprochen?") is not None


@pytest.mark.parametrize(
    ("question", "which"),
    [
        ("What was the last thing we talked about?", "bathroom"),
        ("what did we talk about first?", "kitchen"),
        ("When did we first talk about the roof?", "kitchen"),
        ("When did we last mention the leak of the roof?", "bathroom"),
        ("Worüber haben wir zuletzt gesprochen?", "bathroom"),
        ("De quoi avons-nous parlé en premier ?", "kitchen"),
    ],
)
def test_what_was_said_first_and_last(talks: Retriever, question: str, which: str) -> None:
    assert which in said(talks, question)[0]


def test_the_first_and_the_last_stay_within_the_scope(talks: Retriever) -> None:
    until = datetime(2024, 5, 1).timestamp()
    scope = replace(Scope(kinds=("memory",)), until=until)
    assert "sofa" in said(talks, "What did we talk about last?", scope)[0]


@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "zh", "ja"])
def test_questions_for_the_first_and_the_last_are_known_by_their_examples(code: str) -> None:
    text = (files("ragchat.query.languages") / f"{code}.toml").read_text("utf-8")
    examples = tomllib.loads(text)["times"]["order"]
    for which in ("first", "last"):
        orders = {question: said_order(question) for question in examples[f"yes_{which}"]}
        assert {order.which for order in orders.values() if order} == {which}
        assert None not in orders.values()
    assert [question for question in examples["no"] if said_order(question)] == []


def test_documents_are_narrowed_to_when_their_files_changed(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    for name, day in (("old", datetime(2024, 1, 9)), ("new", datetime(2024, 5, 9))):
        (tmp_path / f"{name}.md").write_text(f"# The roof ({name})\n\nThe roof leaks: {name}.\n")
        os.utime(tmp_path / f"{name}.md", (day.timestamp(), day.timestamp()))
    Ingestion(store, embedder).run([tmp_path])
    retriever = Retriever(store, embedder)
    asked = "What do the notes changed since April say about the roof?"
    found = search(retriever, asked, ForRequest(5), Scope(), NOW)
    assert [(Path(hit.source).stem, hit.dated) for hit in found.hits] == [("new", True)]
    plain = search(retriever, "What do the notes say about the roof?", ForRequest(5), Scope(), NOW)
    assert len(plain.hits) == 2


def test_the_narrowing_stays_within_since_and_until(talks: Retriever) -> None:
    since = datetime.combine(date(2024, 5, 1), datetime.min.time()).astimezone().timestamp()
    scope = replace(Scope(kinds=("memory",)), since=since)
    assert not any("kitchen" in words for words in said(talks, "What did we say in March?", scope))


def test_an_event_that_the_memory_speaks_of_is_a_time(talks: Retriever) -> None:
    def lead(edge: str) -> float:
        """How far the roof of March is before that of May."""
        asked = f"Where did the roof leak {edge} the cat got its new sofa?"
        ranked = talks.rank(talks.read(asked, now=NOW), Scope(kinds=("memory",)))
        (first, second) = (
            unit.score
            for unit in sorted(ranked, key=lambda unit: unit.candidate.time or 0.0)
            if unit.candidate.time != APRIL
        )
        return first - second

    assert lead("before") > lead("since") + IN_TIME


def test_an_event_that_nobody_spoke_of_is_none(talks: Retriever) -> None:
    plain = said(talks, "Where did the roof leak?")
    assert said(talks, "Where did the roof leak before the moon landing?") == plain
