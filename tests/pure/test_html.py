"""Web pages as browsers understand them: optional tags, hidden parts, tables, numbers, places."""

from __future__ import annotations

import plistlib
from dataclasses import replace

import pytest

from ingest.errors import ReadError, SkippedFile
from ingest.readers.html.page import read
from ingest.text.chunker import chunk

WORDS = "The lock at the north quay opens at nine and shuts at noon on all days of the week. " * 3
WORDS = WORDS.strip()


def text_of(page: str) -> str:
    return read(page.encode(), "page").text


@pytest.mark.parametrize(
    "page",
    [
        "<title>Locks</title><p>The lock opens at nine.",
        "<html><head><title>Locks</title><body><p>The lock opens at nine.</html>",
        "<script>if (a < b) {}</script foo><p>The lock opens at nine.",
        "<main hidden>Old</main><p>The lock opens at nine.",
        "<main>Wait …</main><div><p>The lock opens at nine.</div>",
    ],
)
def test_what_a_browser_shows_is_read(page: str) -> None:
    assert "The lock opens at nine." in text_of(page)
    assert "Old" not in text_of(page)


def test_several_main_parts_are_all_read() -> None:
    page = "<main><p>First part.</main><div role=main><p>Second part.</div><p>Menu"
    assert text_of(page) == "First part.\n\nSecond part."


@pytest.mark.parametrize(
    "rule",
    [
        ".x{display:none}",
        "p.x{visibility:hidden}",
        "#y{opacity:.02}",
        "i{position:absolute;left:-2000px}",
        "@media screen{.x{display:none}}",
        ".x{display:/**/none !important}",
        ".x{height:0;overflow:hidden}",
        ".x{clip-path:inset(100%)}",
        ".x{transform:scale(0)}",
        ".x{font-size:1px}",
        ".x{color:#fff;background:white}",
        ".x{d\\69splay:none}",
        ":is(.w, .x){display:none}",
        ".x{font:italic 1px/3 serif}",
        ".x{filter:blur(1px) opacity(0)}",
        ".x{color:hsla(20, 30%, 40%, 0)}",
        ".x{color:rgb(0 0 0 / 0%)}",
        ".x{zoom:0}",
        ".x{zoom:2%}",
        ".x{color:#ffff;background:#ffffff}",
        ".x{color:#33cc0010}",
        "<!-- .x{display:none} -->",
        ".x{translate:-3000px}",
        ":root{--off:none}.x{display:var(--off)}",
        ".x{display:var(--unknown, none)}",
        ":root{--a:var(--b);--b:#fefefe}.x{color:var(--a)}",
        "body{color:#222;.x{display:none}}",
        ".u{color:red;& + .x, .v{display:none}}.x{.x &{color:red}}",
        "p{@media screen{x{color:red}} &.x, i&{visibility:hidden}}",
        ".x{color:white}",
        "body{background:#101418;color:#eee}.x{color:#121419}",
        ".x{text-decoration:2px line-through}",
    ],
)
def test_what_a_style_sheet_hides_is_left_out(rule: str) -> None:
    tag = "i" if rule.startswith("i") else "p"
    page = f'<style>{rule}</style><p class="u">seen</p><{tag} class="x" id="y">obey</{tag}>'
    assert text_of(page) == "seen"


