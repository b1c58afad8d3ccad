"""XML that people read: documents, feeds, outlines, flat OpenDocument and subtitles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.readers import Child, markup, parse
from ingest.readers.markup_look import markup_kind

DOCBOOK = """<?xml version="1.0"?>
<!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "docbookx.dtd">
<book><title>Manual</title><bookinfo><copyright><year>2026</year></copyright></bookinfo>
<chapter><title>The gate</title><para>Open it&nbsp;with the
<command>winch</command><footnote><para>At high tide.</para></footnote>.</para>
<programlisting>winch --up
  --slow</programlisting>
<table><title>Fees</title><tgroup><thead><row><entry>Boat</entry><entry>Due</entry></row></thead>
<tbody><row><entry>Heron</entry><entry>40</entry></row></tbody></tgroup></table>
<remark>IGNORE</remark></chapter></book>"""
DITA = (
    '<!DOCTYPE task PUBLIC "-//OASIS//DTD DITA Task//EN" "task.dtd"><task><title>Moor</title>'
    "<prolog>x</prolog><taskbody><steps><step><cmd>Stop.</cmd></step><step><cmd>Tie.</cmd></step>"
    "</steps></taskbody></task>"
)
JATS = (
    "<article><front><journal-meta>x</journal-meta><article-meta><subject>Sea</subject><subject>Mud</subject><title-group><article-title>Mud"
    "</article-title></title-group></article-meta></front><body><sec><title>Methods</title><p>For"
    " 10<sup>3</sup> days.</p></sec></body></article>"
)
JATS_PARTS = """<article xmlns:m="m"><front></front><body><sec><title>Wash</title>
<list list-type="order"><list-item><label>1.</label><p>Rinse<xref ref-type="fn" rid="a">2</xref>
</p></list-item>
<list-item>
<label>2.</label><p>Dry for <inline-formula><alternatives><tex-math>t</tex-math><m:math><m:msqrt>
<m:mi>t</m:mi></m:msqrt><m:mo>=</m:mo><m:msubsup><m:mi>x</m:mi><m:mn>0</m:mn><m:mn>2</m:mn>
</m:msubsup></m:math></alternatives></inline-formula></p></list-item></list><code>for x in y:
    dry(x)</code><p>Call <code>dry</code>.</p></sec></body></article>"""
TEI = (
    '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><div><head>Letter</head><p>Dear Bo,<lb/>'
    'no <hi rend="italic">more</hi> than 10<hi rend="superscript">6</hi>.</p></div></body></text>'
    "</TEI>"
)
RSS = (
    '<rss version="2.0" xmlns:content="x"><channel><title>News</title><item><title>Gate</title>'
    "<pubDate>4 Mar 2026</pubDate><description>short</description><content:encoded><![CDATA[<p>It"
    " <b>opens</b> &amp; shuts.</p>]]></content:encoded></item><item><title>Fee</title></item>"
    "</channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>Gate</title>'
    "<updated>2026-03-04</updated><author><name>Ann</name></author>"
    '<content type="xhtml"><div><p>It opens.</p></div></content></entry></feed>'
)
OPML = (
    '<opml version="2.0"><head><title>Plan</title></head><body><outline text="March"><outline'
    ' text="Paint" _note="red"/><outline text="&lt;b&gt;Tie&lt;/b&gt;"/></outline></body></opml>'
)
FLAT = (
    '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:t" office:mimetype="application/vnd.oasis.opendocument.text"><office:body>'
    "<office:text><text:h text:outline-level='1'>Gate</text:h><text:p>Shut.</text:p>"
    "<office:binary-data>QUJD</office:binary-data></office:text></office:body></office:document>"
)
TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml"><head><metadata>x</metadata></head><body><div>'
    '<p begin="00:00:01.000" end="00:00:02.000">High<br/>tide</p><p begin="65s">at noon</p></div>'
    "</body></tt>"
)


WORD = (
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:styles>'
    '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 2"/></w:style></w:styles>'
    '<w:body><w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Gate</w:t></w:r></w:p>'
    "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>IGNORE</w:t></w:r><w:r><w:t>Shut.</w:t></w:r></w:p>"
    "</w:body></w:wordDocument>"
)
PACKAGE = (
    '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part'
    ' pkg:name="/word/document.xml"><pkg:xmlData><w:document xmlns:w="urn:w"><w:body><w:p><w:r>'
    "<w:t>Shut.</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>"
)
SHEETS = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="Fleet"><Table>'
    '<Row><Cell><Data Type="Number">4</Data></Cell></Row></Table></Worksheet></Workbook>'
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (
            DOCBOOK,
            ["# Manual", "## The gate", "Open it with the winch [ At high tide.].", "```"]
            + ["winch --up", "  --slow", "```", "Fees", "Boat | Due", "Heron | 40"],
        ),
        (DITA, ["# Moor", "1. Stop.", "2. Tie."]),
        (JATS, ["Sea", "Mud", "# Mud", "## Methods", "For 10^3 days."]),
        (TEI, ["## Letter", "Dear Bo,", "no more than 10^6."]),
        (
            JATS_PARTS,
            ["## Wash", "1. Rinse[2]", "2. Dry for √(t)=x_0^2", "```", "for x in y:"]
            + ["    dry(x)", "```", "Call dry."],
        ),
        (RSS, ["# News", "## Gate", "Date: 4 Mar 2026", "It opens & shuts.", "## Fee"]),
        (ATOM, ["# News", "## Gate", "Date: 2026-03-04", "By: Ann", "It opens."]),
        (OPML, ["# Plan", "- March", "  - Paint", "    red", "  - Tie"]),
        (FLAT, ["# Gate", "Shut."]),
        (TTML, ["High", "tide", "at noon"]),
        (WORD, ["## Gate", "Shut."]),
        (PACKAGE, ["Shut."]),
        (SHEETS, ["# Fleet", "4"]),
        ('<transcript><text start="1">It&amp;#39;s</text></transcript>', ["It's"]),
    ],
)
def test_documents_are_read_without_their_tags(raw: str, shown: list[str]) -> None:
    found = [line for line in markup.read(raw.encode(), "a.xml").text.split("\n") if line]
    assert [line.replace("\u00a0", " ") for line in found] == shown


def test_lines_are_those_of_the_file_and_times_are_places() -> None:
    found = markup.read(DOCBOOK.encode(), "a.xml")
    lines = dict(zip(found.text.split("\n"), found.lines, strict=True))
    assert (lines["## The gate"], lines["  --slow"], lines["Heron | 40"]) == (4, 7, 9)
    assert len(found.tables) == 1
    assert markup.read(TTML.encode(), "a.ttml").places == ((0, "0:00:01"), (11, "0:01:05"))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as shared:
        yield shared


@pytest.mark.parametrize(
    ("name", "raw", "form"),
    [
        ("a.xml", DOCBOOK, "markup"),
        ("a.atom", ATOM, "markup"),
        ("a.fodt", FLAT, "odt"),
        ("a.doc", f"<?xml version='1.0'?>{WORD}", "docx"),
        ("a.xml", SHEETS, "xls"),
        ("a.xml", "<project><title>x</title></project>", "code"),
        ("a.xml", "<!DOCTYPE book [<!ENTITY x 'y'>]><book>docbook</book>", "code"),
        ("a.xml", DOCBOOK[:-20], "code"),
    ],
)
def test_other_xml_and_what_is_broken_is_read_as_text(
    child: Child, name: str, raw: str, form: str
) -> None:
    assert parse(raw.encode(), Path(name), child).format == form


def test_many_comments_before_the_root_are_passed_over_at_once() -> None:
    assert markup_kind(b"<!-- -->" * 500 + b"<" + b"<?x?>" * 500) is None
    assert markup_kind(b"<!-- a --> <?x y?>\n" * 9 + b"<opml/>") == "feed"
