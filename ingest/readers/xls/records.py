"""The records of an old workbook that xlrd passes over: text boxes, charts, rules for colours.

MS-XLS 2.4.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_BOF = frozenset((0x0809, 0x0409, 0x0209, 0x0009))
_EOF, _BOUNDSHEET, _FILEPASS, _CONTINUE = 0x000A, 0x0085, 0x002F, 0x003C
_OBJ, _TXO = 0x005D, 0x01B6
_NAMES = frozenset((0x0018, 0x0218))
_IGNORED = b"\x4d\0"  # settings of a printer, which are of any length
_RULES = frozenset((0x01B0, 0x0879))  # CondFmt, CondFmt12
_CHART = 0x20  # of BOF's dt
_NOTE = 0x19  # of FtCmo's ot: a comment, which xlrd reads
_MOST_TEXTS = 10_000


@dataclass(slots=True)
class Drawings:
    """What lies over the cells of a sheet."""

    texts: list[str] = field(default_factory=list)
    charts: int = 0


NO_DRAWINGS = Drawings()


class Records:
    """What the records say: whether the workbook is encrypted, whether rules colour its cells, and
    the drawings by the number of their worksheet.

    `unnamed` is the stream without names of cells: xlrd calculates them, and refuses a workbook
    where it cannot.
    """

    def __init__(self, stream: bytes) -> None:
        self.unnamed = bytearray(stream)
        self.encrypted = self.has_rules = False
        self.drawings: dict[int, Drawings] = {}
        self._sheets: dict[int, int] = {}  # number of a worksheet by the offset of its records
        self._stream = stream
        self._depth = 0
        self._texts = 0
        self._sheet = -1
        self._object = 0
        self._characters = 0  # of the text box whose text comes next
        self._take_all()

    def _take_all(self) -> None:
        at, end = 0, len(self._stream)
        while at + 4 <= end:
            kind, length = struct.unpack_from("<HH", self._stream, at)
            self._take(kind, at, self._stream[at + 4 : at + 4 + length])
            at += 4 + length
            if self.encrypted or (not kind and not length):
                return

    def _take(self, kind: int, at: int, data: bytes) -> None:
        if kind in _BOF:
            self._begin(at, data)
        elif kind == _EOF:
            self._depth = max(0, self._depth - 1)
        elif kind == _FILEPASS:
            self.encrypted = True
        elif kind == _BOUNDSHEET and len(data) > 6 and not data[5]:
            self._sheets[int.from_bytes(data[:4], "little")] = len(self._sheets)
        elif kind in _NAMES:
            self.unnamed[at : at + 2] = _IGNORED
        elif kind in _RULES:
            self.has_rules = True
        elif kind == _OBJ:
            self._object = int.from_bytes(data[4:6], "little") if data[:2] == b"\x15\0" else 0
        elif kind == _TXO and self._object != _NOTE and self._depth == 1:
            self._characters = int.from_bytes(data[10:12], "little")
        elif kind == _CONTINUE and self._characters:
            self._say(data)

    def _begin(self, at: int, data: bytes) -> None:
        if not self._depth:
            self._sheet = self._sheets.get(at, -1)
        elif data[2:3] == bytes((_CHART,)):
            self._of_sheet().charts += 1
        self._depth += 1

    def _say(self, data: bytes) -> None:
        wide = bool(data[:1] and data[0] & 1)
        raw = data[1 : 1 + self._characters * (1 + wide)]
        text = " ".join(raw.decode("utf-16-le" if wide else "latin-1", "replace").split())
        self._characters = 0
        self._texts += 1
        if text and self._texts <= _MOST_TEXTS:
            self._of_sheet().texts.append(text)

    def _of_sheet(self) -> Drawings:
        return self.drawings.setdefault(self._sheet, Drawings())
