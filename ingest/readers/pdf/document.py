"""PDF, which is a program for a large C++ library.

With `pdf/page.py` and `pdf/boxes.py` the door to pypdfium2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ingest.document import Document, HeadingSpan, TableSpan
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.lines import MAX_CHARACTERS, too_long
from ingest.readers.pdf.boxes import boxes_of, has_typed
from ingest.readers.pdf.page import text_of
from ingest.readers.pdf.rows import PageText
from ingest.readers.pdf.words import HYPHEN
from ingest.text.amounts import listed

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

EDGE = 2
"""Lines at the top and at the bottom of a page that may run through the document."""
RUNNING = 0.6
"""Of the pages, those that have a line in common with others that runs through."""
FEW_PAGES = 4
SLIDE = 1_500
"""Characters that a slide has at most, on average."""
MOST_HEADINGS = 2_000
MOST_NAMED = 20
"""Attached files and pages that are named."""

_NUMBER = re.compile(r"\d{1,9}")
_WORD = re.compile(r"[^\W\d_]+")
_AFTER_NUMBER = re.compile(r"[-–—|\])页頁ページ. ]*(?:(?:/|[^\W\d_]{1,4}) ?\d{1,6})?[-–—|\]). ]*")
"""What may follow the number of a page: nothing but how many there are ("of 12", "/ 12")."""
_PAGE = re.compile(
    "p|pp|pg|pag|page|pagina|página|seite|s|blatt|folie|folio|slide|side|sida|sivu|strona|str"
    "|strana|oldal|sayfa|trang|стр|страница|стор|σελίδα|صفحة|עמוד|पृष्ठ|第",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d[.,]\d\d ?(?:[€$£¥]|[A-Z]{3})?$")
"""The same sum may be paid on each page of a file of statements."""
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_BROKEN = re.compile(rf"(\w*){HYPHEN}\n?(\w*)")
_LEADER = re.compile(r" ?(?:[.·…] ?){6,}")
_RANGE = re.compile(r"(?<=\d)-\n(?=\d)")
_KEPT = frozenset("non self well all cross half ex quasi pseudo semi".split())
_CHANGED = 1
"""pdfium's answer where a page had something to be made part of it."""
_UNNAMED = re.compile(r"\(?anonymous\)?|untitled.*|microsoft word - .*|\S+\.\w{2,4}", re.IGNORECASE)


