"""Whether chunks are where they say: `python tests/benchmarks/bench_readers.py FOLDER…`.

Reads the documents of the folders (text, Markdown, reStructuredText, HTML, code) and looks up the
words of each chunk in the lines of the file that it cites. Prints, by format, files, chunks, and
those of which a word is missing there. No model is needed.
"""

from __future__ import annotations

import argparse
import html
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.document import Chunk, Document
from ingest.errors import ReadError
from ingest.readers import Child, format_of, parse, read_bytes
from ingest.text.chunker import chunk
from ingest.text.cleaning import clean

LOOKED_AT = ("markdown", "rst", "text", "html", "code")
MOST_FILES = 200
"""Of each format."""
LONGEST = 100_000

_WORD = re.compile(r"[^\W_]{3,}")


def words(text: str) -> int:
    """About as many word pieces as the embedding model counts."""
    return len(text.split()) * 4 // 3 + 1


def documents(folders: list[Path]) -> Iterator[tuple[Path, Document]]:
    with Child() as child:
        for form in LOOKED_AT:
            paths = (
                path
                for folder in folders
                for path in sorted(folder.rglob("*"))
                if path.is_file() and format_of(path) == form and path.stat().st_size < LONGEST
            )
            for path in islice(paths, MOST_FILES):
                try:
                    yield path, parse(read_bytes(path), path, child)
                except ReadError:
                    continue


def is_there(piece: Chunk, document: Document, lines: list[str]) -> bool:
    """Whether every word of a chunk is in the lines that it cites."""
    cited = " ".join(lines[piece.start_line - 1 : piece.end_line])
    if document.format == "html":
        cited = html.unescape(cited)
    there = Counter(_WORD.findall(clean(cited).text))
    return not Counter(_WORD.findall(piece.text)).keys() - there.keys()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="+", type=Path)
    folders = parser.parse_args().folder
    files, chunks, wrong = Counter[str](), Counter[str](), Counter[str]()
    for path, document in documents(folders):
        encoding = (document.encoding or "utf-8").split()[0]
        lines = re.split(r"\r\n|\r|\n", read_bytes(path).decode(encoding, "replace"))
        files[document.format] += 1
        for piece in chunk(document, words, 250):
            chunks[document.format] += 1
            if not is_there(piece, document, lines):
                wrong[document.format] += 1
                if wrong[document.format] <= 3:
                    print(f"{path}:{piece.start_line}-{piece.end_line}: {piece.text[:60]!r}")
    for form in LOOKED_AT:
        print(f"{form}: {files[form]} files, {chunks[form]:,} chunks, {wrong[form]} misplaced")
    print(f"all: {sum(chunks.values()):,} chunks, {sum(wrong.values())} misplaced")


if __name__ == "__main__":
    main()
