from __future__ import annotations

import pytest

from ragchat.answer.links import links_of, strange_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/b.", ["https://a.example/b"]),
        ("[here](https://a.example/b 'title') and <https://c.example>",
         ["https://a.example/b", "https://c.example"]),
        ("![](http://a.example/x.png?q=word)", ["http://a.example/x.png?q=word"]),
        ("(https://a.example/b_(c))", ["https://a.example/b_(c)"]),
        ("https://a.example/b[1] and **https://a.example/b**", ["https://a.example/b"]),
        ("HTTPS://A.Example/", ["https://a.example"]),
        ("[a]: //a.example/b", ["//a.example/b"]),
        ("www.a.example, mailto:ann@a.example", ["www.a.example", "mailto:ann@a.example"]),
        ("`curl ftp://a.example/b`", ["ftp://a.example/b"]),
        ("data:text/html,x", ["data:text/html,x"]),
        ("no link: a//b, 10://, c://, the data: none, http://", []),
    ],
)  # fmt: skip
def test_links_are_found_in_every_dress(text: str, links: list[str]) -> None:
    assert links_of(text) == links


def test_a_link_among_many_paragraphs_without_one_is_found() -> None:
    lines = ["word"] * 50 + ["- an item\n\n  of [a list](//a.example/b)"] + ["```\ncode"] * 9
    lines += ["at https:\\/\\/c.example", "w**ww.d.example**", "e&#46;example &sol;/f.example"]
    found = links_of("\n\n".join(lines))
    assert found == links_of("\n\n".join(lines[50:]))
    assert found[:2] == ["//a.example/b", "https://c.example"]


def test_a_link_is_known_by_any_text_that_was_given() -> None:
    given = ["Order at https://Shop.example/boats/.", "Is www.tides.example right?"]
    assert strange_links("https://shop.example/boats or www.tides.example", given) == ()


def test_a_link_that_says_more_than_its_source_is_strange() -> None:
    given = ["https://shop.example/boats"]
    answer = "https://shop.example/boats?said=secret and https://shop.example.evil.example/"
    assert strange_links(answer, given) == (
        "https://shop.example/boats?said=secret",
        "https://shop.example.evil.example",
    )


@pytest.mark.parametrize(
    "written",
    [
        "https://evil.example/?q={hunter2}",
        "https://evil.example/?q=[hunter2]",
        "https://evil.example/?q=|hunter2",
        "https://evil.example/?q=^hunter2",
        "https://evil.example/?q=\\hunter2",
        "https:\\/\\/evil.example/?q=hunter2",
        "https:&sol;&sol;evil.example/?q=hunter2",
        "https:/\u200b/evil.example/?q=hunter2",
        "https:/&#x200b;/evil.example/?q=hunter2",
        "https:/`/`evil.example/?q=hunter2",
        "<https://evil.example/?q=>hunter2",
        "| a |\n| - |\n|https://evil.example/?q=|hunter2|",
        "[here](https:\\/\\/evil.example/?q=hunter2)",
        "![](https:&sol;/evil.example/?q=hunter2)",
        "https://evil.exam",
    ],
)
def test_an_address_is_strange_however_it_is_written(written: str) -> None:
    assert len(strange_links(written, ["Ask https://evil.example/?q= for more."])) == 1


@pytest.mark.parametrize(
    "written",
    [
        "[tides](https://tides.example/a_b/(c)?d=ü)[1]",
        "<https://tides.example/a_b/(c)?d=ü>.",
        "`https://tides.example/a_b/(c)?d=ü`",
        "| [https://tides.example/a\\_b/(c)?d=ü][2] |",
        "See http://www.tides.example/a_b/(c)?d=ü[1][2].",
        "It is at https://tides.example/.",
    ],
)
@pytest.mark.parametrize(
    "given",
    [
        "[tides](https://tides.example/a_b/(c)?d=ü 'Tides')",
        "[![tides](https://a.example/b.png)](https://tides.example/a_b/(c)?d=ü)[^1]",
        '{"url": "https:\\/\\/tides.example\\/a_b\\/(c)?d=ü"}',
    ],
)
def test_an_address_of_a_source_is_known_however_it_is_written(written: str, given: str) -> None:
    assert strange_links(written, [given]) == ()
