"""What becomes of files as people have them: `python tests/benchmarks/bench_formats.py FOLDER…`.

Reads every document of the folders. Prints by kind how many were read, refused, or silently empty;
the share of an office's and of a student's folder that is refused, as assumed below; and, with
`--words`, how many of the words of other extractors are there (recall), and how many words those
have, too (precision). The extractors are not dependencies: pdfminer.six, pypdf, python-docx,
docx2txt, python-pptx, lxml, beautifulsoup4 and trafilatura have to be installed beside. No model is
needed.
"""

from __future__ import annotations

import argparse
import io
import re
import signal
import statistics
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from ingest.errors import IngestError
from ingest.intake.kinds import unreadable
from ingest.readers import Child, format_of, parse, read_bytes
from ingest.text.cleaning import clean_document

KINDS = {
    "pdf": "pdf", "docx": "docx", "xlsx": "xlsx", "xlsm": "xlsx", "pptx": "pptx", "eml": "mail",
    "mbox": "mail", "ipynb": "ipynb", "html": "html", "htm": "html", "epub": "epub", "txt": "text",
    "md": "text", "csv": "text", "doc": "old Office", "xls": "old Office", "ppt": "old Office",
    "rtf": "old Office", "odt": "odf", "ods": "odf", "odp": "odf", "zip": "zip",
}  # fmt: skip
FOLDERS = {
    "an office": {"pdf": 25, "scan": 3, "docx": 24, "xlsx": 12, "pptx": 12, "mail": 6,
                  "old Office": 6, "odf": 3, "zip": 3, "text": 4, "other": 2},
    "a student": {"pdf": 52, "scan": 3, "docx": 12, "pptx": 12, "ipynb": 6, "text": 8, "html": 2,
                  "epub": 1, "odf": 1, "zip": 1, "other": 2},
}  # fmt: skip
"""Files of each kind among 100 documents, as assumed; no pictures, no media. Files that tools are
tested with are far more often scans, empty or under a password: those are not counted in a share.
"""
_NOTHING = re.compile(r"no text|without text|encrypted|is hidden")
MOST_FILES = 400
"""Of each kind."""
LARGEST = 5_000_000
FEWEST_WORDS = 50
SECONDS = 20
"""That another extractor may take for a file."""

_WORD = re.compile(r"[^\W_]+")


def documents(folders: list[Path]) -> Iterator[tuple[str, Path]]:
    counts = Counter[str]()
    paths = {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}
    for path in sorted(paths):
        kind = KINDS.get(path.suffix.lower().removeprefix("."), "")
        if kind and counts[kind] < MOST_FILES and 0 < path.stat().st_size < LARGEST:
            counts[kind] += 1
            yield kind, path


def read(path: Path, child: Child) -> tuple[str, str]:
    """Return the text of a file, or why it is refused."""
    try:
        reason = None if format_of(path) else unreadable(path)
        if reason:
            return "", reason[0]
        document = parse(read_bytes(path), path, child)
    except IngestError as error:
        return "", str(error)
    text = clean_document(document).text
    # What the plan of an ingest says of files that may hold what is not read.
    return text, "" if text.strip() else "no text that can be read"


def words(text: str) -> Counter[str]:
    text = unicodedata.normalize("NFKC", re.sub(r"[-\u00ad]\n", "", text))
    return Counter(word.lower() for word in _WORD.findall(text))


def slides(raw: bytes) -> str:
    said: list[str] = []
    for slide in import_module("pptx").Presentation(io.BytesIO(raw)).slides:
        pending = list(slide.shapes)
        while pending:
            shape = pending.pop(0)
            pending += shape.shapes if shape.shape_type == 6 else []
            said += [shape.text_frame.text] if shape.has_text_frame else []
            if getattr(shape, "has_table", False):
                said += [cell.text for row in shape.table.rows for cell in row.cells]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            said.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(said).replace("\x0b", " ")


def xml_of_slides(raw: bytes) -> str:
    said: list[str] = []
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/(?:slides|notesSlides)/\w+\.xml", name):
                tree = import_module("lxml.etree").fromstring(archive.read(name))
                said += [
                    "".join(part.text or "" for part in paragraph.iter("{*}t"))
                    for paragraph in tree.iter("{*}p")
                ]
    return "\n".join(said)


