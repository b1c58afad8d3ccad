"""The times that a question names."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files

import pytest

from ingest.text.language import language_of
from ragchat.query.dates import BEGINNING, END, named_times
from ragchat.query.order import said_order

NOW = datetime(2024, 5, 15, 15).astimezone()  # a Wednesday


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
        "كم حبة في اليوم؟",
        "أكثر من 2000 كتاب",
        "عقد من ثلاثة أشهر",
        "دو هفته قبل چه گفتم؟",
        "پچھلے ہفتے ہم نے کیا بات کی؟",
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
        ("Geçen hafta kim aradı?", "2024-05-06", "2024-05-12"),
        ("gecen sali kim aradi, kime sordu?", "2024-05-14", "2024-05-14"),
        ("MART ayında ne satıldı?", "2024-03-01", "2024-03-31"),
        ("üç hafta önceki ceza ne kadardı?", "2024-04-22", "2024-04-28"),
        ("2023’te kaç kişi geldi?", "2023-01-01", "2023-12-31"),
        ("3 Mart ile 7 Mart 2023 arasında kim geldi?", "2023-03-03", "2023-03-07"),
        ("Kto dzwonił w zeszłym tygodniu?", "2024-05-06", "2024-05-12"),
        ("kto dzwonil w zeszly wtorek?", "2024-05-14", "2024-05-14"),
        ("Co sprzedano w marcu?", "2024-03-01", "2024-03-31"),
        ("mandat sprzed lat, dwa tygodnie temu", "2024-04-29", "2024-05-05"),
        ("Kto zachorował zeszłego lata?", "2023-06-01", "2023-08-31"),
        ("co kupiono dwa lata temu?", "2022-01-01", "2022-12-31"),
        ("Kto przyszedł w środę?", "2024-05-15", "2024-05-15"),
        ("burza między marcem a kwietniem 2023 roku", "2023-03-01", "2023-04-30"),
        ("co się zepsuło przez ostatnie trzy dni?", "2024-05-12", "2024-05-15"),
        ("umowa, którą podpisano 8 maja 2023 r.", "2023-05-08", "2023-05-08"),
        ("上周四谁打来电话？", "2024-05-09", "2024-05-09"),
        ("三月份卖了什么？", "2024-03-01", "2024-03-31"),
        ("三个星期前的罚单", "2024-04-22", "2024-04-28"),
        ("3月到4月之间卖了什么？", "2024-03-01", "2024-04-30"),
        ("先週の木曜日に誰が電話しましたか？", "2024-05-09", "2024-05-09"),
        ("3月に何を売りましたか？", "2024-03-01", "2024-03-31"),
        ("三週間前の罰金", "2024-04-22", "2024-04-28"),
        ("2023年6月7日の請求書", "2023-06-07", "2023-06-07"),
        ("지난주 목요일에 누가 전화했어?", "2024-05-09", "2024-05-09"),
        ("3월에 뭘 팔았나요?", "2024-03-01", "2024-03-31"),
        ("3주 전의 벌금", "2024-04-22", "2024-04-28"),
        ("2023년 6월 7일 청구서", "2023-06-07", "2023-06-07"),
        ("이틀 전에 누가 왔지?", "2024-05-13", "2024-05-13"),
        ("من اتصل الأسبوع الماضي؟", "2024-05-06", "2024-05-12"),
        ("ماذا بيع في مارس؟", "2024-03-01", "2024-03-31"),
        ("الغرامة قبل ٣ أسابيع", "2024-04-22", "2024-04-28"),
        ("من اتصل يوم الخميس الماضي؟", "2024-05-09", "2024-05-09"),
        ("فاتورة 7 حزيران 2023", "2023-06-07", "2023-06-07"),
        ("مين اتصل اول امبارح؟", "2024-05-13", "2024-05-13"),
        ("ماذا بيع من 3 مارس إلى 7 مارس؟", "2024-03-03", "2024-03-07"),
        ("ماذا بيع بين مارس وأبريل؟", "2024-03-01", "2024-04-30"),
        ("ماذا بيع بين 1 مارس و5 أبريل؟", "2024-03-01", "2024-04-05"),
        ("3월부터 4월까지 뭘 팔았어?", "2024-03-01", "2024-04-30"),
        ("3月から4月まで何を売りましたか？", "2024-03-01", "2024-04-30"),
        ("저번 달에 얼마나 팔았어?", "2024-04-01", "2024-04-30"),
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
        ("Co się zmieniło od 3 kwietnia?", "pl"),
        ("3 Nisan'dan beri ne değişti?", "tr"),
        ("4月3日以来有什么变化？", "zh"),
        ("4月3日以降に何が変わりましたか？", "ja"),
        ("ماذا تغير منذ 3 أبريل؟", "ar"),
        ("4월 3일 이후에 뭐가 바뀌었어?", "ko"),
        ("4월 3일부터 뭐가 바뀌었나요?", "ko"),
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
        ("şubat sonundaki fırtına ne kadar sürdü?", "2024-02-19", "2024-02-29"),
        ("nisanın ikinci haftasında kim hastaydı?", "2024-04-08", "2024-04-14"),
        ("burza, która była pod koniec lutego", "2024-02-19", "2024-02-29"),
        ("burza, która była w drugim tygodniu kwietnia", "2024-04-08", "2024-04-14"),
        ("四月第二周谁生病了？", "2024-04-08", "2024-04-14"),
        ("2023年第二季度的账单", "2023-04-01", "2023-06-30"),
        ("２０２３年３月上旬の嵐", "2023-03-01", "2023-03-12"),
        ("先々週の嵐", "2024-04-29", "2024-05-05"),
        ("去年の夏の嵐", "2023-06-01", "2023-08-31"),
        ("عاصفة نهاية فبراير", "2024-02-19", "2024-02-29"),
        ("عاصفة الأسبوع قبل الماضي", "2024-04-29", "2024-05-05"),
        ("عاصفة صيف 2023", "2023-06-01", "2023-08-31"),
        ("4월 둘째 주에 누가 아팠지?", "2024-04-08", "2024-04-14"),
        ("2023년 2분기 청구서", "2023-04-01", "2023-06-30"),
        ("3월 초의 폭풍", "2024-03-01", "2024-03-12"),
        ("지지난주 폭풍", "2024-04-29", "2024-05-05"),
        ("작년 여름 폭풍", "2023-06-01", "2023-08-31"),
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
        ("Co ci mówiłam przed kwietniem 2024 roku?", True),
        ("o czym rozmawialismy w zeszlym tygodniu?", True),
        ("Mart başında sana ne söyledim?", True),
        ("Mart başında sözleşmeyi kim imzaladı?", False),
        ("Kto podpisał umowę na początku marca?", False),
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


def test_a_few_words_of_no_known_language_are_read_in_each() -> None:
    assert language_of("a w marcu?") is None
    assert days("a w marcu?") == [("2024-03-01", "2024-03-31")]


@pytest.mark.parametrize(
    "question",
    [
        "Marca 2023?",  # Spanish
        "Quel est son mois préféré ?",
        "Co se stalo na mostě?",  # Czech
        "Je to na stole po mame?",  # Slovak
        "Что лежит на столе?",
        "What do I do to go on?",
    ],
)
def test_words_of_a_language_read_apart_are_no_times_in_others(question: str) -> None:
    assert days(question, code=language_of(question) or "es") == []


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
        ("O czym wczoraj rozmawialiśmy?", True, True),
        ("geçen hafta ne konuştuk?", True, True),
        ("Geçen salı çatı hakkında ne konuştuk?", True, False),
        ("Dünkü toplantıya kim geldi?", False, False),
        ("Co mówiliśmy o dachu w zeszły wtorek?", True, False),
        ("Kto przyszedł na wczorajsze spotkanie?", False, False),
        ("我们昨天谈了什么？", True, True),
        ("昨日何を話しましたか？", True, True),
        ("عم تحدثنا أمس؟", True, True),
        ("شو حكينا الاسبوع الماضي؟", True, True),
        ("ماذا قلنا عن السقف الأسبوع الماضي؟", True, False),
        ("من حضر اجتماع أمس؟", False, False),
        ("우리 어제 무슨 얘기 했지?", True, True),
        ("지난주에 뭐라고 했었지?", True, True),
        ("지난주에 우리가 지붕에 대해 뭐라고 했지?", True, False),
        ("3월에 무슨 얘기 했었지?", True, True),
        ("며칠 전에 우리가 결정한 게 뭐야?", True, True),
        ("어제 회의에 누가 왔어?", False, False),
        ("昨天的会议谁来了？", False, False),
        ("What did we decide about the roof since 1 April?", True, False),
        ("What did we say about the meeting on 8 May?", False, False),
        ("Who came to the meeting on 8 May?", False, False),
        ("What did Jan write on 14 March?", True, False),
        ("what did my sister tell me last week?", True, False),
        ("What was said in the second week of April 2026?", True, True),
        ("What was decided in May?", False, False),
    ],
)
def test_a_time_of_saying_is_told_from_a_time_spoken_of(
    question: str, when_said: bool, alone: bool
) -> None:
    named = named_times(question, NOW, language_of(question))
    assert (named.when_said, named.alone) == (when_said, alone)


@pytest.mark.parametrize(
    "code", ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "zh", "ja", "ko", "pl", "ar", "tr"]
)
def test_questions_for_the_first_and_the_last_are_known_by_their_examples(code: str) -> None:
    text = (files("ragchat.query.languages") / f"{code}.toml").read_text("utf-8")
    examples = tomllib.loads(text)["times"]["order"]
    for which in ("first", "last"):
        orders = {question: said_order(question) for question in examples[f"yes_{which}"]}
        assert {order.which for order in orders.values() if order} == {which}
        assert None not in orders.values()
    assert [question for question in examples["no"] if said_order(question)] == []
