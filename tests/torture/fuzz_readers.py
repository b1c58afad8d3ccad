"""Each reader is fed broken files for SECONDS_EACH seconds: a document or a ReadError, no more.

What is tried are files as they should be, with bytes, tags and members changed, put twice or taken
away. A failure names the seed of its run and prints the file.
"""

from __future__ import annotations

import io
import os
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hostile_pdfs
import pytest
from exports import chatgpt, claude_ai, code, human, turn
from new_formats import letter, notebook, shape, slides
from office import docx, epub, opendocument, paragraph, rows, xlsx
from old_office_files import (
    cell,
    compound,
    message,
    presentation,
    slide,
    sprm,
    styles,
    text_atoms,
    values,
    word,
    workbook,
)
from old_office_files import shape as old_shape

from ingest.document import Document, Format
from ingest.errors import IngestError
from ingest.readers import Child, plain, worker
from ingest.readers.guess import guess
from ingest.readers.ole import MAGIC, Container
from ingest.text.chunker import chunk
from ingest.transcripts import read as read_transcript
from ingest.transcripts import recognise

SECONDS_EACH = float(os.environ.get("SECONDS_EACH", "20"))

MARKDOWN = """# Title

~~~py
code
~~~

- item

<!-- note -->
A | b
--- | ---
\u200b\x1b[31m漢""".encode()
HTML = b"""<!DOCTYPE html><html><head><title>T</title><meta charset="utf-8"></head><body><main>
<h1>One</h1><p style="color:red">two<br>three &amp; &#x26;<!-- no --></p>
<ul><li>a<ul><li>b</ul></ul>
<table><tr><th>x</th><td>y</td></tr></table><pre><code class="language-py">f()\n</code></pre>
<![CDATA[x]]><svg><path d=""/></svg><a href='x'>link</a></main></body></html>"""
CELL = (
    '<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v>'
)
CELL += '</c><c r="C1" s="1"><v>46085.5</v></c><c t="b"><v>1</v></c></row></sheetData>'
STRINGS = "<si><t>text</t><rPh><t>x</t></rPh></si>"
FORMATS = '<numFmts><numFmt numFmtId="170" formatCode="h:mm"/></numFmts><cellXfs><xf numFmtId="0"/>'
FORMATS += '<xf numFmtId="170"/></cellXfs>'
STYLES = '<w:style w:styleId="a"><w:name w:val="heading 1"/><w:basedOn w:val="b"/></w:style>'
TABLE = f"<w:tbl><w:tr><w:tc>{paragraph('a', run='<w:vanish/>')}</w:tc></w:tr></w:tbl>"
LISTED = '<w:pStyle w:val="a"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr>'


PLACED = [(40, 400, "Part"), (90, 400, "Use"), (200, 400, "Price"), (40, 380, "Pump for")]
PLACED += [
    (40, 368, "boats"),
    (90, 380, "bail"),
    (200, 374, "9"),
    (40, 350, "- Rope"),
    (200, 350, "7"),
]
TABLE_PAGE = "".join(f"BT /F1 10 Tf {x} {y} Td ({words}) Tj ET " for x, y, words in PLACED).encode()


def exported(value: object) -> bytes:
    import json

    return json.dumps(value).encode()


CALENDAR = (
    'BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nSUMMARY;X="a;b":Tide\\, high\n'
    "DTSTART;TZID=X:20260304T093000\nDTEND;VALUE=DATE:20260305\nRRULE:FREQ=DAILY\n"
    "ATTENDEE;CN=Bo:mailto:bo@example.org\nDESCRIPTION:a\n  b\nEND:VEVENT\nEND:VCALENDAR\n"
)


def invitation() -> bytes:
    message = letter("Tide", "Please come.\n")
    message.add_alternative("<p>Please <b>come</b>.</p><blockquote>When?</blockquote>", "html")
    message.add_alternative(CALENDAR, "calendar")
    message.add_attachment(b"a;b\n1;2\n", "text", "csv", filename="a.csv")
    return message.as_bytes()


