from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_chunker import LIMIT, count

from ingest.document import Chunk, Document
from ingest.text.chunker import LONGEST, chunk
from ingest.text.cleaning import clean
from ingest.text.syntax import LARGEST, outline

LANGUAGES = (
    "bash c cpp csharp go java javascript php python ruby rust tsx typescript unknown".split()
)
BODY = "".join(f"    value_{i} = compute(value_{i}, {i})\n" for i in range(12))


def chunks(text: str, language: str = "python", limit: int = LIMIT) -> list[Chunk]:
    return chunk(Document(text, "code", "a file", language), count, limit)


def headings(text: str, language: str = "python") -> list[str]:
    return [piece.heading for piece in chunks(text, language)]


TOKENS = st.sampled_from(
    """
    ( ) [ ] { } < > " ' ` ''' ${ <<EOS EOS /* */ // # : ; , . = => -> :: \\ @property #[derive]
    class def function fn func struct impl if else for end do done return template<T> async x y
    ?> <?php #define #ifdef #endif `${ f" r#" 漢字 😀 \ufffd
    """.split()
    + ["\n", "\n    ", "\n\n", "\r\n", "\t", "# a comment\n", "word " * 80, "def f(x):\n" + BODY]
)
CODE = st.one_of(
    st.builds(str.join, st.sampled_from([" ", "", "\n"]), st.lists(TOKENS, max_size=120)),
    st.text(max_size=200),
)


@given(CODE, st.sampled_from(LANGUAGES), st.sampled_from([12, 60, LIMIT]))
def test_whatever_stands_in_a_file_is_in_its_chunks_once_and_in_order(
    text: str, language: str, limit: int
) -> None:
    pieces = chunks(text, language, limit)
    seen = "".join("".join(piece.text for piece in pieces).split())
    assert seen == "".join(clean(text).text.split())
    end = 0
    for piece in pieces:
        assert end <= piece.start < piece.end
        assert text[piece.start] in (piece.text[0], "\r")
        whole = f"{piece.heading}\n{piece.text}" if piece.heading else piece.text
        assert count(whole) <= limit or len(piece.text) == 1
        assert len(piece.text) <= LONGEST
        end = piece.end


@given(CODE, st.sampled_from(LANGUAGES))
def test_an_outline_is_in_order_and_at_beginnings_of_lines(text: str, language: str) -> None:
    cleaned = clean(text).text
    plan = outline(cleaned, language, 800)
    starts = [place.start for place in plan.headings]
    assert starts == sorted(set(starts))
    assert all(start < heading.end for start, heading in zip(starts, plan.headings, strict=True))
    offsets = [offset for offset, _ in plan.breaks]
    assert offsets == sorted(set(offsets))
    assert all(not at or cleaned[at - 1] == "\n" for at in starts + offsets)


def test_the_heading_of_a_method_is_the_path_of_what_it_is_defined_in() -> None:
    code = f"class Outer:\n class Inner:\n  def method(self):\n{BODY * 2}"
    assert headings(code)[-1] == "Outer > Inner > method"


def test_a_short_function_shares_a_chunk_with_its_neighbours() -> None:
    code = "\n\n".join(f"def short_{i}(x):\n    return x + {i}" for i in range(8))
    [piece] = chunks(code)
    assert piece.text == code


def test_methods_that_share_a_chunk_stand_under_their_class() -> None:
    methods = "\n".join(f"    def method_{i}(self):\n        return {i}\n" for i in range(60))
    pieces = chunks(f"class Many:\n{methods}")
    assert len(pieces) > 2
    assert {piece.heading for piece in pieces} == {"Many"}
    assert all(piece.text.startswith("    def") for piece in pieces[1:])


def test_a_long_function_is_cut_between_statements() -> None:
    statement = "    result = call(\n        first,\n        second,\n    )\n"
    pieces = chunks(f"def long():\n{statement * 60}")
    assert len(pieces) > 2
    assert {piece.heading for piece in pieces} == {"long"}
    assert all(piece.text.startswith("    result") for piece in pieces[1:])


def test_a_long_statement_is_cut_between_its_parts() -> None:
    rows = "".join(f'    ("name {i}", {{"key": {i}}}),\n' for i in range(100))
    assert all(piece.text.startswith("    (") for piece in chunks(f"ROWS = [\n{rows}]\n")[1:])


@pytest.mark.parametrize("above", ["@cache\n@other(\n    1,\n)\n", "# what it is for\n# and why\n"])
def test_decorators_and_comments_stay_with_the_function_below(above: str) -> None:
    code = f"def first():\n{BODY}\n{above}def second():\n{BODY}"
    second = chunks(code)[-1]
    assert second.text.startswith(above)
    assert second.heading == "second"


