"""The command line of every benchmark."""

from __future__ import annotations

import sys


def arguments(description: str | None, *, least: int = 0) -> list[str]:
    """Return what follows the script's name.

    `--help`, or fewer than `least` arguments, prints the description and exits.
    """
    given = sys.argv[1:]
    if "--help" in given or "-h" in given:
        print(description)
        sys.exit(0)
    if len(given) < least:
        sys.exit(description)
    return given