RICH_TEXT = (
    rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}}{\stylesheet{\s1 heading 1;}}\pard\s1 T\par"
    rb"\trowd\intbl a\cell\row\pard{\field{\*\fldinst{HYPERLINK "
    rb'"u"}}{\fldrslt x}}\u8364?\u233?}'
)
SEEDS: dict[Format, list[bytes]] = {
    "text": [b"plain words\r\n\x00", "Gr\u00fc\u00dfe".encode("utf-16"), "Привет".encode("cp1251")],
    "markdown": [MARKDOWN],
    "rst": [b"=====\nTitle\n=====\n\nPart\n----\n\ntext::\n\n    code\n"],
    "html": [HTML],
    "pdf": [
        hostile_pdfs.page(hostile_pdfs.TEXT),
        hostile_pdfs.page(TABLE_PAGE),
        hostile_pdfs.with_script(),
        hostile_pdfs.endless_tree(),
        hostile_pdfs.circle(),
    ],
    "docx": [docx(paragraph("text", LISTED, '<w:sz w:val="1"/>') + TABLE, styles=STYLES)],
    "xlsx": [xlsx(CELL, rows("a b"), strings=STRINGS, styles=FORMATS)],
    "pptx": [slides(shape("Title", "title") + shape("one\ntwo", "body"), notes=shape("n", "body"))],
    "rtf": [RICH_TEXT],
    "odt": [
        opendocument(
            '<text:h text:outline-level="2">Title</text:h><text:list text:style-name="L">'
            "<text:list-item><text:p>one<text:s text:c='3'/><text:note><text:p>n</text:p>"
            "</text:note></text:p></text:list-item></text:list><office:annotation><dc:creator>Bo</dc:creator>"
            "<text:p>c</text:p></office:annotation>"
        )
    ],
    "ods": [
        opendocument(
            '<table:table table:name="S"><table:table-column table:number-columns-repeated="9"/>'
            '<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>a</text:p>'
            '</table:table-cell><table:table-cell office:date-value="2026-03-04T10:00:00"/>'
            "</table:table-row></table:table>"
        )
    ],
    "odp": [
        opendocument(
            '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>T</text:p>'
            "</draw:text-box></draw:frame><presentation:notes><text:p>n</text:p>"
            "</presentation:notes></draw:page>"
        )
    ],
    "doc": [
        word(
            "Gate\rSee \x13 HYPERLINK "
            '"https://example.org" \x14here\x15\x02.\rBoat\x07Due\x07\x07 Since May.\r',
            parts=[49, 12],
            paragraphs={0: b"\1\0", 2: b"\0\0" + sprm(0x2416, 1), 3: b"\0\0" + sprm(0x2416, 1)},
            letters={(5, 8): sprm(0x083C, 1)},
            tables={1: styles(0, 2), 2: b"\x28\0\0\0\x31\0\0\0\0\0", 3: b"\0\0\0\0\x0c\0\0\0"},
        )
    ],
    "xls": [workbook({"A": cell(0, 0, "Boat") + cell(0, 1, 4.5, 16), "B": cell(1, 0, "x")})],
    "ppt": [
        presentation(
            [(slide(old_shape(text_atoms(0, "T"), properties={0x381: b"a\0"})), text_atoms(1, "x"))]
        )
    ],
    "msg": [
        message(
            {"0037": "Gate", "1013": b"<p>Open", "007D": "From: a@example.org\r\n"},
            {
                "__properties_version1.0": b"\0" * 48,
                **values("__attach_version1.0_#00000000/", {"3707": "a.csv", "3701": b"a,1"}),
            },
        )
    ],
    "fb2": [
        (
            b"<FictionBook><description><title-info><book-title>T</book-title></title-info>"
            b"</description><body><section><title><p>One</p></title><p>two</p></section></body>"
            b"</FictionBook>"
        )
    ],
    "markup": [
        (
            b"<rss><channel><title>T</title><item><title>a</title><description><![CDATA[<p>b]]>"
            b"</description></item></channel></rss>"
        ),
        b"<TEI><text><body><div><head>T</head><p>one<lb/>two</p></div></body></text></TEI>",
        b'<opml><body><outline text="a"><outline text="b" _note="c"/></outline></body></opml>',
        b'<tt><body><div><p begin="1s" end="2s">a<br/>b</p></div></body></tt>',
    ],
    "ipynb": [
        notebook(
            {"cell_type": "markdown", "source": ["# Title\n", "text"]},
            {"cell_type": "code", "source": "f()", "outputs": [{"output_type": "stream"}]},
        )
    ],
    "mail": [
        letter("Subject", "Text\n\n> quoted\n").as_bytes(),
        b"From a@b Mon Mar  2 09:00:00 2026\n"
        + letter("One", "When?\n").as_bytes()
        + b"\nFrom a@b Tue Mar  3 09:00:00 2026\n"
        + letter("Re: One", "> When?\n\nNow\n").as_bytes(),
        invitation(),
    ],
    "epub": [epub(HTML.decode(), "<p>two</p>")],
    "transcript": [
        exported(claude_ai(human("Hi", created_at="2026-03-01T12:00:00Z"))),
        exported(chatgpt("a", ("a", None, "user", "Hm"), ("b", "a", "assistant", "Yes"))),
        exported(code("user", [{"type": "text", "text": "x"}], timestamp="2026-03-01T12:00:00Z")),
        exported(turn("text", time="5 May 2026")),
        exported({"messages": [{"id": n, "role": "user", "content": "x"} for n in "ab"]}),
        exported({"messages": [{"currentlySelected": 0, "versions": [{"role": "user"}]}]}),
        exported([{"ts": 1.7e12, "type": "say", "say": "task", "text": "Hm"}]),
    ],
}
PIECES = [
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\r",
        b"\n\n",
        b"\x1b]8;;",
        b"<!--",
        b"-->",
        b"```\n",
    ),
    *(
        b"<",
        b">",
        b"&#xD800;",
        b"&#0;",
        b"<pre>",
        b"<table>",
        b"</",
        b"<tr><td>",
        b"<li>",
        b"<![CDATA[",
    ),
    *(b"-1", b"99999999999999999999", b"1e999", b"NaN", b"null", b"[]", b"{}", b'"', b"' x='"),
    *(
        b"<w:p>",
        b"<w:tbl><w:tr><w:tc>",
        b"</w:p>",
        b'w:val="-1"',
        b"<row>",
        b"<c r='ZZZZ9' t='s'><v>-1</v></c>",
    ),
    *(
        b"/Kids [2 0 R]",
        b"/Length 99999999",
        b"<< /Type /Page",
        b"endobj",
        b"/FlateDecode",
        b"%%EOF",
    ),
    *(
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"../../x",
        b"#" * 7,
        b"=" * 9,
        b"a" * 5_000,
        b"[" * 3_000,
        b"<b>" * 500,
    ),
]