def read(raw: bytes, name: str) -> Document:
    """Return the text of a PDF, page after page; `name` is its title when it has none.

    A page that cannot be read costs itself. ReadError if the PDF is encrypted or broken;
    SkippedFile if it has no text, or too much.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
        with suppress(pypdfium2.PdfiumError):
            document.init_forms()
        pages = list(_pages(document))
        title = " ".join(document.get_metadata_value("Title").split())
        marks = _marks(document)
        is_deck = _is_deck(document, pages)
        attached = _attached(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("the PDF is encrypted: save it without a password first") from error
        raise ReadError("the PDF is broken: open it in a viewer and save it again") from error
    left_out = _left_out(pages) + attached
    lines = _without_running(pages)
    texts = _without_hyphens(["\n".join(page) for page in lines])
    if not any(text.strip() for text in texts):
        if pages and not any(pages):
            raise ReadError("the PDF is broken: open it in a viewer and save it again")
        raise SkippedFile(
            "a PDF without text (scanned pages? OCR first, as ocrmypdf does)", SkipKind.NO_TEXT
        )
    starts = [0]
    for text in texts[:-1]:
        starts.append(starts[-1] + len(text) + 1)
    whole = "\n".join(texts)
    return Document(
        whole,
        "pdf",
        name if not title or _UNNAMED.fullmatch(title) else title,
        pages=tuple(starts),
        cuts=tuple(starts[1:]) if is_deck else (),
        tables=tuple(_tables(pages, texts, starts)),
        headings=tuple(_headings(marks, texts, starts)),
        left_out=left_out,
    )


def _pages(document: PdfDocument) -> Iterator[PageText | None]:
    import pypdfium2
    import pypdfium2.raw as pdfium

    total = 0
    for number in range(len(document)):
        text = None
        with suppress(pypdfium2.PdfiumError):
            page = document[number]
            boxes = boxes_of(page, document.formenv)
            # Values of forms and notes typed on the page become part of it, as when it is printed.
            typed = has_typed(page)
            changed = pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == _CHANGED
            filled = typed and changed
            text = text_of(document[number] if filled else page, filled=filled, boxes=boxes)
            total += sum(map(len, text.lines))
        if total > MAX_CHARACTERS:
            raise too_long()
        yield text


def _attached(document: PdfDocument) -> tuple[str, ...]:
    """Return what to say of files that are attached to the document."""
    total = document.count_attachments()
    first = range(min(total, MOST_NAMED))  # pdfium counts through them to reach each
    names = [" ".join(document.get_attachment(number).get_name().split()) for number in first]
    more = f" and {total - MOST_NAMED:,} more" if total > MOST_NAMED else ""
    return (f"attached files: {', '.join(names)}{more}",) if names else ()


def _left_out(pages: Sequence[PageText | None]) -> tuple[str, ...]:
    """Return what to say of pages that were not read."""
    every = len(pages)
    bad = [str(number) for number, page in enumerate(pages, 1) if page is None]
    garbled = [number for number, page in enumerate(pages, 1) if page and page.garbled]
    empty = sum(page is not None and not page.garbled and not any(page.lines) for page in pages)
    said = []
    if bad:
        pages_ = "page" if len(bad) == 1 else "pages"
        said.append(f"{pages_} {listed(bad, MOST_NAMED)}: cannot be read")
    if garbled:
        said.append(f"{len(garbled)} of {every} pages: letters in a font without a map to text")
    if empty and every > 1:
        verb = "has" if empty == 1 else "have"
        said.append(f"{empty} of {every} pages {verb} no text (scans?)")
    return tuple(said)


def _without_running(pages: Sequence[PageText | None]) -> list[list[str]]:
    """Return the lines of pages; headers and footers that run through the document once."""
    edges = [_edges(number, page) if page else {} for number, page in enumerate(pages)]
    counts = Counter(key for keys in edges for key in set().union(*keys.values()))
    with_text = sum(page is not None and any(page.lines) for page in pages)
    running = {key for key, count in counts.items() if count >= max(FEW_PAGES, RUNNING * with_text)}
    said: set[tuple[str, str, str]] = set()
    kept = []
    for page, keys in zip(pages, edges, strict=True):
        dropped = {line for line, own in keys.items() if own & said}
        said |= running & set().union(*keys.values())
        # The lines stay, empty: tables are known by the numbers of their lines.
        lines = page.lines if page else []
        kept.append(["" if line in dropped else text for line, text in enumerate(lines)])
    return kept


def _edges(number: int, page: PageText) -> dict[int, set[tuple[str, str, str]]]:
    """Return the outermost lines of a page, each with what it may have in common on all pages: its
    words, or those before and after the number of the page. In a title ("Week 3") a number is its
    own.
    """
    filled = [line for line, text in enumerate(page.lines) if text.strip()]
    if len(filled) <= 2 * EDGE:
        return {}
    return {
        line: {(text, "", ""), *([] if line in page.large else _numbered(text, number))}
        for line in (*filled[:EDGE], *filled[-EDGE:])
        if not _AMOUNT.search(text := " ".join(page.lines[line].split()))
    }


def _numbered(text: str, number: int) -> Iterator[tuple[str, str, str]]:
    """Yield what a line with the number of its page has in common on all pages."""
    for found in _NUMBER.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        words = _WORD.findall(before)
        is_last = _AFTER_NUMBER.fullmatch(after) and (len(words) != 1 or _PAGE.fullmatch(words[0]))
        if is_last or not before.strip("-–—|[( "):
            yield before, after, str(int(found[0]) - number)


def _without_hyphens(texts: list[str]) -> list[str]:
    """Return the texts with words joined at line ends; a hyphen stays where it is the word's own:
    before a digit or a capital, and where the document writes the compound elsewhere. Dots that
    lead to the number of a page are one sign.
    """
    compounds = {word.lower() for text in texts for word in _COMPOUND.findall(text)}

    def joined(found: re.Match[str]) -> str:
        before, after = found[1], found[2]
        own = (
            not after
            or after[0].isdigit()
            or after[0].isupper()
            or before[-1:].isdigit()
            or before.lower() in _KEPT
            or f"{before}-{after}".lower() in compounds
        )
        return f"{before}-{after}" if own and before else before + after

    return [_LEADER.sub(" … ", _RANGE.sub("-", _BROKEN.sub(joined, text))) for text in texts]


def _is_deck(document: PdfDocument, pages: Sequence[PageText | None]) -> bool:
    """Whether pages are slides: wider than high, with little text on each."""
    import pypdfium2

    if len(pages) < 2:
        return False
    wide = 0
    for number in range(len(document)):
        with suppress(pypdfium2.PdfiumError):
            width, height = document.get_page_size(number)
            wide += width > 1.15 * height
    length = sum(sum(map(len, page.lines)) for page in pages if page)
    return 2 * wide > len(pages) and length < SLIDE * len(pages)


def _marks(document: PdfDocument) -> list[tuple[int, int, str]]:
    """Return the page, level and title of each entry of the document's outline."""
    import pypdfium2

    marks: list[tuple[int, int, str]] = []
    with suppress(pypdfium2.PdfiumError, RecursionError):
        for mark in document.get_toc(max_depth=6):
            destination = mark.get_dest()
            page = destination.get_index() if destination else None
            title = " ".join(mark.get_title().split())
            if page is not None and page >= 0 and title:
                marks.append((page, mark.level + 1, title))
            if len(marks) >= MOST_HEADINGS:
                break
    return marks


