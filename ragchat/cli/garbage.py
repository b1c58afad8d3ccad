"""When garbage is collected: hardly while the program starts, which makes none."""

from __future__ import annotations

import gc

STARTING = 100_000
"""New objects between two collections while modules are imported, which are never garbage: with
10,000 the prompt of `ask` came after 0.61 s instead of 0.53 (medians of 15 in turn).
"""
WORKING = 10_000
"""The same of a process that goes on: with Python's 700 a tenth of a turn went into looking at
modules, and with many more a large import would hold what it has read for longer.
"""


def starting() -> None:
    """Leave imports alone."""
    gc.set_threshold(STARTING)


def started() -> None:
    """Collect as a process needs that goes on; what is there by now is never looked at again."""
    gc.freeze()
    gc.set_threshold(WORKING)
