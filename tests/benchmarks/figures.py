"""The figures of benchmarks: printed beside those that were written last, and kept.

`figures.json` holds the last ones. A script that `bench.py` starts adds its own to the file that
BENCH_FIGURES names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

LAST = Path(__file__).with_name("figures.json")
ADDED_TO = "BENCH_FIGURES"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, such as a time in "ms" or a ratio in "x"; less is better.

    `must` is the most that it may be.
    """

    name: str
    value: float
    unit: str
    must: float | None = None

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return f"{_rounded(self.value)} {self.unit}"


def report(benchmark: str, figures: Iterable[Figure]) -> None:
    """Print the figures of a benchmark beside the last ones, and add them to those of the run."""
    measured = list(figures)
    last = read(LAST).get(benchmark, {})
    for figure in measured:
        before = last.get(figure.name)
        print(f"{figure.name:<52}{figure.shown:>14}{_compared(figure, before)}")
    if added_to := os.environ.get(ADDED_TO):
        path = Path(added_to)
        known = read(path)
        write(path, {**known, benchmark: {figure.name: figure for figure in measured}})


def read(path: Path) -> dict[str, dict[str, Figure]]:
    """Return the figures in a file, by benchmark and name; none where there is no file."""
    if not path.exists():
        return {}
    written = json.loads(path.read_text(encoding="utf-8"))
    return {
        benchmark: {figure["name"]: Figure(**figure) for figure in figures}
        for benchmark, figures in written.items()
    }


def write(path: Path, figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """Write figures as JSON."""
    plain = {name: [asdict(figure) for figure in own.values()] for name, own in figures.items()}
    path.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


def table(figures: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| benchmark | figure | measured | must |", "|---|---|---|---|"]
    for benchmark, own in figures.items():
        for figure in own.values():
            must = "" if figure.must is None else f"{_rounded(figure.must)} {figure.unit}"
            lines.append(f"| {benchmark} | {figure.name} | {figure.shown} | {must} |")
    return "\n".join(lines)


def _compared(figure: Figure, before: Figure | None) -> str:
    parts = ""
    if before is not None and before.value:
        parts += f"{figure.value / before.value:>8.2f} x the last {before.shown}"
    if figure.must is not None and figure.value > figure.must:
        parts += f"   must be {_rounded(figure.must)} {figure.unit}"
    return parts


def _rounded(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"
