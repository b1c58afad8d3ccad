"""Files of office programs of before 2007, as small as they can be."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def padded(raw: bytes, size: int) -> bytes:
    return raw + b"\0" * (-len(raw) % size)


class _Sectors:
    """Sectors of one size, and the chains that they are in."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.raw = b""
        self.chain: list[int] = []

    def add(self, raw: bytes) -> int:
        """Append a stream; return its first sector."""
        if not raw:
            return END
        first = len(self.chain)
        count = -(-len(raw) // self.size)
        self.raw += padded(raw, self.size)
        self.chain += [*range(first + 1, first + count), END]
        return first


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a container with these streams; folders are made as their paths say."""
    large, small = _Sectors(SECTOR), _Sectors(MINI)
    nodes: dict[str, tuple[int, int, int]] = {}  # kind, first sector, size
    for path, raw in streams.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            nodes.setdefault("/".join(parts[:depth]), (1, 0, 0))
        sectors = small if len(raw) < CUTOFF else large
        nodes[path] = (2, sectors.add(raw), len(raw))
    names = ["", *nodes]
    first_small = large.add(small.raw)
    small_chain = large.add(
        padded(struct.pack(f"<{len(small.chain)}I", *small.chain), SECTOR) if small.chain else b""
    )
    entries = b""
    for name in names:
        kind, first, size = nodes.get(name, (5, first_small, len(small.raw)))
        inner = [n for n in names if n and n.rpartition("/")[0] == name and n != name]
        siblings = [n for n in names if n and n.rpartition("/")[0] == name.rpartition("/")[0]]
        after = siblings[siblings.index(name) + 1 :] if name else []
        shown = (name.rpartition("/")[2] or "Root Entry").encode("utf-16-le")
        entries += shown.ljust(64, b"\0") + struct.pack("<HBB", len(shown) + 2, kind, 1)
        entries += struct.pack("<I", NONE)
        entries += struct.pack("<I", names.index(after[0]) if after else NONE)
        is_folder = kind in (1, 5)
        entries += struct.pack("<I", names.index(inner[0]) if is_folder and inner else NONE)
        entries += b"\0" * 36 + struct.pack("<IIi", first, size, 0)
    directory = large.add(padded(entries, SECTOR))
    fat_sectors = 1
    while (len(large.chain) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    begin = len(large.chain)
    fat = [*large.chain, *[FAT] * fat_sectors]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * SECTOR, b"\xff")
    header = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, fat_sectors, directory, 0, CUTOFF)
    header += struct.pack("<II", small_chain, -(-4 * len(small.chain) // SECTOR))
    header += struct.pack("<II", END, 0)
    header += b"".join(struct.pack("<I", begin + n) for n in range(fat_sectors))
    return header.ljust(SECTOR, b"\xff") + large.raw + table


def record(kind: int, data: bytes = b"") -> bytes:
    """A record of a workbook."""
    return struct.pack("<HH", kind, len(data)) + data


def _wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def font(*, colour: int = 0x7FFF, struck: bool = False) -> bytes:
    data = struct.pack("<HHHHHBBBx", 200, 8 * struck, colour, 400, 0, 0, 0, 0)
    return record(0x31, data + b"\5\1" + "Arial".encode("utf-16-le"))


def style(font_: int = 0, format_: int = 0) -> bytes:
    return record(0xE0, struct.pack("<HHH14x", font_, format_, 0xFFF0))


def cell(row: int, column: int, value: str | float, style_: int = 15) -> bytes:
    at = struct.pack("<HHH", row, column, style_)
    if isinstance(value, str):
        return record(0x204, at + _wide(value))
    return record(0x203, at + struct.pack("<d", value))


def workbook(sheets: Mapping[str, bytes], extra: bytes = b"", hidden: Sequence[str] = ()) -> bytes:
    """A workbook; each sheet is its records. `extra` are records before the styles; styles from 15
    on are: plain, of a date, in white letters, struck out.
    """
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x2000, 0x7CD, 0, 6))
    fonts = font() * 4 + font(colour=9) + font(struck=True)
    styles = style() * 15 + style() + style(0, 14) + style(5) + style(6)
    head = begin + extra + fonts + styles
    names = [(name, len(record(0x85, b"\0" * 6 + _name(name)))) for name in sheets]
    at = len(head) + sum(size for _, size in names) + 4
    bodies, entries = b"", b""
    for name, _ in names:
        body = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x2000, 0x7CD, 0, 6))
        body += sheets[name] + record(0x0A)
        entries += record(0x85, struct.pack("<IBB", at, name in hidden, 0) + _name(name))
        bodies, at = bodies + body, at + len(body)
    return compound({"Workbook": head + entries + record(0x0A) + bodies})


def _name(name: str) -> bytes:
    return struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")


def word(
    text: str,
    *,
    parts: Sequence[int] = (),
    paragraphs: Mapping[int, bytes] | None = None,
    letters: Mapping[tuple[int, int], bytes] | None = None,
    tables: Mapping[int, bytes] | None = None,
    flags: int = 0x0200,
    before: str = "",
    streams: Mapping[str, bytes] | None = None,
) -> bytes:
    """A document of Word 97. `parts` are the lengths of its parts, the text alone if it is empty;
    `paragraphs` the styles and modifiers of paragraphs by their number, `letters` the modifiers of
    characters, `tables` those of the information block by number. `before` is text that is in the
    file, but in none of its pieces.
    """
    begin = 1024
    raw = text.encode("utf-16-le")
    old = before.encode("utf-16-le")
    body = padded(old + raw, SECTOR)
    start = begin + len(old)
    ends = [at for at, sign in enumerate(text, 1) if sign in "\r\x07\x0c"]
    edges = [0, *ends] if ends[-1:] == [len(text)] else [0, *ends, len(text)]
    of_paragraphs = [
        (a, b, (paragraphs or {}).get(number, b"\0\0"))
        for number, (a, b) in enumerate(pairwise(edges))
    ]
    of_letters, last = [], 0
    for (a, b), modifiers in sorted((letters or {}).items()):
        of_letters += [(last, a, b""), (a, b, modifiers)]
        last = b
    of_letters = [run for run in [*of_letters, (last, len(text), b"")] if run[0] < run[1]]
    pages = _page(of_letters, start, 1) + _page(of_paragraphs, start, 13)
    first = (begin + len(body)) // SECTOR
    all_tables = {
        12: struct.pack("<III", start, start + len(raw), first),
        13: struct.pack("<III", start, start + len(raw), first + 1),
        33: b"\2" + struct.pack("<IIIHIH", 16, 0, len(text), 0, start, 0),
        **(tables or {}),
    }
    table, pairs = b"", b""
    for number in range(93):
        entry = all_tables.get(number, b"")
        pairs += struct.pack("<II", len(table) if entry else 0, len(entry))
        table += entry
    lengths = [*parts, *[0] * (8 - len(parts))] if parts else [len(text), *[0] * 7]
    info = struct.pack("<HHHHHHHII", 0xA5EC, 0xC1, 0, 1033, 0, flags, 0xBF, 0, 0)
    info = info.ljust(0x4C, b"\0") + struct.pack("<8I", *lengths)
    info = info.ljust(0x98, b"\0") + struct.pack("<H", 93) + pairs
    found = {"WordDocument": info.ljust(begin, b"\0") + body + pages, "1Table": table}
    return compound({**found, **(streams or {})})


def _page(runs: Sequence[tuple[int, int, bytes]], start: int, size: int) -> bytes:
    """A page of 512 bytes with the modifiers of runs of characters."""
    count = len(runs)
    ends = [start + 2 * runs[0][0], *(start + 2 * end for _, end, _ in runs)]
    head = struct.pack(f"<{count + 1}I", *ends)
    page = bytearray(SECTOR)
    page[: len(head)] = head
    at = SECTOR - 2
    for number, (_, _, modifiers) in enumerate(runs):
        if size == 1:
            entry = struct.pack("<B", len(modifiers)) + modifiers
        else:
            whole = modifiers + b"\0" * (len(modifiers) % 2)
            entry = b"\0" + struct.pack("<B", len(whole) // 2) + whole
        if not any(modifiers):
            continue
        at = (at - len(entry)) // 2 * 2
        page[at : at + len(entry)] = entry
        page[len(head) + size * number] = at // 2
    page[-1] = count
    return bytes(page)


def sprm(code: int, value: int, size: int = 1) -> bytes:
    """A modifier: its code and a number of that many bytes."""
    return struct.pack("<H", code) + value.to_bytes(size, "little")


def bounds(*at: int) -> bytes:
    """A list of places, as tables of notes and headers begin."""
    return struct.pack(f"<{len(at)}I", *at)


def styles(*kinds: int) -> bytes:
    """A style sheet: each style is a built-in one, by its number."""
    raw = struct.pack("<HHHHHHHHHHH", 18, len(kinds), 10, 0, 0, 0, 0, 0, 0, 0, 0)[:20]
    for kind in kinds:
        std = struct.pack("<HHHHH", kind, 1 | 0xFFF << 4, 0, 0, 0) + struct.pack("<HHH", 1, 65, 0)
        raw += struct.pack("<H", len(std)) + std
    return raw


def message(fields: Mapping[str, str | bytes], streams: Mapping[str, bytes]) -> bytes:
    """A message of Outlook: `fields` by number ("0037"), texts or bytes."""
    return compound({"__properties_version1.0": b"\0" * 32, **values("", fields), **streams})


def values(folder: str, fields: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """Streams of properties, in a folder of a message."""
    found = {}
    for number, value in fields.items():
        text = isinstance(value, str)
        name = f"{folder}__substg1.0_{number}{'001F' if text else '0102'}"
        found[name] = value.encode("utf-16-le") if isinstance(value, str) else value
    return found


def fixed(header: int, *entries: tuple[int, int, int]) -> bytes:
    """A stream of properties of a fixed length: number, type, value."""
    raw = b"\0" * header
    for number, kind, value in entries:
        raw += struct.pack("<HHIQ", kind, number, 6, value)
    return raw


def atom(kind: int, data: bytes = b"", instance: int = 0) -> bytes:
    """A record of a presentation."""
    return struct.pack("<HHI", instance << 4, kind, len(data)) + data


def box(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    """A record of a presentation that has others in it."""
    data = b"".join(inner)
    return struct.pack("<HHI", instance << 4 | 0xF, kind, len(data)) + data


def text_atoms(kind: int, text: str) -> bytes:
    return atom(0xF9F, struct.pack("<I", kind)) + atom(0xFA0, text.encode("utf-16-le"))


def shape(
    *text: bytes, properties: Mapping[int, bytes | int] | None = None, place: int = 0
) -> bytes:
    """A shape with its text; `place` is what it is there for."""
    pairs, extra = b"", b""
    for number, value in (properties or {}).items():
        long = isinstance(value, bytes)
        pairs += struct.pack("<HI", number | 0x8000 * long, len(value) if long else value)  # type: ignore[arg-type]
        extra += value if isinstance(value, bytes) else b""
    inner = [atom(0xF00B, pairs + extra, len(properties or {}))]
    if place:
        inner.append(box(0xF011, atom(0xBC3, struct.pack("<IBBH", 0, place, 0, 0))))
    return box(0xF004, *inner, box(0xF00D, *text)) if text else box(0xF004, *inner)


def slide(*shapes: bytes, extra: bytes = b"") -> bytes:
    return box(0x3EE, box(0x40C, box(0xF002, box(0xF003, *shapes))), extra)


def notes(about: int, *shapes: bytes) -> bytes:
    inner = box(0x40C, box(0xF002, box(0xF003, *shapes)))
    return box(0x3F0, atom(0x3F1, struct.pack("<II", about, 0)), inner)


def presentation(
    slides: Sequence[tuple[bytes, bytes]],
    pages: Sequence[bytes] = (),
    before: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """Slides, each with its texts that are kept apart, and pages of notes; the slides are numbered
    from 256. `before` is a slide of an earlier save, which has the place of the first; `extra` are
    records beside the list of slides.
    """

    def places(first: int, number: int, outlines: Sequence[bytes]) -> bytes:
        return b"".join(
            atom(0x3F3, struct.pack("<IIIII", first + n, 0, 0, number + n, 0)) + outline
            for n, outline in enumerate(outlines)
        )

    lists = [
        box(0xFF0, places(2, 256, [outline for _, outline in slides])),
        box(0xFF0, places(2 + len(slides), 900, [b""] * len(pages)), instance=2),
    ]
    saved = [box(0x3E8, extra, *lists), *(raw for raw, _ in slides), *pages]
    stream, old = b"", 0
    if before:
        directory = atom(0x1772, struct.pack("<II", 2 | 1 << 20, 0))
        old = len(before) + len(directory)
        stream = before + directory
        stream += atom(0xFF5, struct.pack("<IIIIIIHH", 0, 0, 0, len(before), 1, 9, 0, 0))
    offsets = []
    for raw in saved:
        offsets.append(len(stream))
        stream += raw
    at = len(stream)
    stream += atom(0x1772, struct.pack(f"<{1 + len(offsets)}I", 1 | len(offsets) << 20, *offsets))
    edit = len(stream)
    stream += atom(0xFF5, struct.pack("<IIIIIIHH", 0, 0, old, at, 1, 9, 0, 0))
    user = atom(0xFF6, struct.pack("<III", 20, 0xE391C05F, edit))
    return compound({"PowerPoint Document": stream, "Current User": user})
