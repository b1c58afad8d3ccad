"""The kinds of values that options and arguments take: files, amounts and days."""

from __future__ import annotations

import contextlib
import math
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

_DAY = "%Y-%m-%d"
_DAYS_AGO = {"today": 0, "yesterday": 1}
_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z")


def day_begun(value: str) -> datetime:
    """Return the time as given, local if it has no offset; for a day, month or year its start."""
    return _moment(value, end=False)


def day_begun_last(value: str) -> datetime:
    """The same for the end of a period: of a time that clocks show twice, the second."""
    return _moment(value, end=False, fold=1)


def day_over(value: str) -> datetime:
    """Return the time as given, local if it has no offset; for a day, month or year its end."""
    return _moment(value, end=True, fold=1)


class NonemptyPath(click.Path):
    """A file or folder. An empty path would be the current folder, with everything in it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path. A usage error for an empty one."""
        if not value:
            self.fail("the path is empty: name a file or a folder", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


class RegularFile(NonemptyPath):
    """A file that is read or replaced: a pipe would be waited for without an end, and a device
    be read for ever or overwritten. One that is missing is left to the command, unless it `exists`.
    """

    def __init__(self, *, exists: bool = False, or_folder: bool = False) -> None:
        super().__init__()
        self._exists, self._or_folder = exists, or_folder

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path; a usage error if it exists and is not a regular file."""
        path = super().convert(value, param, ctx)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:  # a ValueError for a null byte
            if self._exists:
                reason = getattr(error, "strerror", None) or error
                self.fail(f"cannot read {str(path)!r} ({reason}): check the path", param, ctx)
            return path
        if stat.S_ISDIR(mode) and not self._or_folder:
            self.fail(f"{str(path)!r} is a folder: give the path of a file", param, ctx)
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            self.fail(f"{str(path)!r} is not a regular file: give the path of one", param, ctx)
        return path


class Amount(click.FloatRange):
    """A number from 0 up. Python also reads `nan`, which is above no limit, and `inf`."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number; a usage error if it is not finite."""
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value} is not an amount", param, ctx)
        return amount


def _moment(value: str, *, end: bool, fold: int = 0) -> datetime:
    # Years out of a clock's range fail in arithmetic, later than in their form.
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if begun := _begun(value.strip().lower()):
            begin, months = begun
            return (_after(begin, months) if end else begin).replace(fold=fold).astimezone()
        for form in _TIMES:
            with contextlib.suppress(ValueError):
                return datetime.strptime(value, form).replace(fold=fold).astimezone()
    raise click.BadParameter(
        f"{value!r} is not a time: write 2026-03-04, 2026-03-04T12:30, 2026-03, 2026, today or"
        " yesterday"
    )


def _begun(value: str) -> tuple[datetime, int] | None:
    """Return the start of a day, month or year, and its months (0 for a day); None for another."""
    if value in _DAYS_AGO:
        value = f"{datetime.now() - timedelta(days=_DAYS_AGO[value]):{_DAY}}"
    for form, months in ((_DAY, 0), ("%Y-%m", 1), ("%Y", 12)):
        with contextlib.suppress(ValueError):
            return datetime.strptime(value, form), months
    return None


def _after(begin: datetime, months: int) -> datetime:
    if not months:
        return begin + timedelta(days=1)
    month = begin.month - 1 + months
    return begin.replace(year=begin.year + month // 12, month=month % 12 + 1)
