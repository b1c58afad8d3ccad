"""Front matter as programs for notes and web pages write it."""

from __future__ import annotations

import pytest

from ingest.text.front_matter import front_matter
from ingest.text.outline import title


@pytest.mark.parametrize(
    ("head", "named", "tags", "date"),
    [
        ("---\ntitle: Weir\ntags: [gate, tide]\ncategories: harbour news\n---\n", "Weir",
         ("gate", "tide", "harbour", "news"), ""),
        ("---\ntitle: |\n  The long\n  weir\ncategories: [news, locks]\n...\n", "The long weir",
         ("news", "locks"), ""),
        ('{\n  "title": "Weir",\n  "date": "2026-03-04",\n  "tags": ["gate"]\n}\n', "Weir",
         ("gate",), "2026-03-04"),
        ("% Weir and\n  gate\n% Ann; Bo\n% 4 March 2026\n", "Weir and gate", (), "4 March 2026"),
        ("% Weir\n", "Weir", (), ""),
        ("Title: Weir\nAuthor: Ann\nDate: 2026-03-04\nKeywords: gate, tide\n\n", "Weir",
         ("gate", "tide"), "2026-03-04"),
        ("title:: Weir\ntags:: gate, tide\n\n", "Weir", ("gate", "tide"), ""),
    ],
)  # fmt: skip
def test_front_matter_is_read_in_its_kinds(
    head: str, named: str, tags: tuple[str, ...], date: str
) -> None:
    found = front_matter(f"{head}The text.\n")
    own = found.properties
    assert (found.title, own.tags, own.date) == (named, tags, date)
    assert f"{head}The text.\n"[found.end :].strip() == "The text."


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "Data", "rows": []}\n',
        "100 % sure\n",
        "Note: call Ann\nTitle: later\n\nText",
        "{{ title }}\n\nText",
    ],
)
def test_a_text_that_only_looks_like_it_has_none(text: str) -> None:
    assert front_matter(text).end == 0


def test_empty_front_matter_is_not_the_title() -> None:
    assert title("---\n---\nThe text.\n", "markdown") == ""


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("[Guide](https://example.org/a_(b)) to *locks*", "Guide to locks"),
        ("See [the tide][1] and ![gate](g.png)", "See the tide and gate"),
        ("[![Tests](t.svg)](https://example.org) Weir", "Tests Weir"),
        ("[[Weirs|The weir]] of [[Quay]]", "The weir of Quay"),
        ("The weir { #weir .large }", "The weir"),
        ("[1.2] - 2026-03-01, f(x), a[0]", "[1.2] - 2026-03-01, f(x), a[0]"),
    ],
)
def test_a_title_has_the_texts_of_its_links(line: str, shown: str) -> None:
    assert title(f"# {line}\n\nText", "markdown") == shown


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Roses\n" + "tags: [a, b]\n" * 20_000 + "---\nText\n", "Roses"),
        ("---\ntitle: Roses\nx: " + "[" * 90_000 + "\n---\nText\n", "Roses"),
        ("+++\ntitle = 'Roses'\n" + ".".join("a" * 20_000) + " = 1\n+++\nText\n", ""),
    ],
    ids=["long", "nested", "dotted"],
)
def test_front_matter_that_takes_long_is_not_parsed(text: str, title: str) -> None:
    assert front_matter(text).title == title