def test_a_long_comment_above_a_function_stands_under_its_name_and_is_cut_by_lines() -> None:
    comment = "".join(f"// line {i} tells at some length what it is for\n" for i in range(60))
    pieces = chunks(f"{comment}function late() {{\n{BODY}}}\n", "javascript")
    assert {piece.heading for piece in pieces} == {"late"}
    assert all(piece.text.startswith(("//", "function")) for piece in pieces)
    assert min(len(piece.text) for piece in pieces) > 300


def test_a_comment_at_the_head_of_a_file_is_not_about_its_first_function() -> None:
    [first, *_] = chunks(f"# {'Licence. ' * 60}\n\n# what it is for\ndef first():\n{BODY}")
    assert first.heading == ""
    assert first.text.endswith("Licence.")


def test_what_follows_a_function_does_not_stand_under_its_name() -> None:
    code = f"def first():\n{BODY}\n\nTABLE = [\n{'    1,' * 80}\n]\n"
    assert chunks(code)[-1].heading == ""


def test_a_function_within_a_long_one_has_a_heading_and_gives_it_back() -> None:
    code = f"def outer():\n{BODY * 2}\n    def inner():\n    {BODY * 2}\n{BODY * 2}"
    assert set(headings(code)) == {"outer", "outer > inner"}


@pytest.mark.parametrize(
    ("language", "code", "path"),
    [
        ("bash", "greet() {\n@}\n", "greet"),
        ("c", "static int *\nfind(int key)\n{\n@}\n", "find"),
        ("c", "typedef struct {\n@  int x;\n} point;\n", "point"),
        ("cpp", "void Store::add(int x)\n{\n@}\n", "Store > add"),
        ("cpp", "namespace a {\nclass B {\n  int &c() {\n@  }\n};\n}\n", "a > B > c"),
        ("cpp", "template <class T>\nclass B {\n@};\n", "B"),
        ("csharp", "class A {\n  int B {\n@    get;\n  }\n}\n", "A > B"),
        ("go", "func (s *Store[K]) Add(k K) {\n@}\n", "Store > Add"),
        ("go", "type Store struct {\n@}\n", "Store"),
        ("java", "class A {\n  A() {\n  }\n  void b() {\n@  }\n}\n", "A > b"),
        ("javascript", "export const add = (a) => {\n@}\n", "add"),
        ("javascript", "Foo.prototype.bar = function () {\n@}\n", "Foo > prototype > bar"),
        ("javascript", "call({\n  run: function () {\n@  }\n})\n", "run"),
        ("php", "<?php\nclass A {\n  function b() {\n@  }\n}\n", "A > b"),
        ("ruby", "module A\n  class B\n    def c?\n@    end\n  end\nend\n", "A > B > c?"),
        ("rust", "impl<T> Show for List<T> {\n  fn show(&self) {\n@  }\n}\n", "List<T> > show"),
        ("tsx", "class A {\n  b = () => {\n@    return <p/>\n  }\n}\n", "A > b"),
        ("typescript", "export interface A {\n@  b: string\n}\n", "A"),
    ],
)
def test_every_language_tells_what_it_defines(language: str, code: str, path: str) -> None:
    comment = "# filler\n" if language in ("bash", "ruby") else "// filler\n"
    plan = outline(code.replace("@", comment * 30), language, 0)
    assert path in [" > ".join(place.path) for place in plan.headings]


@pytest.mark.parametrize("code", ["def broken(:\n    x = (1\n", "}}}} )))\n" * 40, "class\ndef\n"])
def test_broken_code_is_chunked_all_the_same(code: str) -> None:
    text = f"{code}\ndef whole():\n{BODY}"
    assert "".join("".join(piece.text for piece in chunks(text)).split()) == "".join(text.split())


def test_code_in_a_language_without_a_grammar_is_cut_at_blank_lines() -> None:
    code = "\n\n".join(["let x = 1\nlet y = 2\n" * 12] * 8)
    assert all(piece.text.startswith("let x") for piece in chunks(code, "swift"))


def test_more_than_a_person_writes_is_not_parsed() -> None:
    assert outline("def f():\n    return 1\n" * (LARGEST // 20), "python", 800).headings == ()


MINIFIED = "!function(){var a=function(b){return{c:b.d?e(f):[g,h]}};" * 10_000


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", MINIFIED),
        ("javascript", MINIFIED[:200_000]),
        ("python", "(" * 100_000 + "1" + ")" * 100_000),
        ("python", "(\n" * 100_000),
        ("c", "{\n" * 100_000),
        ("bash", "<" * 100_000),
        ("python", "class A:\n" * 20_000),
        ("python", "".join(" " * i + f"class A{i}:\n" for i in range(600))),
    ],
)
def test_monstrous_code_is_chunked(language: str, code: str) -> None:
    pieces = chunks(code, language)
    assert sum(len(piece.text.split()) for piece in pieces) >= len(code.split())
    assert max(len(piece.text) for piece in pieces) <= LONGEST
