"""The first seconds of `ragchat ask` on a terminal: `python tests/benchmarks/bench_prompt.py`.

How long until the prompt is there; how long each key takes to echo while everything loads behind
it; how long Ctrl-D takes to leave at any moment of loading. And `--help` as a whole process.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, report
from usage import arguments

PROMPT = b"loading"
SECONDS_OF_TYPING = 4.0
KEY_EVERY = 0.03


class Terminal:
    """`ragchat ask` in a pseudo terminal."""

    def __init__(self, home: Path) -> None:
        environment = {
            **os.environ,
            "RAGCHAT_HOME": str(home),
            "ANTHROPIC_API_KEY": "not-used",
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "ragchat", "ask"], environment)

    def wait_for(self, wanted: bytes, seconds: float = 30.0) -> float:
        """Seconds until these bytes have come."""
        seen, started = b"", time.perf_counter()
        while wanted not in seen:
            ready, _, _ = select.select([self.fd], [], [], seconds)
            if not ready:
                raise TimeoutError(seen.decode(errors="replace"))
            seen += os.read(self.fd, 4096)
        return time.perf_counter() - started

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self.fd, keys)

    def wait_for_the_end(self) -> float:
        """Seconds until the process has left."""
        started = time.perf_counter()
        while True:
            try:
                if not os.read(self.fd, 4096):
                    break
            except OSError:
                break
        os.waitpid(self.pid, 0)
        return time.perf_counter() - started


def echoes(home: Path) -> tuple[float, list[float]]:
    """Seconds to the prompt, and of each key's echo while loading goes on."""
    terminal = Terminal(home)
    terminal.wait_for(PROMPT)
    to_prompt = time.perf_counter() - terminal.started
    waits: list[float] = []
    letters = b"abcdefghijklmnopqrstuvwxyz"
    while time.perf_counter() - terminal.started < to_prompt + SECONDS_OF_TYPING:
        key = letters[len(waits) % 26 : len(waits) % 26 + 1]
        terminal.send(key)
        waits.append(terminal.wait_for(key))
        time.sleep(KEY_EVERY)
    terminal.send(b"\x03\x04")
    terminal.wait_for_the_end()
    return to_prompt, waits


def leaving(home: Path, after: float) -> float:
    """Seconds that Ctrl-D takes, so long after the prompt."""
    terminal = Terminal(home)
    terminal.wait_for(PROMPT)
    time.sleep(after)
    terminal.send(b"\x04")
    return terminal.wait_for_the_end()


def process(*arguments: str) -> float:
    """Seconds of a whole process, the best of five."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "ragchat", *arguments], check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        (Path(folder) / "a.md").write_text("# A\n\nThe tide turns twice a day.\n")
        run = [sys.executable, "-m", "ragchat", "ingest", folder, "--home", str(home)]
        subprocess.run(run, check=True, capture_output=True)
        to_prompt, waits = echoes(home)
        waits.sort()
        figures = [
            Figure("`ragchat --help`", process("--help"), "s"),
            Figure("`ragchat ask` to the prompt", to_prompt, "s", must=0.2),
            Figure("echo of a key while loading, median", waits[len(waits) // 2] * 1e3, "ms"),
            Figure(f"the slowest of {len(waits)} keys", waits[-1] * 1e3, "ms"),
        ]
        figures += [
            Figure(f"to leave {after} s after the prompt", leaving(home, after), "s")
            for after in (0.0, 0.3, 0.6, 1.0, 2.0)
        ]
        report("prompt", figures)


if __name__ == "__main__":
    arguments(__doc__)
    main()