@pytest.mark.parametrize(
    "rule",
    [
        "@media print{.x{display:none}}",
        ".x:hover{display:none}",
        ".x{display:none} p.x{display:block}",
        ".other{display:none}",
        ".x{opacity:.8;font-size:11px;color:#333;background:#fff}",
        ".x{zoom:50%;color:#333f;background:#eeeeeeff}",
        ".x{font:bold 12px/1 serif;zoom:.9;filter:opacity(80%);color:rgb(0 0 0 / 90%)}",
        ".x{font:400 1em serif;translate:-20px;color:hsl(0, 0%, 0%)}",
        ":is(.w, .v){display:none}",
        ".x{color:inherit;background-color:inherit}",
        ".x{color:var(--ink);background:var(--ink)}",
        ".x{color:currentColor;background:currentColor}",
        "body{background:#101418}.x{color:#fff}",
        "body{background:linear-gradient(#000, #333)}.x{color:#fff}",
        ".x{color:#fff;position:absolute;top:0}",
        ".x{color:#fff;background:url(sea.jpg)}",
        ".card{color:red;.x{display:none}}",
        ".top&gt; *{display:none}",
    ],
)
def test_what_a_style_sheet_shows_is_read(rule: str) -> None:
    assert text_of(f"<style>{rule}</style><p class=x>seen") == "seen"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>A <font color=White>obey</font><font color='#fefefe'>obey</font> B", "A B"),
        ("<body bgcolor=black text=white><p>A <font color=#000>obey</font> B", "A B"),
        ("<table bgcolor=navy><tr><td><font color=white>A</font></td></tr></table>", "A"),
        ("<p style='color:white'>obey <b style='color:red'>A</b> <a href=x>B</a>", "A B"),
        ("<p><img src=x alt='A dark sea'><b style='color:white'>A</b>", "[image: A dark sea] A"),
        ("<p><button style='color:white' aria-expanded=false>When does it open?</button>",
         "When does it open?"),
        ("<link rel=stylesheet href=x><style>.x{color:#fff}</style><p class=x>A", "A"),
        ("<ul><li><input type=checkbox checked><i style='text-decoration:line-through'>A</i></ul>",
         "- [x] A"),
        ("<ul><li data-inline-task-id=1 class=checked>A<li data-inline-task-id=2>B</ul>",
         "- [x] A\n- [ ] B"),
        ("<div style='display:flex'><span>Dues</span><b>9 €</b></div>", "Dues 9 €"),
        ("<p><i style='display:inline-block'>T</i><i style='display:inline-block'>he</i>", "The"),
    ],
)  # fmt: skip
def test_letters_are_seen_by_their_colour_and_place(page: str, shown: str) -> None:
    assert text_of(page) == shown


def test_variables_that_are_made_of_each_other_end() -> None:
    rules = "".join(f"--v{n}:{f'var(--v{n + 1}) ' * 99};" for n in range(9))
    assert text_of(f"<style>:root{{{rules}}}.x{{color:var(--v0)}}</style><p class=x>seen") == "seen"


def test_an_important_rule_outweighs_the_style_of_an_element() -> None:
    rule = "<style>.x{display:none !important}</style>"
    assert text_of(f"{rule}<p>seen</p><p class=x style='display:block'>obey</p>") == "seen"
    weak = rule.replace(" !important", "")
    assert "seen" in text_of(f"{weak}<p class=x style='display:block'>seen</p>")


def test_hidden_text_is_said() -> None:
    page = read(f"<p>seen</p><div hidden>{'obey ' * 100}</div>".encode(), "page")
    assert page.left_out == ("hidden elements (500 characters)",)
    with pytest.raises(SkippedFile, match="text is hidden"):
        read(b"<div style='opacity:0'>All of it fades in.</div>", "page")


def test_a_page_that_was_saved_under_a_dialog_is_read() -> None:
    page = "<div aria-hidden=true><p>The whole page is here.</div><div><p>OK?</div>"
    assert "The whole page is here." in text_of(page)


def test_cells_that_span_others_keep_the_columns_apart() -> None:
    page = (
        "<table><thead><tr><th>Lock<th>Gate<th>Toll</thead>"
        "<tr><td rowspan=2>North<td>east<td>4<tr><td>west<td>5"
        "<tr><td colspan=2>South<td>6</table>"
    )
    document = read(page.encode(), "page")
    assert document.text.split("\n") == [
        "Lock | Gate | Toll",
        "North | east | 4",
        "North | west | 5",
        "South |  | 6",
    ]
    [(start, body, end)] = document.tables
    assert document.text[start:body] == "Lock | Gate | Toll\n"
    assert document.text[body:end] == document.text[body:]


def test_numbers_powers_links_and_pictures_are_told() -> None:
    page = (
        "<ol start=3><li>Open<li value=7>Close</ol>"
        "<p>10<sup>9</sup> Hz, CO<sub>2</sub>, n<sub>i</sub>"
        "<p>Read <a href='https://example.org/rules'>the rules</a>, <a href='#top'>top</a>."
        "<img src=a.png alt='Plan of the lock'><img src=b.png alt=b.png>"
    )
    assert text_of(page).split("\n") == [
        "3. Open",
        "7. Close",
        "",
        "10^9 Hz, CO2, n_i",
        "",
        "Read the rules (https://example.org/rules), top. [image: Plan of the lock]",
    ]


