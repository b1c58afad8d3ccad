"""Small files of the formats that are a zip of XML, as the programs that write them pack them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EPUB = "urn:oasis:names:tc:opendocument:xmlns:container"


def packed(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as writing:
        for name, content in members.items():
            writing.writestr(name, content)
    return archive.getvalue()


def relations(**parts: str) -> str:
    """The relationships of a part: kind to the part that it names; the kind is the id, too."""
    types = {kind: f"{RELATIONS}/{kind.rstrip('0123456789')}" for kind in parts}
    each = "".join(
        f'<Relationship Id="{kind}" Type="{types[kind]}" Target="{part}"/>'
        for kind, part in parts.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def docx(body: str, *, styles: str = "", before: str = "", more: Mapping[str, str] = {}) -> bytes:
    """Return a document with this body; `before` precedes the root of its XML."""
    return packed(
        {
            "_rels/.rels": relations(officeDocument="word/document.xml"),
            "word/_rels/document.xml.rels": relations(styles="styles.xml"),
            "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
            "word/document.xml": f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body>'
            "</w:document>",
            **more,
        }
    )


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    said = f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{said}</w:p>"


def xlsx(
    *sheets: str,
    strings: str = "",
    styles: str = "",
    state: str = "visible",
    before: str = "",
    more: Mapping[str, str] = {},
) -> bytes:
    """A workbook of these sheets' rows; the last sheet has `state`."""
    numbers = range(1, len(sheets) + 1)
    named = "".join(
        f'<sheet name="Sheet {n}" sheetId="{n}" r:id="worksheet{n}"'
        f' state="{state if n == len(sheets) else "visible"}"/>'
        for n in numbers
    )
    parts = {f"worksheet{n}": f"worksheets/{n}.xml" for n in numbers}
    return packed(
        {
            "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
            "xl/workbook.xml": f'{before}<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets>'
            f"{named}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(
                sharedStrings="sharedStrings.xml", styles="styles.xml", **parts
            ),
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{strings}</sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{SHEET}">{styles}</styleSheet>',
            **{
                f"xl/worksheets/{n}.xml": f'<worksheet xmlns="{SHEET}" xmlns:r="{RELATIONS}">'
                f"{rows}</worksheet>"
                for n, rows in zip(numbers, sheets, strict=True)
            },
            **more,
        }
    )


def rows(*lines: str) -> str:
    """The rows of a sheet; cells are words of a line, as text in place."""
    cells = (
        "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in line.split())
        for line in lines
    )
    return f"<sheetData>{''.join(f'<row>{row}</row>' for row in cells)}</sheetData>"


def epub(
    *chapters: str, title: str = "A book", before: str = "", more: Mapping[str, str] = {}
) -> bytes:
    """A book of these chapters, each the body of a page."""
    numbers = range(len(chapters))
    items = "".join(
        f'<item id="c{n}" href="text/{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in numbers
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": f'<container xmlns="{EPUB}"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
            "OEBPS/book.opf": f"{before}<package><metadata><title>{title}</title></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
            **{
                f"OEBPS/text/{n}.xhtml": f"<html><body>{body}</body></html>"
                for n, body in zip(numbers, chapters, strict=True)
            },
            **more,
        }
    )


OPENDOCUMENT = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in "office style text table presentation".split()
)
OPENDOCUMENT += (
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def opendocument(
    body: str, *, styles: str = "", more: Mapping[str, str] = {}, around: str = ""
) -> bytes:
    """Return a file of LibreOffice; `around` is what pages have above and below."""
    styled = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    return packed(
        {
            "content.xml": f"<office:document-content {OPENDOCUMENT}>{styled}"
            f"<office:body>{body}</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {OPENDOCUMENT}>{around}"
            "</office:document-styles>",
            **more,
        }
    )