VALUE = re.compile(rb'(?<=[">])([^"<>]+)(?=["<])')
VALUES = (
    b"",
    b"-1",
    b"0",
    b"1",
    b"99999999999999999999",
    b"1e999",
    b"NaN",
    b"x" * 999,
    b"../x",
    b"%zz",
)


def mutated(random_: random.Random, raw: bytes) -> bytes:
    """The bytes with some of them changed, put twice, taken away, or with a piece put in."""
    for _ in range(random_.choice((1, 1, 2, 4, 16))):
        start = random_.randrange(len(raw) + 1)
        end = min(start + random_.choice((0, 1, 1, 4, 30, 300)), len(raw))
        put = random_.choice(
            (b"", random_.choice(PIECES), random_.randbytes(end - start), raw[start:end] * 2)
        )
        raw = raw[:start] + put + raw[end:]
    return raw


def with_other_value(random_: random.Random, raw: bytes) -> bytes:
    """Return the bytes with one value or text replaced; the markup around it stays valid."""
    values = [match.span(1) for match in VALUE.finditer(raw)]
    if not values:
        return raw
    start, end = random_.choice(values)
    other = random_.choice((*VALUES, raw[slice(*random_.choice(values))]))
    return raw[:start] + other + raw[end:]


def mutated_zip(random_: random.Random, raw: bytes) -> bytes:
    """A zip with a member changed, or gone, or under another one's name, that can be opened."""
    packed = zipfile.ZipFile(io.BytesIO(raw))
    members = {name: packed.read(name) for name in packed.namelist()}
    name, other = random_.choice(list(members)), random_.choice(list(members))
    deed = random_.random()
    if deed < 0.5:
        members[name] = with_other_value(random_, members[name])
    elif deed < 0.85:
        members[name] = mutated(random_, members[name])
    elif deed < 0.95:
        members[name] = members[other]
    else:
        del members[name]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        for member, content in members.items():
            writing.writestr(member, content)
    return archive.getvalue()