def word_document(raw: bytes) -> str:
    document = import_module("docx").Document(io.BytesIO(raw))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def word_document_too(raw: bytes) -> str:
    return str(import_module("docx2txt").process(io.BytesIO(raw)))


def pdf(raw: bytes) -> str:
    return str(import_module("pdfminer.high_level").extract_text(io.BytesIO(raw)))


def pdf_too(raw: bytes) -> str:
    return "\n".join(
        page.extract_text() for page in import_module("pypdf").PdfReader(io.BytesIO(raw)).pages
    )


def page(raw: bytes) -> str:
    soup = import_module("bs4").BeautifulSoup(raw, "lxml")
    chrome = "script style noscript nav template head footer aside svg button form select".split()
    for part in soup(chrome):
        part.decompose()
    return str((soup.find("main") or soup).get_text(" "))


def page_too(raw: bytes) -> str:
    text = import_module("trafilatura").extract(raw, include_comments=True, favor_recall=True)
    return str(text or "")


EXTRACTORS: dict[str, dict[str, Callable[[bytes], str]]] = {
    "pdf": {"pdfminer.six": pdf, "pypdf": pdf_too},
    "docx": {"python-docx": word_document, "docx2txt": word_document_too},
    "pptx": {"python-pptx": slides, "lxml": xml_of_slides},
    "html": {"Beautiful Soup": page, "trafilatura": page_too},
}


def extracted(extract: Callable[[bytes], str], raw: bytes) -> str:
    """Return what another extractor reads; nothing if it fails, or takes too long."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    try:
        with suppress(Exception):
            return extract(raw)
    finally:
        signal.alarm(0)
    return ""


def compare(texts: list[tuple[str, Path, str]]) -> None:
    """Print recall and precision of the words against those of other extractors."""
    print("format | against | files | recall mean / median / weighted | precision the same")
    for kind, extractors in EXTRACTORS.items():
        for name, extract in extractors.items():
            rows = []
            for of, path, text in texts:
                if of != kind or len(ours := words(text)) == 0:
                    continue
                theirs = words(extracted(extract, read_bytes(path)))
                if theirs.total() >= FEWEST_WORDS:
                    rows.append(((ours & theirs).total(), theirs.total(), ours.total()))
            if rows:
                recall = shares([(both, of) for both, of, _ in rows])
                precision = shares([(both, own) for both, _, own in rows])
                print(f"{kind} | {name} | {len(rows)} | {recall} | {precision}", flush=True)


def shares(pairs: list[tuple[int, int]]) -> str:
    each = [part / whole for part, whole in pairs]
    weighted = sum(part for part, _ in pairs) / sum(whole for _, whole in pairs)
    return f"{statistics.mean(each):.3f} / {statistics.median(each):.3f} / {weighted:.3f}"


def refused_share(tried: int, refused: Counter[str]) -> float:
    """Return the share of files that are refused, of those with something to read."""
    nothing = sum(n for reason, n in refused.items() if _NOTHING.search(reason))
    return (refused.total() - nothing) / (tried - nothing) if tried > nothing else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--words", action="store_true", help="compare with other extractors")
    arguments = parser.parse_args()
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    tried, silent = Counter[str](), Counter[str]()
    texts: list[tuple[str, Path, str]] = []
    with Child() as child:
        for kind, path in documents(arguments.folder):
            text, reason = read(path, child)
            tried[kind] += 1
            silent[kind] += not (text.strip() or reason)
            refused[kind].update([reason] if reason else [])
            texts.append((kind, path, text))
    for kind, count in tried.most_common():
        reasons = ", ".join(f"{n} {reason}" for reason, n in refused[kind].most_common(3))
        left = refused[kind].total()
        print(f"{kind}: {count} tried, {left} refused ({reasons}), {silent[kind]} silent")
    for name, mix in FOLDERS.items():
        share = sum(n * refused_share(tried[kind], refused[kind]) for kind, n in mix.items())
        print(f"{name}: {share:.0f} of {sum(mix.values())} refused")
    if arguments.words:
        compare(texts)


if __name__ == "__main__":
    main()
