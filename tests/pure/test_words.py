"""One normaliser for the words of texts and of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.search.compounds import compound_of
from ingest.search.cyrillic_spelling import MOST, cyrillic_spellings
from ingest.search.latin_spelling import latin_spellings
from ingest.search.spelling import corrections, distance, is_slip_of
from ingest.search.terms import WordQuery, terms_of
from ingest.text.language import codes, indexed_language, language, language_of, may_be_in
from ingest.text.words import LONGEST_WORD, searchable, searchable_path, tokens_of
from ragchat.query.rules import Rules, rules


def shared(one: str, other: str, code: str = "en") -> set[str]:
    return set(searchable(one, code).split()) & set(searchable(other, code).split())


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("loadUserConfig", "load_user_config", "en"),
        ("loadUserConfig", "load-user-config", "en"),
        ("e-mail", "email", "en"),
        ("node.js", "nodejs", "en"),
        ("cafe\u0301", "café", "fr"),
        ("Straße", "STRASSE", "de"),
        ("Größe", "Groesse", "de"),
        ("ёлка", "елка", "ru"),
        ("ＡＢＣ", "abc", "en"),
        ("ﬁlter", "filter", "en"),
        ("أحمد", "احمد", "ar"),
        ("running", "runs", "en"),
        ("सड़क", "सडक", "hi"),
        ("हिन्दी", "हिंदी", "hi"),
        ("गाँव", "गांव", "hi"),
        ("Häuser", "Hauses", "de"),
        ("C++", "c++", "en"),
        ("1,500", "1500", "en"),
        ("٨٣٠", "830", "ar"),
        ("८३०", "830", "hi"),
        ("๘๓๐", "830", "th"),
        ("８３０", "830", "ja"),
        ("v3.2.1", "3.2", "en"),
        ("أين المفتاح؟", "المفتاح", "ar"),
        ("المركب، البحر", "المركب", "ar"),
        ("چابی؟", "چابی", "fa"),
    ],
)
def test_spellings_of_one_word_share_it(one: str, other: str, code: str) -> None:
    assert shared(one, other, code)


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C#"), ("3.2.1", "1.2.3"), ("--no-cache", "cash"), ("东京", "京都")]
)
def test_different_words_share_nothing(one: str, other: str) -> None:
    assert not shared(one, other) - {"c"}


@pytest.mark.parametrize(
    ("word", "code"), [("passe", "fr"), ("pièce", "fr"), ("lavoro", "it"), ("cuenta", "es")]
)
def test_a_subject_is_not_a_stop_word(word: str, code: str) -> None:
    assert not language(code).is_stop_word(word)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("self.ports.open_valve(3)", "openValve", "en"),
        ("pumps::FlowMeter::new()", "flow_meter", "en"),
        ("see src/tide_table.py", "TideTable", "en"),
        ("value={flow_type}", "FlowType", "cs"),
        ("open data/gauges.toml first", "gauges.toml", "en"),
        ("spoken as MOOR/2.1", "2.1", "en"),
    ],
)
def test_a_name_within_a_longer_one_is_a_word_in_any_language(
    text: str, name: str, code: str
) -> None:
    assert searchable(name, "en").split()[0] in searchable(text, code).split()


def test_a_name_is_not_stemmed_to_one_of_its_words() -> None:
    assert searchable("call_at", "fr").split()[0] == "callat"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def pump(self, pipe: Pipe, valve: Valve, de: Any) -> Flow:\n    return de[valve]", "en"),
        ("Die Pumpe steht im Keller und läuft seit dem Morgen nicht mehr.", "de"),
        ("Arabamın plakası 35 KLM 482.", "tr"),
        ("Zeytin hasadı ekim ayının üçüncü haftasında başlar.", "tr"),
        ("Łódź wiosłowa, klucz francuski, żagiel zapasowy", "pl"),
    ],
)
def test_short_names_in_code_make_no_language(text: str, code: str) -> None:
    assert indexed_language(text) == code


def test_a_word_inside_a_sentence_without_spaces_is_found() -> None:
    assert set("证书".split()) <= set(searchable("服务器的证书三个月更换一次", "zh").split())
    assert "helm" in searchable("用helm部署", "zh").split()


def test_the_names_of_files_and_folders_are_words() -> None:
    assert {"people", "ada", "moreau"} <= set(searchable_path(b"/v/People/Ada Moreau.md").split())


@given(st.text())
def test_any_text_becomes_words_without_white_space_in_them(text: str) -> None:
    assert all(word.strip() for word in searchable(text, "en").split(" ") if word)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wo liegt der Schlüssel für den Keller?", "de"),
        ("Où est la clé de la cave ?", "fr"),
        ("¿Dónde está la llave del sótano?", "es"),
        ("Where is the key of the cellar?", "en"),
        ("Где ключ от подвала?", "ru"),
        ("地下室的钥匙在哪里？", "zh"),
        ("地下室の鍵はどこですか", "ja"),
        ("지하실 열쇠는 어디에 있나요", "ko"),
        ("x = y + 1", None),
        ("Bodrumun anahtarı nerede?", "tr"),
        ("Köşedeki dükkân ne satıyor?", "tr"),
        ("Quanto custa o aluguer?", "pt"),
        ("Gdzie leży śruba?", "pl"),
        ("Qui a la clé ?", "fr"),
        ("Máy bơm bị hỏng", "vi"),
    ],
)
def test_a_language_is_told_by_its_script_and_its_small_words(text: str, code: str | None) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize(
    ("text", "code", "may_be"),
    [
        ("Quando chiude?", "it", True),
        ("Quando chiude?", "en", False),
        ("Wann schließt das Museum?", "nl", False),
        ("博物馆几点关门？", "en", False),
        ("博物馆几点关门？", "zh", True),
    ],
)
def test_a_short_text_may_be_in_several_languages(text: str, code: str, may_be: bool) -> None:
    assert may_be_in(text, code) is may_be


@pytest.mark.parametrize("code", codes())
def test_every_file_of_a_language_can_be_read(code: str) -> None:
    known = language(code)
    assert known.name
    assert known.stop_words or code in ("km", "lo", "my", "th")  # of these only the name is known


@pytest.mark.parametrize(
    ("code", "asking"),
    [
        ("de", "Woran"),
        ("es", "cuántos"),
        ("es", "cuantos"),
        ("ru", "какую"),
        ("hi", "कब"),
        ("el", "πότε"),
        ("ar", "متى"),
        ("pl", "jaką"),
        ("tr", "nasıl"),
    ],
)
def test_words_that_ask_are_stop_words_with_their_accents_or_without(
    code: str, asking: str
) -> None:
    assert language(code).is_stop_word(asking)


@pytest.mark.parametrize(
    ("question", "code", "telling"),
    [
        ("灯塔什么时候重建？", "zh", {"灯塔", "重建"}),
        ("灯塔的看守人是谁？", "zh", {"灯塔", "看守", "守人"}),
        ("灯台はいつ建てられましたか", "ja", {"灯台"}),
        ("등대는 언제 지었습니까", "ko", {"등대"}),
        ("ประภาคารคืออะไร", "th", {"ปร", "าร"}),
    ],
)
def test_pairs_across_a_word_that_asks_need_not_be_held(
    question: str, code: str, telling: set[str]
) -> None:
    terms = terms_of(WordQuery(question, code), [code])
    needed = {term.forms[0] for term in terms if not term.vague}
    assert telling <= needed
    assert not any(
        pair in ("什么", "塔什", "是谁", "はい", "かい", "언제", "는언", "รค") for pair in needed
    )


def test_a_word_of_the_question_is_searched_in_the_forms_of_the_librarys_languages() -> None:
    (term,) = terms_of(WordQuery("Kündigungen"), ["de", "en"])
    assert len(term.forms) == 2


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    assert [term.forms for term in terms_of(WordQuery("what is the tide"), ["en"])] == [("tide",)]
    assert terms_of(WordQuery("who is it"), ["en"])


@pytest.mark.parametrize(
    ("one", "other", "slips"), [("tide", "tied", 1), ("harbor", "harbour", 1), ("abc", "xyz", 3)]
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 3) == slips


def test_a_misspelt_word_has_the_nearest_of_the_library() -> None:
    known = [("harbour", 3), ("harvest", 9), ("anchor", 1)]

    def vocabulary(beginning: str) -> list[tuple[str, int]]:
        return [(word, n) for word, n in known if word.startswith(beginning)]

    assert corrections("harbuor", vocabulary) == [("harbour", 3)]
    assert corrections("zeppelin", vocabulary) == []


@pytest.mark.parametrize(
    ("asked", "other"), [("pier", "per"), ("fly", "fry"), ("mother", "other"), ("sail", "snail")]
)
def test_a_short_word_or_another_first_letter_is_not_a_slip(asked: str, other: str) -> None:
    assert corrections(asked, lambda beginning: [(other, 9)][: other.startswith(beginning)]) == []


@pytest.mark.parametrize(
    ("word", "spelled"),
    [("терраформ", "terraform"), ("нгинкс", "nginx"), ("джира", "jira"), ("docker", None)],
)
def test_a_cyrillic_word_may_be_a_name_in_latin_letters(word: str, spelled: str | None) -> None:
    assert spelled in latin_spellings(word) if spelled else not latin_spellings(word)


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("fyodor", "фёдор"),
        ("hnatiuk", "гнатюк"),
        ("shcherbakov", "щербаков"),
        ("dostoevsky", "достоевский"),
        ("bx7", None),
        ("café", None),
    ],
)
def test_a_latin_name_may_be_in_cyrillic_letters(word: str, spelled: str | None) -> None:
    found = cyrillic_spellings(word)
    assert spelled in found if spelled else not found
    assert len(found) <= MOST


@pytest.mark.parametrize(
    ("word", "words", "is_slip"),
    [
        ("whcih", {"which", "who"}, True),
        ("hwat", {"what"}, True),
        ("plaese", {"please"}, True),
        ("harbour", {"labour"}, False),
        ("whethr", {"whether", "which"}, True),
        ("moaning", {"meaning"}, False),
        ("tide", {"side"}, False),
    ],
)
def test_a_slip_of_a_small_word_is_known(word: str, words: set[str], is_slip: bool) -> None:
    assert is_slip_of(word, frozenset(words)) == is_slip


@pytest.mark.parametrize(
    ("word", "known", "parts"),
    [
        ("arbeitszeitkonto", {"arbeitszeit", "konto"}, ("arbeitszeit", "konto")),
        ("hafengebuhr", {"hafen", "gebuhr"}, ("hafen", "gebuhr")),
        ("sortierungsregel", {"sortierung", "regel"}, ("sortierung", "regel")),
        ("leuchtturmfeier", {"leuchtturm"}, ("leuchtturm", "feier")),
        ("klassierung", {"klasse", "rung"}, None),
        ("zeppelin", {"harbour"}, None),
    ],
)
def test_a_compound_is_cut_into_words_of_the_library(
    word: str, known: set[str], parts: tuple[str, str] | None
) -> None:
    def counts(forms: Sequence[str]) -> dict[str, int]:
        return {form: 1 for form in forms if form in known}

    found = compound_of(word, ("s", "n"), lambda part: (part,), counts)
    assert (found.parts if found else None) == parts


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("harbuor", "harbour"), ("hrabour", "harbour"), ("ahrbour", "harbour"), ("hrbour", "harbour")]
    + [("hxrbour", "harbour"), ("hxarbour", "harbour"), ("harborsid", "harbourside")],
)
def test_of_a_large_vocabulary_little_is_read_for_a_misspelt_word(asked: str, meant: str) -> None:
    known = {"harbour": 3, "harbourside": 1, "hut": 800, "hubris": 2, "armour": 5}
    read: list[str] = []

    def vocabulary(beginning: str) -> list[tuple[str, int]]:
        read.append(beginning)
        return [(word, n) for word, n in known.items() if word.startswith(beginning)]

    def counts(words: Iterable[str]) -> dict[str, int]:
        return {word: known[word] for word in words if word in known}

    assert corrections(asked, vocabulary, counts) == [(meant, known[meant])]
    assert min(map(len, read)) == 2


def test_a_part_of_many_identifiers_is_asked_for_once() -> None:
    log = "09:15:27 dial_tone lost 09:16:27 dial_tone back 09:17:27 dial_plan"
    terms = terms_of(WordQuery(log), ["en"])
    leaves = [part.forms[0] for term in terms for part in term.parts]
    assert sorted(leaves) == ["09", "15", "16", "17", "27", "dial", "plan", "tone"]
    (again,) = terms_of(WordQuery("dial tone dial_tone"), ["en"])[-1:]
    assert again.optional or not again.parts


@given(st.text(st.sampled_from("ab Zß.-_/:'’+#=!<>|&中文ไท😀☀1,\\\n\u0301"), max_size=40))
def test_a_token_is_indexed_alike_within_a_text_and_by_itself(text: str) -> None:
    alone = [searchable(token, "en") for _, token in tokens_of(text)]
    assert searchable(text, "en").split() == " ".join(alone).split()


@pytest.mark.parametrize("word", ["readFile" * 10, "running" * 20, "x" * LONGEST_WORD + "_y"])
def test_a_word_too_long_to_be_remembered_is_indexed_all_the_same(word: str) -> None:
    assert len(word) > LONGEST_WORD
    assert shared(word, f"see {word}, which is long")


@pytest.mark.parametrize(
    ("question", "code", "names"),
    [
        ("When did Orla's sister visit Tobias?", "en", {"orla", "tobias"}),
        ("Wann hat Tobias den Keller gestrichen?", "de", set()),  # nouns look like names
        ("¿Cuándo pintó Tobias el sótano?", "es", {"tobias"}),
        ("Когда Тобиас красил подвал?", "ru", {"тобиас"}),
        ("WHEN DID TOBIAS PAINT?", "en", set()),
        ("When Did Tobias Paint The Cellar?", "en", set()),
        ("Tobias painted which cellar?", "en", set()),  # any first word has a capital
    ],
)
def test_names_within_a_question_are_known(question: str, code: str, names: set[str]) -> None:
    terms = terms_of(WordQuery(question, code), [code])
    assert {term.written for term in terms if term.is_name} == names


_FEW_LETTERS = st.text("abcd", min_size=3, max_size=9)


@given(_FEW_LETTERS, _FEW_LETTERS)
def test_slips_are_counted_up_to_those_forgiven_and_nothing_near_is_passed_over(
    one: str, other: str
) -> None:
    exact = distance(one, other, 12)
    for most in (1, 2):
        assert min(distance(one, other, most), most + 1) == min(exact, most + 1)
    near = exact <= (2 if len(one) >= 8 else 1)
    near = near and (one[0] == other[0] or one[:2] == other[1::-1])
    near = near and (len(one) > 4 or (len(one) == 4 and len(other) == 4))
    assert bool(corrections(one, lambda _: [(other, 1)])) == near


@pytest.mark.parametrize(
    ("question", "code", "pairs"),
    [
        ("Where is Oak Lane?", "en", ["oak lane"]),
        ("who has the pump room key", "en", ["pump room", "room key"]),
        ("When does the Bank of Kelso open?", "en", ["bank of kelso", "kelso open"]),
        ("Is the key on the shelf?", "en", []),
        ("What is in Ward 7?", "en", ["ward 7"]),
        ("Où est la place du Marché ?", "fr", ["plac du march"]),
        ("Wer leitet Projekt Reiher?", "de", ["leit projekt", "projekt reih"]),
        ("Wann hat das Haus am See zu?", "de", ["haus am see"]),
        ("Что подают в Синей птице?", "ru", ["пода в син", "син птиц"]),
        ("please tell me about echo_pager now", "en", []),
    ],
)
def test_words_next_to_each_other_are_looked_for_so(
    question: str, code: str, pairs: list[str]
) -> None:
    known = rules(code) or Rules()
    terms = terms_of(WordQuery(question, code, known.weak), [code])
    assert [term.forms[0] for term in terms if term.adjacent] == pairs


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [
        ("Wo wohnt Doras Bruder?", "Dora", "de"),
        ("Wo sind die Fotos?", "Foto", "de"),
        ("Welche Kamera war das?", "Kameras", "de"),
        ("Wem gehört Mannis Boot?", "Manni", "de"),
        ("Var är Mirjos båt?", "Mirjo", "sv"),
        ("Куда впадает канал?", "каналы", "ru"),
        ("Где каналы?", "канал", "ru"),
        ("Чьи это карманы?", "карман", "ru"),
    ],
)
def test_an_ending_that_the_stemmer_leaves_makes_no_other_word(
    question: str, text: str, code: str
) -> None:
    terms = terms_of(WordQuery(question, code), [code])
    assert searchable(text, code) in {form for term in terms for form in term.forms}


@pytest.mark.parametrize("word", ["Haus", "Glas", "los", "aus"])
def test_an_s_that_is_part_of_a_short_word_stays(word: str) -> None:
    (term, *_) = terms_of(WordQuery(f"{word}meister {word}", "de"), ["de"])
    assert term.forms == (searchable(f"{word}meister", "de"),)
