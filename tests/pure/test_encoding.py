"""Bytes as text: what is not UTF-8 is read in the encoding that fits; one bad byte costs one."""

from __future__ import annotations

import pytest

from ingest.errors import SkippedFile
from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.readers.html.page import read

SAMPLES = {
    "cp1252": [
        "Où sont les élèves ? À la fenêtre du château, près de la forêt.",
        "Não há informações: a estação fecha às três.",
        "Smørrebrød på båden koster førtyve kroner.",
        "Señor Ibáñez met Zoë at the café in São Tomé.",
        "¿Cuándo abre la esclusa? El niño espera.",
        "“Don’t” – it’s the skipper’s wait…and see.",
        "Die Größe der Tür – fünf Meter – genügt für Käthes Möbel.",
    ],
    "cp1250": [
        "Příliš žluťoučký kůň úpěl ďábelské ódy.",
        "Zażółć gęślą jaźń w łódce.",
        "A zsilip őszi ideje: reggel nyolctól délig.",
    ],
    "cp852": [
        "Wody w śluzie jest dość, łódź płynie aż do końca tamy.",
        "Příliš mělká řeka, loď čeká.",
    ],
    "cp1258": ["Cư\u0309a cô\u0301ng mơ\u0309 lúc chín giơ\u0300 sáng."],
    "cp1256": ["يفتح الهويس في التاسعة صباحا"],
    "cp1255": ["השער נפתח בתשע"],
    "euc_jp": ["会議は三時から", "水門を開ける。"],
    "mac_cyrillic": ["Шлюз открывается в девять часов утра, я жду."],
    "iso2022_jp": ["水門は九時に開きます。"],
    "iso2022_kr": ["갑문은 아홉 시에 열립니다."],
    "cp1257": [
        "Slūžas vārti tiek atvērti deviņos no rīta.",
        "Durvis ir ciet, nāciet rīt.",
        "Šliuzas veikia ir žiemą, įgula čia plūduriuoja, ėmė žuvų.",
    ],
    "cp850": ["Die Schleuse öffnet für Gäste früh und schließt spät."],
    "mac_roman": [
        "Le château reçoit ses hôtes près de la forêt, où l'été s'achève.",
        "Die Schleuse öffnet für Gäste früh und schließt spät.",
    ],
    "cp1251": ["Список дел", "Шлюз закрыт.", "Съешь ещё этих мягких французских булок."],
    "koi8_r": ["Съешь ещё этих мягких французских булок, да выпей чаю."],
    "cp1253": ["Η γρήγορη αλεπού πηδάει πάνω από τον σκύλο."],
    "cp1254": ["İğneli fıçıda şişman çocuğun öğle uykusu, ağır gölge, şık bağ."],
    "iso8859_15": ["Der Preis der Tür beträgt 30 € für Mitglieder."],
    "cp932": ["予定の件", "犯罪の訴追を", "いろはにほへと、ちりぬるを。わかよたれそ、つねならむ。"],
    "gb18030": ["船闸早上九点开门,晚上八点关门。请按时到达。"],
    "big5": ["船閘早上九點開門,晚上八點關門。請按時到達。"],
    "euc_kr": ["갑문은 아침 아홉 시에 열고 저녁 여덟 시에 닫습니다."],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(name, text) for name, texts in SAMPLES.items() for text in texts]
)
def test_old_encodings_are_recognised(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding), guess)
    assert decoded.text == text
    assert decoded.encoding.endswith("(guessed)") or decoded.encoding.startswith("iso-2022")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["The lock opens at nine.\n", "船闸早上九点 开门。\n" * 3])
def test_wide_encodings_need_no_mark(encoding: str, text: str) -> None:
    if text.isascii() or "32" in encoding:
        assert decode(text.encode(encoding), guess).text == text


def test_a_broken_byte_costs_one_character() -> None:
    raw = "Grüße aus Köln".encode() + b"\xff" + " – schön".encode()
    assert decode(raw, guess) == ("Grüße aus Köln\ufffd – schön", "utf-8 (1 broken byte)")
    for head in (b"", b"<meta charset=utf-8>"):
        assert read(head + b"<p>" + raw, "page").text == "Grüße aus Köln\ufffd – schön"


def test_a_page_that_declares_the_wrong_encoding_is_read_in_its_own() -> None:
    page = (
        '<html><head><meta charset="utf-8"></head><body><p>Grüße – überall größer</p></body></html>'
    )
    document = read(page.encode("cp1252"), "page.html")
    assert (document.text, document.encoding) == (
        "Grüße – überall größer",
        "windows-1252 (guessed)",
    )


def test_a_page_without_a_charset_is_read_like_a_text() -> None:
    page = read("<p>La crème brûlée coûte très cher à Besançon.".encode("cp1252"), "page")
    assert page.text == "La crème brûlée coûte très cher à Besançon."
    assert page.encoding == "windows-1252 (guessed)"


@pytest.mark.parametrize("raw", [b"\x7fELF\0\0\0\1" * 40, bytes(range(256)) * 20])
def test_what_is_no_text_is_a_binary_file(raw: bytes) -> None:
    with pytest.raises(SkippedFile, match="binary"):
        decode(raw, guess)