def mutated_container(random_: random.Random, raw: bytes) -> bytes:
    """A container of an old office program with a stream changed."""
    packed = Container(raw)
    streams = {name: packed.read(name) for name in packed.within("")}
    name = random_.choice([name for name, stream in streams.items() if stream])
    streams[name] = mutated(random_, streams[name])
    return compound(streams)


def inputs(random_: random.Random, form: Format) -> Iterator[bytes]:
    """Mutated files without end."""
    yield from SEEDS[form]
    while True:
        raw = random_.choice(SEEDS[form])
        if zipfile.is_zipfile(io.BytesIO(raw)) and random_.random() < 0.8:
            yield mutated_zip(random_, raw)
        elif raw.startswith(MAGIC) and random_.random() < 0.8:
            yield mutated_container(random_, raw)
        else:
            yield mutated(random_, raw)


def reader_of(form: Format, child: Child, folder: Path) -> Callable[[bytes], Document | None]:
    def transcript(raw: bytes) -> None:
        path = folder / "a.json"
        path.write_bytes(raw)
        recognise(path)
        for read in read_transcript(path):
            "".join([read.key, read.title, *(m.text + m.speaker for m in read.messages)]).encode()

    if form == "transcript":
        return transcript
    if form == "pdf":  # what it does to a process is the child's affair
        return lambda raw: child.read(raw, "pdf", "a.pdf")
    if form in ("text", "markdown", "rst"):
        return lambda raw: plain.read(raw, Path(f"a.{form}"), form, guess)
    if form in ("doc", "xls", "ppt", "msg"):
        return lambda raw: worker.read(raw, "old_office", f"a.{form}")
    return lambda raw: worker.read(raw, form, "a")


def check(document: Document) -> None:
    """Assert that the chunks of a document can be stored, and are in it in order."""
    end = 0
    for piece in chunk(document, lambda text: len(text) // 3, 254):
        f"{piece.text}{piece.heading}".encode()
        assert end <= piece.start < piece.end <= len(document.text)
        end = piece.end


@pytest.mark.timeout(0)
@pytest.mark.parametrize("form", SEEDS)
def test_any_bytes_give_a_document_or_a_read_error(form: Format, tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", time.time_ns()))
    # Seconds of the processor: others may use it, too. A PDF is read in another process.
    clock = time.monotonic if form == "pdf" else time.process_time
    until = clock() + SECONDS_EACH
    tried = refused = 0
    slowest = 0.0
    with Child() as child:
        read = reader_of(form, child, tmp_path)
        for raw in inputs(random.Random(seed), form):
            began = clock()
            if began > until:
                break
            tried += 1
            try:
                document = read(raw)
                if document:
                    check(document)
            except IngestError:
                refused += 1
            except Exception as error:
                pytest.fail(f"{form}, SEED={seed}, input {tried}: {error!r}\n{raw!r}")
            slowest = max(slowest, clock() - began)
    print(f"\n{form}: {tried:,} tried, {refused:,} refused, 0 failures; slowest {slowest:.1f} s")
