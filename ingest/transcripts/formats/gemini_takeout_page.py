"""The page that Google Takeout makes of an activity: a cell for each prompt with its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.transcripts.html_export import pieces
from ingest.transcripts.markup import plain
from ingest.transcripts.times import instant

_CELL = "outer-cell mdl-cell"
_PRODUCT_NAME = re.compile(r'mdl-typography--title">(.*?)</p>', re.DOTALL)
_BODY = re.compile(r'mdl-typography--body-1">(.*?)(?=<div class="content-cell|\Z)', re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>")
_DATED = re.compile(r"(?=.*\b\d{4}\b)(?=.*\d{1,2}[:.]\d{2})(?!.*<p).{10,60}", re.DOTALL)
_ZONE = re.compile(r"\s*\b(?P<name>[A-Z]{2,5})$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the page: a product, a prompt, its answer, and when, as written and as a time."""

    product: str
    title: str
    answer: str
    stamp: str
    time: datetime | None


def is_page(values: Sequence[object], product: re.Pattern[str]) -> bool:
    """Return whether these are the first lines of such a page that has to do with the product."""
    words = "".join(value for value in values if isinstance(value, str))
    return _CELL in words and any(
        product.search(plain(name)) for name in _PRODUCT_NAME.findall(words)
    )


def entries_of(lines: Iterable[str]) -> Iterator[Cell]:
    """The cells that have a time; the page is not held in memory."""
    for piece in pieces(lines, _CELL):
        product, body = _PRODUCT_NAME.search(piece), _BODY.search(piece)
        parts = _BREAK.split(body[1]) if body else []
        dated = next(
            (n for n, part in enumerate(parts) if n and _DATED.fullmatch(part.strip())), None
        )
        if product is None or dated is None:
            continue
        stamp = " ".join(plain(parts[dated]).split())
        yield Cell(
            plain(product[1]),
            plain("<br>".join(parts[:dated])),
            plain("<br>".join(parts[dated + 1 :])),
            stamp,
            _time(stamp),
        )


def _time(stamp: str) -> datetime | None:
    """The moment; the name of a zone means that of the account, which is that of this machine."""
    zone = _ZONE.search(stamp)
    if zone is None or zone["name"] in ("UTC", "GMT", "AM", "PM"):
        return instant(stamp)
    moment = instant(stamp[: zone.start()])
    return moment.replace(tzinfo=None).astimezone() if moment else None
