"""Letters of TeX's T1 fonts in a PDF without their names."""

from __future__ import annotations

import pytest

from ingest.readers.pdf.tex_letters import with_tex_letters


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (
            "\x82otr pobiegª nad rzek¦ i zgubiªa si¦ gª¦boka ksi¡»ka.",
            "Ćotr pobiegł nad rzekę i zgubiła się głęboka książka.",
        ),
        (
            "\x9dstasyonda be\xb3 ki\xb3i a\xa7laya a\xa7laya bekle\xb3ti, \xe7ok \x19s\x19nd\x19.",
            "İstasyonda beş kişi ağlaya ağlaya bekleşti, çok ısındı.",
        ),
        ("\x83ty\xb0i d\xa5ti b\xa5haj\xed, te\xa3e voda.", "Čtyři děti běhají, teče voda."),
    ],
)
def test_letters_of_t1_fonts_are_those_that_are_shown(codes: str, text: str) -> None:
    assert with_tex_letters(codes) == text


@pytest.mark.parametrize(
    "text",
    [
        "La col·lecció i l'il·lusió del xai·lo.",
        "don\x92t, won\x92t, can\x92t, isn\x92t",
        "M¨uller, caf´e, fran¸cais, p°a, r¨ude, d´ej`a vu",
        "Art. 3ª § 5, 20 µm, 10 £ and 5 ± 2",
        "Zażółć gęślą jaźń",
        "Only two wo¦ds of this page are da¦aged.",
    ],
)
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert with_tex_letters(text) == text