def test_code_keeps_its_lines() -> None:
    page = read(b"<pre>\n<span>one</span>\n  two</pre><pre><div>a</div><div> b</div></pre>", "page")
    told = [(line, at) for line, at in zip(page.text.split("\n"), page.lines, strict=True) if line]
    assert told[:4] == [("```", 1), ("one", 2), ("  two", 3), ("```", 3)]
    assert [line for line, _ in told[4:]] == ["```", "a", " b", "```"]


def test_a_long_paragraph_knows_the_lines_of_its_words() -> None:
    lines = [f"Sentence {number} has a line of its own in the file." for number in range(100)]
    page = read(("<p>" + "\n".join(lines)).encode(), "page")
    said = page.text.split("\n")
    assert len(said) > 4
    for line, at in zip(said, page.lines, strict=True):
        assert line.startswith(lines[at - 1])


def test_a_row_ends_where_the_next_one_begins() -> None:
    names = "<tr>\n<th>Boat</th>\n<th>Berth</th>\n</tr>\n"
    page = f"<table>\n{names}{names.replace('th>', 'td>')}</table>\n<p>End"
    row, end = read(page.encode(), "a"), read(b"<p>Dues\n\n<p>End", "a")
    (piece,) = chunk(replace(row, text=row.text.removesuffix("\n\nEnd")), len, 800)
    assert (piece.start_line, piece.end_line) == (3, 9)
    (piece,) = chunk(end, len, 800)
    assert (piece.start_line, piece.end_line) == (1, 3)


def test_what_lays_out_is_no_row() -> None:
    page = "<table><tr><td><h2>Part</h2><p>One.</p><p>Two.</p></td></tr></table>"
    assert text_of(page) == "## Part\n\nOne.\n\nTwo."


def test_rows_of_names_above_each_other_are_one_header() -> None:
    rows = "".join(f"<tr><td>Port {n}<td>{n}<td>0.{n}</tr>" for n in range(200))
    page = (
        "<table><thead><tr><th>Port<th colspan=2>Tide</tr><tr><th><th>high<th>low</tr></thead>"
        f"<tbody>{rows}</table>"
    )
    document = read(page.encode(), "tides.html")
    pieces = chunk(document, lambda text: len(text.split()), 120)
    assert len(pieces) > 3
    assert {piece.header for piece in pieces[1:]} == {"Port | Tide high | Tide low"}


@pytest.mark.parametrize(
    ("above", "shown"),
    [
        ("<h1>The lock opens</h1>", ["# The lock opens"]),
        (
            (
                "<header><nav><a href='/'>Home</a></nav><div><h1>The lock opens</h1><p>At nine."
                "</div></header>"
            ),
            ["# The lock opens", "At nine."],
        ),
        (
            f"<div><h1>The lock opens</h1>{'<a href=/x>Other news</a>' * 9}</div>",
            ["# The lock opens"],
        ),
        ("<h1>Tide</h1>", []),  # the site
        ("<h1 hidden>The lock opens</h1>", []),
    ],
)
def test_the_title_is_read_where_it_is_above_the_main_part(above: str, shown: list[str]) -> None:
    page = f"<title>The lock opens | Tide</title>{above}<main><h2>When</h2><p>{WORDS}</main>"
    assert [line for line in text_of(page).split("\n") if line] == [*shown, "## When", WORDS]


def test_a_page_whose_text_is_for_browsers_without_scripts_is_read() -> None:
    page = f"<p>Blog of the harbour<noscript><h1>Lock</h1><p>{WORDS}</noscript>"
    assert text_of(page).endswith(WORDS)
    picture = f"<noscript><img src='{'x' * 999}'></noscript>"
    assert text_of(f"<p>Blog of the harbour{picture}") == "Blog of the harbour"


