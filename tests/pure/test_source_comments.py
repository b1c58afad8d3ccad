"""Comments in the source of LaTeX, AsciiDoc, Org and reStructuredText are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import format_of, plain
from ingest.text.chunker import chunk
from ingest.text.cleaning import clean


@pytest.mark.parametrize(
    ("markup", "read", "stored"),
    [
        ("latex", "Fee: 40\\,\\% % IGNORE\nDue", "Fee: 40\\,\\% \nDue"),
        ("latex", "One\n  % IGNORE\n% AND THIS\nTwo", "One\nTwo"),
        ("latex", "a\\\\% IGNORE\nb", "a\\\\\nb"),
        (
            "latex",
            "\\url{http://x.org/a%20b} \\verb|50%| x",
            "\\url{http://x.org/a%20b} \\verb|50%| x",
        ),
        ("latex", "\\href{http://x.org/a%20b}{b}%\nc", "\\href{http://x.org/a%20b}{b}\nc"),
        (
            "latex",
            "\\begin{lstlisting}\n% a line\n\\end{lstlisting}\n% IGNORE\nx",
            "\\begin{lstlisting}\n% a line\n\\end{lstlisting}\nx",
        ),
        ("latex", "a\\begin{comment}\nIGNORE\n\\end{comment}b", "ab"),
        ("latex", "a\\iffalse IGNORE \\ifx x\\fi ALL\\fi b", "a b"),
        ("latex", "a\\iffalse b", "a\\iffalse b"),
        ("asciidoc", "One\n// IGNORE\nTwo", "One\nTwo"),
        ("asciidoc", "One\n////\nIGNORE\n\n// ALL\n////\nTwo // three", "One\nTwo // three"),
        (
            "asciidoc",
            "----\n// code\n----\n....\n//// \n....\n",
            "----\n// code\n----\n....\n//// \n....\n",
        ),
        ("asciidoc", "```js\n// code\n```\n// x", "```js\n// code\n```\n"),
        ("asciidoc", "[comment]\nIGNORE\nALL\n\nTwo", "\n\nTwo"),
        ("asciidoc", "[comment]\n--\nIGNORE\n\nALL\n--\nTwo", "Two"),
        ("asciidoc", "One\n////\nnever ends", "One\n////\nnever ends"),
        ("org", "One\n# IGNORE\n  # ALL\n#\nTwo #tag\n#+TITLE: x", "One\nTwo #tag\n#+TITLE: x"),
        ("org", "#+BEGIN_COMMENT\nIGNORE\n#+END_COMMENT\nTwo @@comment:ALL@@x", "Two x"),
        ("org", "#+begin_src sh\n# code\n#+end_src\n# x\n", "#+begin_src sh\n# code\n#+end_src\n"),
        ("org", "#+begin_quote\n# IGNORE\nq\n#+end_quote", "#+begin_quote\nq\n#+end_quote"),
        ("org", "* A\na\n** COMMENT B\nIGNORE\n*** C\n* D\nd", "* A\na\n* D\nd"),
        ("rst", "One\n\n.. IGNORE\n   ALL\n\n   THIS\n\nTwo", "One\n\n\n\nTwo"),
        ("rst", ".. note:: Two\n\n   .. IGNORE\n\n   x", ".. note:: Two\n\n\n\n   x"),
        (
            "rst",
            ".. [1] A note\n.. _gate:\n.. |x| image:: y",
            ".. [1] A note\n.. _gate:\n.. |x| image:: y",
        ),
        ("rst", "Code::\n\n   .. code\n\n.. code-block:: rst\n\n   .. more\n", None),
        ("rst", "* One\n\n..\n\n    quoted", None),
        ("typst", "a // IGNORE\nhttps://x.org /* ALL\n*/b", "a \nhttps://x.org b"),
        ("typst", '```\n// code\n``` `// x` #link("//x")', None),
        ("mediawiki", "a<!-- IGNORE\n-->b<!-- never", "ab<!-- never"),
        ("textile", "a\n\n###. IGNORE\nALL\n\nb", "a\n\n\nb"),
        ("texinfo", "a\n@c IGNORE\n@ignore\nALL\n@end ignore\n@code{b}", "a\n@code{b}"),
        ("pod", "a\n\n=begin comment\n\nIGNORE\n\n=end comment\n\nb", "a\n\n\nb"),
    ],
)
def test_comments_are_left_out_but_in_code(markup: str, read: str, stored: str | None) -> None:
    assert clean(read, markup=markup).text == (read if stored is None else stored)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.tex",
            "\\section{Gate}\n% IGNORE\nOpen.\n\\begin{comment}\n\\section{No}\n\\end{comment}\n",
        ),
        ("a.adoc", "== Gate\n// IGNORE\nOpen.\n"),
        ("a.org", "* Gate\n# IGNORE\nOpen.\n"),
        ("a.rst", "Gate\n====\n.. IGNORE\n\nOpen.\n"),
        ("a.typ", "= Gate <g>\n// IGNORE\nOpen.\n/*\n= No\n*/\n"),
        ("a.mediawiki", "= '''Gate''' =\n<!-- IGNORE -->\nOpen.\n<pre>\n= No =\n</pre>\n"),
        ("a.textile", "h1(x). Gate\n\n###. IGNORE\n\nOpen.\n"),
        ("a.creole", "= Gate =\nOpen.\n"),
        ("a.txt", "====== Gate ======\nOpen.\n<code>\n== No ==\n</code>\n"),
        ("a.txt", "h1. Gate\nOpen.\n{code}\nh2. No\n{code}\n"),
        ("a.texi", "@chapter Gate\n@c IGNORE\nOpen.\n"),
        ("a.pod", "=head1 Gate\n\n=for comment IGNORE\n\nOpen.\n"),
        ("a.norg", "* Gate\nOpen.\n"),
    ],
)
def test_lines_and_headings_of_what_is_left_are_those_of_the_file(name: str, text: str) -> None:
    path = Path(name)
    document = plain.read(text.encode(), path, format_of(path) or "text", lambda _: "utf-8")
    [piece] = chunk(document, len, 400)
    line = text[: text.index("Open.")].count("\n") + 1
    assert "IGNORE" not in piece.text
    assert piece.heading == "Gate"
    assert piece.end_line >= line
    assert "Open." in piece.text


@pytest.mark.parametrize("markup", ["latex", "asciidoc", "org", "rst", "typst", "texinfo", "pod"])
def test_comments_take_linear_time(markup: str) -> None:
    marks = "\\iffalse\n\\begin{comment}\n////\n[comment]\n--\n#+begin_comment\n** COMMENT x\n"
    marks += "/*\n<!--\n@ignore\n=begin comment\n"
    clean(f"{marks}.. x\n  y::\n" * 3_000, markup=markup)
