"""The rules of each language for questions, against the examples in its file."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from spoken import SPOKEN

from ingest.search.term import Forms
from ingest.search.terms import WordQuery, terms_of
from ragchat.query.about_user import AboutUser, about_user
from ragchat.query.dates import named_times
from ragchat.query.followup import leaning, leans
from ragchat.query.rules import rules

FILES = {
    file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
    for file in files("ragchat.query.languages").iterdir()
    if file.name.endswith(".toml")
}


@pytest.mark.parametrize("code", SPOKEN)
def test_questions_about_the_user_are_known_by_their_examples(code: str) -> None:
    examples = FILES[code]["about_user"]
    assert examples["yes"]
    assert examples["no"]
    asking = {one for one in examples["yes"] if about_user(one, code).asks_for_statements}
    assert asking == set(examples["yes"])
    assert [one for one in examples["no"] if about_user(one, code).asks_for_statements] == []


@pytest.mark.parametrize("code", [code for code in FILES if "leaning" in FILES[code]])
def test_questions_that_lean_are_known_by_their_examples(code: str) -> None:
    examples = FILES[code]
    assert examples["leaning"]
    assert examples["standing"]
    assert [one for one in examples["leaning"] if not leans(one, code)] == []
    assert [one for one in examples["standing"] if leans(one, code)] == []


@pytest.mark.parametrize(
    ("question", "before", "stands"),
    [
        ("Wer ist der Kassenwart?", "What port does the board listen on?", True),
        ("Başkan kim?", "What port does the board listen on?", True),
        ("Wer ist der Kassenwart?", "Was kostet die neue Schleuder?", False),
        ("Und wann?", "What port does the board listen on?", False),
        ("Quanto custa?", "Quanto costa la macchina?", False),
        ("the price?", "Was kostet die neue Schleuder?", False),
    ],
)
def test_a_short_question_in_another_language_changes_the_topic(
    question: str, before: str, stands: bool
) -> None:
    assert (leaning(question, before=before) == 0) == stands


@pytest.mark.parametrize(
    ("code", "polite", "bare"),
    [
        (
            "en",
            "Would you be so kind as to tell me when the museum opens? Thanks in advance!",
            "when does the museum open?",
        ),
        ("en", "I was wondering if you could help me understand how the filter works?", "filter"),
        (
            "de",
            "Guten Tag, könnten Sie mir freundlicherweise sagen, wie oft das Öl gewechselt wird?",
            "wie oft wird das Öl gewechselt?",
        ),
        ("de", "Ich wüsste gern, wie tief der See ist?", "wie tief ist der See?"),
        ("fr", "Bonsoir, pourriez-vous me dire quand ouvre le musée ?", "quand ouvre le musée ?"),
        ("fr", "J'aimerais savoir combien coûte le billet ?", "combien coûte le billet ?"),
        ("es", "Buenas tardes, ¿podría decirme cuándo abre el museo?", "¿cuándo abre el museo?"),
        ("it", "Buongiorno, mi potresti spiegare il filtro, per favore?", "filtro?"),
        ("pt", "Eu gostaria de saber quanto custa o bilhete?", "quanto custa o bilhete?"),
        (
            "nl",
            "Kunt u mij alstublieft vertellen wanneer het museum opent?",
            "wanneer opent het museum?",
        ),
        ("nl", "Ik zou graag willen weten wat een kaartje kost?", "wat kost een kaartje?"),
        (
            "ru",
            "Здравствуйте! Не могли бы вы мне сказать, когда открывается музей?",
            "когда открывается музей?",
        ),
        ("ru", "Я хотел бы знать, какая глубина у озера?", "какая глубина у озера?"),
        ("zh", "你好，打扰一下，我想知道门票多少钱？", "门票多少钱？"),
        (
            "pl",
            "Dzień dobry, czy mógłby mi pan powiedzieć, kiedy otwiera się muzeum?",
            "kiedy otwiera się muzeum?",
        ),
        ("tr", "Merhaba, bilet kaç lira, söyleyebilir misiniz lütfen?", "bilet kaç lira?"),
        ("pl", "Chcialabym sie dowiedziec, ile kosztuje bilet?", "ile kosztuje bilet?"),
        (
            "ja",
            "お忙しいところすみませんが、焙煎機の温度を私に教えていただけますか？",
            "焙煎機の温度は？",
        ),
        ("ar", "السلام عليكم، هل يمكنك أن تخبرني متى يفتح المتحف لو سمحت؟", "متى يفتح المتحف؟"),
        ("ko", "안녕하세요, 실례지만 박물관 입장료를 알려 주시겠어요?", "박물관 입장료를?"),
    ],
)
def test_politeness_asks_for_nothing_and_is_not_about_the_user(
    code: str, polite: str, bare: str
) -> None:
    assert about_user(polite, code) is AboutUser.NOT
    known = rules(code)
    assert known is not None

    def telling(question: str) -> set[Forms]:
        terms = terms_of(WordQuery(question, code, known.weak, known.vague), [code])
        return {one.forms for one in terms if not (one.weak or one.vague or one.optional)}

    assert telling(polite) == telling(bare)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("en", "Can you list what I brought up about the allotment, in order?"),
        ("en", "Could you summarise how I repaired the loom?"),
        ("en", "Would you sum up how my novel has grown?"),
        ("en", "Can you explain what changed throughout our discussions of the boat?"),
        ("de", "Kannst du auflisten, welche Rezepte in unseren Gesprächen vorkamen?"),
        ("de", "Kannst du zusammenfassen, wie ich den Webstuhl repariert habe?"),
        ("fr", "Peux-tu résumer comment j'ai réparé le métier à tisser ?"),
        ("fr", "Comment le bateau a-t-il changé au fil de nos conversations ?"),
        ("es", "¿Puedes resumir cómo he reparado el telar?"),
        ("it", "Come è cambiata la barca nelle nostre conversazioni?"),
        ("pt", "Como mudou o barco ao longo das nossas conversas?"),
        ("nl", "Kun je samenvatten hoe ik het weefgetouw gerepareerd heb?"),
        ("ru", "Как менялась лодка на протяжении наших разговоров?"),
        ("zh", "你能总结一下我们之前的对话里关于船的内容吗？"),
        ("pl", "Jak zmieniała się łódź w naszych rozmowach?"),
        ("pl", "Podsumuj, jak naprawiłem krosno"),
        ("tr", "Sohbetlerimizde tekne nasıl değişti?"),
        ("tr", "Tezgah hakkında sana ne anlattım?"),
        ("ja", "これまでの会話で船はどう変わりましたか？"),
        ("ar", "كيف تغير القارب خلال محادثاتنا؟"),
        ("ko", "지금까지 우리 대화에서 배가 어떻게 바뀌었지?"),
        ("ko", "내가 베틀을 어떻게 고쳤다고 말했지?"),
    ],
)
def test_what_was_said_before_is_asked_for_however_it_is_put(code: str, asked: str) -> None:
    assert about_user(asked, code) is AboutUser.ASKS


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        ("What have you noted about me so far?", AboutUser.EVERYTHING),
        ("Was hast du dir über mich gemerkt?", AboutUser.EVERYTHING),
        ("Summarise what you remember about my back pain.", AboutUser.EVERYTHING),
        ("Who fixed my bike?", AboutUser.ASKS),
        ("How do I mend my bike?", AboutUser.ADVICE),
        ("Can you explain how I need to store my bike?", AboutUser.ADVICE),
        ("Who mends our bikes?", AboutUser.SHARED),
        ("Is it normal that my cat sneezes?", AboutUser.ADVICE),
        ("How do birds sleep?", AboutUser.NOT),
        ("Co wiesz o moim psie?", AboutUser.EVERYTHING),
        ("Co víš o mém psu?", AboutUser.NOT),  # a language without rules
    ],
)
def test_how_far_a_question_is_about_the_user(asked: str, how: AboutUser) -> None:
    code = (
        "pl" if "wiesz" in asked else "cs" if "víš" in asked else "de" if "mich" in asked else "en"
    )
    assert about_user(asked, code) is how


@pytest.mark.parametrize(
    ("question", "not_asked"),
    [
        ("Who won the cup this summer?", {"this", "summer"}),
        ("Wer hat letzte Woche gewonnen?", {"letzte", "woche"}),
        ("Who won the cup in summer 2019?", set()),
        ("Who won the cup?", set()),
    ],
)
def test_a_passage_need_not_hold_a_time_that_is_counted_from_now(
    question: str, not_asked: set[str]
) -> None:
    times = named_times(question, datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert times.counted_from_now == not_asked