def test_a_table_is_one_however_its_source_is_indented() -> None:
    items = "".join(f"<li>{' ' * 80}{word}</li>\n" for word in ("power", "water"))
    rows = f"<tr><td>A1</td><td><ul>{items}</ul></td></tr><tr><td>A2</td><td>none</td></tr>"
    assert text_of(f"<table>{rows}</table>") == "A1 | power water\nA2 | none"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>Pay <s>100</s> <del>90</del> <ins>80</ins> euros", "Pay 80 euros"),
        ("<dialog>Closed</dialog><dialog open>Open</dialog>", "Open"),
        (
            "<p>Slope <math><mfrac><mi>a</mi><mi>b</mi></mfrac><msup><mi>x</mi><mn>2</mn></msup>",
            "Slope a/bx^2",
        ),
        (
            (
                "<math><mi>x</mi><mo>=</mo><mfrac><msqrt><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow>"
                "</msqrt><mn>2</mn></mfrac></math>"
            ),
            "x=(√(b+1))/2",
        ),
        (
            (
                "<math><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi>"
                "</munderover><msubsup><mi>a</mi><mi>i</mi><mn>2</mn></msubsup></math>"
            ),
            "∑_(i=1)^na_i^2",
        ),
        (
            (
                "<math><mroot><mi>x</mi><mn>3</mn></mroot><mo>+</mo><mfrac linethickness='0'>"
                "<mi>n</mi><mi>k</mi></mfrac><mo>+</mo><mover><mi>y</mi><mo>→</mo></mover></math>"
            ),
            "√^3(x)+(n over k)+y→",
        ),
        (
            (
                "<math><mo>[</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr>"
                "<mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable><mo>]</mo></math>"
            ),
            "[a, b; 0, 1]",
        ),
        (
            (
                "<math><mtable><mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mn>1</mn></mtd></mtr>"
                "</mtable></math>"
            ),
            "x=1",
        ),
    ],
)
def test_what_no_longer_holds_is_left_out_and_formulas_keep_their_shape(
    page: str, shown: str
) -> None:
    assert text_of(page) == shown


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<label>Berth <input value='C 14'></label>", "Berth C 14"),
        ("<p>Nights <input type=number value=3> of <input value=''>", "Nights 3 of"),
        ("<p>A<input type=hidden value=t0k3n><input type=submit value=Go>", "A"),
        ("<p>Flag <select><option>IE<option selected>NO<option>SE</select>.", "Flag NO ."),
        ("<p><select multiple><option selected>Mo<option>Tu<option selected>We", "Mo, We"),
        ("<p>Pier <select><option value=''>Choose one<option>East</select>", "Pier"),
        ("<p>Note <textarea>Late.\nNeeds a ramp.</textarea>", "Note Late.\nNeeds a ramp."),
        ("<label><input type=radio checked>Mast up</label><label><input type=radio>Down</label>",
         "[x] Mast up [ ] Down"),
        ("<ul><li><input type=checkbox disabled>Paint<li><div class='box checkbox-on'></div><p>Oil",
         "- [ ] Paint\n- [x] Oil"),
        ("<input type=checkbox id=menu><p>Text", "Text"),
        ("<table><tr><th>Part<th>Left<tr><td>Bolt<td><input value=12></table>",
         "Part | Left\nBolt | 12"),
        ("<p>A<input value='obey' style='display:none'><input value=b hidden>", "A"),
    ],
)  # fmt: skip
def test_of_a_form_its_values_are_read(page: str, shown: str) -> None:
    assert text_of(page) == shown


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<h3><button aria-expanded=false>Are dogs allowed?</button></h3><p>On a lead.",
         "### Are dogs allowed?\n\nOn a lead."),
        ("<button aria-expanded=true>How do I moor?</button><p>Stern first.<button>Send it",
         "How do I moor?\n\nStern first."),
        ("<h2></h2><p>Text<ul><li></ul><p>More", "Text\n\nMore"),
        ("<h2>Part<br>one</h2>", "## Part one"),
        (("<table><caption>Dues of 2024</caption><tr><th>Boat<th>Due<tfoot><tr><td>All<td>9<tbody>"
          "<tr><td>Yawl<td>4</table>"), "Dues of 2024\nBoat | Due\nYawl | 4\nAll | 9"),
        ("<blockquote>Mind the sill.<footer>— keeper</footer></blockquote><footer>© us</footer>",
         "Mind the sill.\n— keeper"),
        (("<main><p>Deep<a class='footnote-reference x' href='#a'>2</a><aside class=footnote>"
          "<p>At low water.</aside><aside class=promo><a href=/>Buy a boat now</a></aside></main>"),
         "Deep[2]\n\nAt low water."),
        ("<ol reversed><li>c<li>b</ol>", "2. c\n1. b"),
        ("<div popover>obey</div><datalist><option>a</datalist><p>I said <q>no</q>", "I said “no”"),
        ("<table><tr><td class='no linenos'><pre>1</pre><td><pre class='x'>a<br>b</pre></table>",
         "```\na\nb\n```"),
        ("<pre><a href=#1 id=1 data-nosnippet>1</a>use std;</pre>", "```\nuse std;\n```"),
        ("<h2>Diet<span class='x mw-editsection'>[edit]</span></h2>", "## Diet"),
        ("<table><tr><th>Key<th>Owner<tr><td><p>AB-1<p>AB-2<td>Jo</table>",
         "Key | Owner\nAB-1 AB-2 | Jo"),
        (("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/>"
          "<script src='a.js'/></head><body><div id='a'/><p>Seen</p></body></html>"), "Seen"),
        (("<div role=grid><div role=row><span role=columnheader>Lock</span><span role=columnheader>"
          "Toll</span></div><div role=row><span role=gridcell>East</span><span role=gridcell>4"
          "</span></div></div>"), "Lock | Toll\nEast | 4"),
        ("<div role=heading aria-level=3>Dues</div><div role=list><div role=listitem>Boats</div>",
         "### Dues\n\n- Boats"),
        ("<p><ruby>\u6e2f<rp>(</rp><rt>\u307f\u306a\u3068</rt><rp>)</rp></ruby>", "\u6e2f"),
    ],
)  # fmt: skip
def test_what_a_reader_sees_is_read(page: str, shown: str) -> None:
    assert text_of(page) == shown


