"""A plot of what grows with the library, beside n log n."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS = 4


def plot(path: Path, sizes: Sequence[int], rows: Sequence[Mapping[str, float]]) -> None:
    """Write a PNG with a small chart for each piece of work; `rows` has its value at each size.

    A dashed line is how the smallest value would grow with n log n.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name, first in rows[0].items() if first > 0]
    height = math.ceil(len(names) / COLUMNS)
    figure, charts = pyplot.subplots(
        height, COLUMNS, figsize=(4 * COLUMNS, 2.6 * height), squeeze=False, layout="constrained"
    )
    for chart in charts.flat[len(names) :]:
        chart.set_visible(False)
    for name, chart in zip(names, charts.flat, strict=False):
        values = [row[name] for row in rows]
        chart.loglog(sizes, values, marker="o")
        chart.loglog(sizes, [values[0] * _n_log_n(size, sizes[0]) for size in sizes], "--", lw=0.8)
        chart.set_title(name, fontsize=9)
        chart.set_xlabel("exchanges", fontsize=8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _n_log_n(size: int, least: int) -> float:
    return size * math.log(size) / (least * math.log(least))