def _headings(
    marks: Sequence[tuple[int, int, str]], texts: Sequence[str], starts: Sequence[int]
) -> Iterator[HeadingSpan]:
    """Yield the lines that are headings by the outline."""
    done = -1
    for page, level, title in marks:
        if page >= len(texts):
            continue
        words = r"\s+".join(map(re.escape, title.split()))
        found = re.search(rf"^[\d.\s§]*{words}[ .:]*$", texts[page], re.MULTILINE | re.IGNORECASE)
        if found and starts[page] + found.start() > done:
            done = starts[page] + found.start()
            yield HeadingSpan(done, starts[page] + found.end(), level, title)


def _tables(
    pages: Sequence[PageText | None], texts: Sequence[str], starts: Sequence[int]
) -> list[TableSpan]:
    """Return the tables of all pages as offsets in the whole text; one that goes on at the top of
    the next page is one.
    """
    found: list[TableSpan] = []
    columns = 0  # after the first of the last table, if it ends at the bottom of its page
    for page, text, start in zip(pages, texts, starts, strict=True):
        lines = text.split("\n")
        if page is None or not page.tables or len(lines) != len(page.lines):
            columns = 0
            continue
        ends = [0]
        for line in lines:
            ends.append(ends[-1] + len(line) + 1)
        for first, body, end in page.tables:
            span = TableSpan(ends[first], ends[body], ends[end]).moved(start, len(text))
            own = max(line.count(" | ") for line in lines[first:end])
            is_named = any(lines[first:body])  # names that run through are there once
            goes_on = 0 < own == columns and _few(lines[:first])
            if is_named:
                found.append(span)
            elif goes_on:
                found[-1] = found[-1]._replace(end=span.end)
            columns = own if (is_named or goes_on) and _few(lines[end:]) else 0
    return found


def _few(lines: Sequence[str]) -> bool:
    """Whether lines are no more than those at the edge of a page."""
    return sum(bool(line.strip()) for line in lines) <= EDGE