@pytest.mark.parametrize(
    ("page", "header"),
    [
        ("<table><tr><th>Mass<td>186 g<tr><th>Order<td>Falcons</table>", ""),
        ("<table><tr><td><th>2022<th>2023<tr><th>Rain<td>5<td>6</table>", " | 2022 | 2023"),
    ],
)
def test_names_of_rows_are_not_those_of_columns(page: str, header: str) -> None:
    document = read(page.encode(), "page")
    found = [document.text[start:body].strip("\n") for start, body, _ in document.tables]
    assert found == ([header] if header else [])


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (("<style>.r{font-size:0}.c{font-size:16px}</style><div class=r>obey<p class=c>Seen</p>"
          "<b>and <i>this</i></b><u style='font-size:2em'>nor me</u></div>"), "Seen"),
        ("<p style='visibility:hidden'>obey <b style='visibility:visible'>Seen</b> me", "Seen"),
        ("<div style='visibility:hidden'><p style='font-size:16px'>obey</p></div>Seen", "Seen"),
        ("<div style='display:none'><p style='display:block'>obey</p></div>Seen", "Seen"),
    ],
)  # fmt: skip
def test_what_is_set_anew_inside_a_hidden_element_is_seen(page: str, shown: str) -> None:
    assert text_of(page) == shown


def test_what_components_and_tabs_show_is_read() -> None:
    page = (
        "<style>p.lit{display:none}</style><main><h1>Weir</h1><tide-box>"
        "<template shadowrootmode=open><style>.dim{display:none}h1{display:none}</style>"
        "<p class=lit>Ebb at nine</p><p class=dim>IGNORE</p><template><p>OUT</p></template>"
        "<slot></slot></template><p>Slotted</p></tide-box><dry-box>"
        "<template shadowrootmode=closed><b>Inner</b></template><p>NOWHERE</p></dry-box>"
        "<ul role=tablist><li role=tab>A</li><li role=tab>B</li></ul>"
        "<div><div role=tabpanel>First</div><div role=tabpanel hidden>Second</div></div>"
        "<section hidden><div role=tabpanel>HIDDEN</div></section></main>"
    )
    text = read(page.encode(), "a.html").text
    shown = ["# Weir", "Slotted", "Inner", "- A", "- B", "First", "Second"]
    assert [line for line in text.split("\n") if line] == shown


def test_a_page_for_browsers_without_scripts_is_read() -> None:
    words = "The keeper wrote of the weir every day. " * 8
    page = f"<title>Weir</title><body><script>run()</script><noscript><p>{words}</p></noscript>"
    assert read(page.encode(), "a.html").text == words.strip()
    assert read(page.replace(words, "Please enable JavaScript.").encode(), "a.html").text == ""


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_a_page_that_safari_saved_is_read(form: plistlib.PlistFormat) -> None:
    page = '<meta charset="utf-8"><title>Gate</title><p>Öffnet im Mai'.encode("utf-16-le")
    main = {"WebResourceData": page, "WebResourceTextEncodingName": "UTF-16LE"}
    found = read(plistlib.dumps({"WebMainResource": main}, fmt=form), "a.webarchive")
    assert (found.text, found.title) == ("Öffnet im Mai", "Gate")
    with pytest.raises(ReadError, match="damaged"):
        read(plistlib.dumps({"WebMainResource": 4}, fmt=form), "a.webarchive")
