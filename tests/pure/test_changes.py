"""A memory that changes what an older one says stands above it, and the older one is marked."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hits import document_hit, memory_hit

from ingest.document import Hit
from ragchat.retrieval.changes import changes, newest_above
from ragchat.retrieval.stated_sentences import sentences

START = datetime(2026, 1, 1, tzinfo=UTC)
EXAMPLES = {
    file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))["changes"]
    for file in files("ragchat.query.languages").iterdir()
    if file.name.endswith(".toml") and "[changes]" in file.read_text("utf-8")
}


def memory(name: str, day: int, asked: str, score: float) -> Hit:
    return memory_hit(name, asked, "Noted.", score=score, time=START + timedelta(days=day))


def says_change(new: str, old: str) -> bool:
    return changes(sentences(new), sentences(old))


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.id for hit in hits]


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_changes_are_known_by_their_examples(code: str) -> None:
    examples = EXAMPLES[code]
    assert [pair for pair in examples["yes"] if not says_change(pair[1], pair[0])] == []
    assert [pair for pair in examples["no"] if says_change(pair[1], pair[0])] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The fencing class is on Tuesdays.", "They'll have to push the fencing class to Friday."),
        ("The printer is called Otter.", "I renamed the printer to Badger."),
        ("The fee is 12 pounds a term.", "They raised the fee to 15 pounds."),
        ("The spare bulbs are in the hall.", "From now on the spare bulbs are in the shed."),
        ("Our vet is Dr Ruiz.", "We have a new vet, Dr Blom."),
        ("I ride a tandem to work.", "I sold the tandem."),
        ("The parking fee is 4 euros.", "The parking fee went up: now 5 euros for the parking."),
        ("Our alarm code is 7720.", "Our alarm code is actually 7702."),
        ("The glazier comes on Monday.", "Turns out the glazier only comes on Friday."),
        ("The rehearsal is on 3 May.", "Update: the rehearsal is on 10 May."),
        ("The rehearsal is on 3 May.", "New rehearsal date: 10 May."),
        ("The rehearsal is on 3 May.", "The rehearsal will be on 10 May rather than 3 May."),
        ("Tom keeps the minutes.", "Eva took over from Tom, she keeps the minutes."),
        ("We print with Cups.", "We replaced Cups with Papercut for what we print."),
        ("I smoke ten cigarettes a day.", "I'm down to two cigarettes a day."),
        ("My brother lives in Turku.", "My brother lives in Oulu these days."),
        ("I'm allergic to lilies.", "I was wrong: I'm allergic to tulips, not lilies."),
        ("I work at Arla.", "I've been with Valio since May."),
        ("The talk is in hall 3.", "Sorry, the talk is in hall 8, not in hall 3."),
        ("Die Führung ist am 6. Juni.", "Die Führung verschiebt sich auf den 9."),
        ("Das Faltboot liegt im Keller.", "Das Faltboot haben wir verkauft."),
        ("Unsere Tierärztin ist Frau Ruiz.", "Wir haben eine neue Tierärztin, Frau Blom."),
        ("Unsere Optikerin ist Frau Ruiz.", "Unsere Optikerin ist mittlerweile Frau Blom."),
        ("Der Beitrag beträgt 40 Euro.", "Der Beitrag ist auf 45 Euro gestiegen."),
        ("Die Probe ist am 3. Mai.", "Nachtrag: Die Probe ist am 10. Mai."),
        ("Ich arbeite bei Arla.", "Ich arbeite seit Mai bei Valio."),
        ("La répétition est le 3 mai.", "Mise à jour : la répétition est le 10 mai."),
        ("La cotisation est de 40 euros.", "La cotisation est passée à 45 euros."),
        ("El ensayo es el 3 de mayo.", "En realidad el ensayo es el 10 de mayo."),
        ("La cuota es de 40 euros.", "La cuota ha subido a 45 euros."),
        ("会費は40ユーロです。", "会費は今は45ユーロです。"),
        ("La visite est à 9 heures.", "Il faut décaler la visite à 11 heures."),
        ("Mon vétérinaire est M. Ruiz.", "J'ai un nouveau vétérinaire, Mme Blom."),
        ("La entrada cuesta 4 euros.", "La entrada sube a 6 euros."),
        (
            "Las bombillas están en el pasillo.",
            "A partir de hoy las bombillas están fuera.",
        ),
        ("La visita è il 6 giugno.", "Dobbiamo rimandare la visita al 9."),
        ("A visita é no dia 6.", "A visita foi adiada uma semana."),
        ("De rondleiding is op 6 juni.", "We moeten de rondleiding naar 9 juni verzetten."),
        ("Экскурсия шестого июня.", "Экскурсия переносится на неделю."),
        ("参观是六号。", "参观推后一周。"),
        ("見学は六日です。", "見学が一週間遅れることになりました。"),
        ("الجولة السياحية يوم السبت.", "الجولة السياحية اتأجلت أسبوع."),
        ("طبيبنا البيطري اسمه رويز.", "لم يعد طبيبنا البيطري رويز."),
        ("견학은 6월 6일이야.", "견학이 일주일 늦춰졌어."),
        ("우리 수의사는 박 선생님이야.", "우리 수의사는 이제 최 선생님으로 바뀌었어."),
        ("나는 카누를 타고 출근해.", "카누를 팔았어."),
    ],
)
def test_a_change_is_known_however_it_is_put(old: str, new: str) -> None:
    assert says_change(new, old)
    assert not says_change(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The spare bulbs are in the hall.", "The hall has a new carpet now."),
        ("Our vet is Dr Ruiz.", "Dr Ruiz has a new dog."),
        ("I ride a tandem to work.", "I sold the piano."),
        ("The alarm code of the shed is 31.", "I changed the code of my bank card to 77."),
        ("The dentist appointment is at 5.", "The dentist bill went up to 90."),
        ("Die Führung beginnt um 17 Uhr.", "Der Sprachkurs wurde auf 18 Uhr verschoben."),
        ("Das Faltboot liegt im Keller.", "Der Keller hat jetzt ein Fenster."),
        ("Notre vétérinaire est M. Ruiz.", "M. Ruiz a une nouvelle voiture."),
        ("Наш ветеринар Руис.", "У Руиса новая машина."),
        ("المفاتيح في الصندوق.", "غيرنا لون الصندوق."),
        ("전구는 복도에 있어.", "복도 카펫을 바꿨어."),
        ("우리 수의사는 박 선생님이야.", "박 선생님이 차를 바꿨어."),
    ],
)
def test_what_only_shares_a_word_is_no_change_of_it(old: str, new: str) -> None:
    assert not says_change(new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The rowing lesson is on Wednesday at six.", "Rowing lesson got put back to Thursday."),
        ("I'm vegan.", "I'm not vegan any more, doctor's orders."),
        ("Our supplier for rope is Hansen.", "Hansen closed. Our rope supplier is now Beck."),
        ("The mooring costs 40 euros a week.", "The mooring goes up to 55 euros from May."),
        (
            "The auction is on 3 June in the barn.",
            "The auction moved to the 10th since it rains in.",
        ),
        ("La gara è il 3 maggio a Como.", "La gara è stata rinviata al 9, perché il lago è mosso."),
        ("Ferry 12 leaves at 7.", "Ferry 12 was delayed to 8:30."),
        ("Version 3.1 is planned for 2 May.", "Version 3.1 slipped to 9 May, a test still fails."),
        ("Le lot 7 est livré le 3 mai.", "Le lot 7 a été reporté au 9 mai."),
        ("The lecture is in room 12.", "The lecture was moved to room 14."),
        ("We build the site with Gulp.", "Finally! We switched the site build from Gulp to Vite."),
    ],
)
def test_a_change_in_peoples_own_words(old: str, new: str) -> None:
    assert says_change(new, old)
    assert not says_change(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The rowing lesson is on Wednesday.", "The piano lesson got cancelled."),
        ("That's great, Hansen!", "Great, Hansen is now our supplier."),
        ("Is the rowing lesson on Wednesday?", "The rowing lesson got cancelled."),
        ("Mira's boat is at berth 9.", "Ole's boat was moved to berth 4."),
        ("I changed the oil of the boat.", "The oil painting was moved to the hall."),
        ("Ferry 12 leaves at 7.", "Ferry 14 was delayed to 8:30."),
        ("Chapter 3 is due on 3 May.", "Chapter 4 has been postponed to 9 May."),
    ],
)
def test_a_change_of_another_thing(old: str, new: str) -> None:
    assert not says_change(new, old)


OLD = memory("old", 1, "The rowing lesson is on Wednesday at six.", 0.9)
NEW = memory("new", 5, "The rowing lesson was moved to Thursday at five.", 0.4)
OTHER = memory("other", 3, "The kitchen tap drips again.", 0.6)


def test_the_newer_stands_above_and_the_older_is_marked_with_the_day() -> None:
    shown = newest_above([OLD, document_hit("d", "Rowing.", score=0.7), OTHER, NEW])
    assert ids(shown) == ["new", "old", "d", "other"]
    assert [hit.changed for hit in shown] == [None, START + timedelta(days=5), None, None]
    assert shown[0].score == 0.9


def test_a_change_that_ranked_too_low_comes_in_and_other_things_do_not() -> None:
    assert ids(newest_above([OLD], [OTHER, NEW])) == ["new", "old"]
    assert ids(newest_above([OTHER], [NEW])) == ["other"]


def test_a_change_of_a_change_stands_above_both() -> None:
    newest = memory("newest", 9, "The rowing lesson is off, I give up.", 0.3)
    assert ids(newest_above([OLD, NEW], [newest])) == ["newest", "new", "old"]


def test_what_was_said_before_changes_nothing() -> None:
    before = memory("before", 0, "The rowing lesson was moved to Thursday.", 0.8)
    assert newest_above([OLD, before]) == (OLD, before)
