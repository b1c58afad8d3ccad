"""All benchmarks of speed, one after the other: `make bench`, or `bench.py [NAME…]` for some.

Each runs in a process of its own and prints its figures beside the last ones. Those of this run
then go into figures.json and into the table of RESULTS.md; a benchmark that fails keeps its last
figures, and the exit code is 1.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from figures import ADDED_TO, LAST, read, table, write
from usage import arguments

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
BENCHMARKS = ("prompt", "search", "embedding", "ingest", "ask", "code")
BEGIN, END = "<!-- written by `make bench` -->", "<!-- end -->"


def main(names: list[str]) -> int:
    """Run the benchmarks, write their figures, and return the exit code."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        for name in names or BENCHMARKS:
            print(f"\n{name}", flush=True)
            script = HERE / f"bench_{name}.py"
            environment = {**os.environ, ADDED_TO: str(figures)}
            if subprocess.run(
                [sys.executable, str(script)], env=environment, check=False
            ).returncode:
                failed.append(name)
        measured = {**read(LAST), **read(figures)}
    write(LAST, measured)
    head, _, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    RESULTS.write_text(f"{head}{BEGIN}\n{_when()}\n\n{table(measured)}\n{END}{tail}", "utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _when() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    processor = f"{os.cpu_count()} cores of {_processor()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {processor}, Python {platform.python_version()}{load}."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


if __name__ == "__main__":
    sys.exit(main(arguments(__doc__)))
