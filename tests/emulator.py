"""A terminal in memory: what a program wrote, as it would look, with what has scrolled away."""

from __future__ import annotations

import codecs
import fcntl
import io
import os
import pty
import select
import struct
import sys
import termios

import pyte
import warm
from rich.console import Console

PATIENCE = 120.0


class Emulator(io.StringIO):
    """A text file that is a terminal of `columns` by `rows`."""

    def __init__(self, columns: int = 40, rows: int = 12) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=0.5)
        self.screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self.screen)

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._stream.feed(text)
        return super().write(text)

    def console(self) -> Console:
        """A console that draws here, without colours."""
        size = self.screen.columns, self.screen.lines
        return Console(
            file=self, width=size[0], height=size[1], force_terminal=True, color_system=None
        )

    def resize(self, console: Console, columns: int) -> None:
        """Make the window so wide; lines that are longer are cut."""
        self.screen.resize(columns=columns)
        console.width = columns

    def text(self) -> str:
        """All there is to see, scrolling up."""
        past = ["".join(line[x].data for x in sorted(line)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*past, *self.screen.display]).rstrip("\n")


class Program:
    """Python code that runs in a real terminal, seen through an `Emulator`.

    Forked, it need not import what it uses, of our own modules and what they are made of.
    """

    def __init__(
        self,
        code: str,
        columns: int = 60,
        rows: int = 16,
        *,
        forked: bool = False,
        **environment: str,
    ) -> None:
        self.terminal = Emulator(columns, rows)
        self.terminal.screen.reset_mode(pyte.modes.LNM)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._person, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        path = {} if forked else {"PYTHONPATH": os.pathsep.join(sys.path)}
        variables = {**os.environ, "TERM": "xterm-256color", **path, **environment}
        start = warm.start if forked else warm.in_interpreter
        self._process = start(program=code, terminal=terminal, env=variables)
        os.close(terminal)

    def type(self, keys: str) -> None:
        """Press keys; `\\r` is Enter."""
        os.write(self._person, keys.encode("utf-8", "surrogateescape"))

    def wait_for(self, text: str) -> str:
        """Return the screen once it shows `text`."""
        while text not in self.terminal.text():
            if not self._read():
                raise AssertionError(f"ended without {text!r}:\n{self.terminal.text()}")
        return self.terminal.text()

    def end(self) -> str:
        """Return the screen once the program has exited with 0."""
        while self._read():
            pass
        code = self._process.wait()
        os.close(self._person)
        if code:
            raise AssertionError(f"ended with {code}:\n{self.terminal.text()}")
        return self.terminal.text()

    def _read(self) -> bool:
        """Read the output so far; return False once the program has closed its side."""
        if not select.select([self._person], [], [], PATIENCE)[0]:
            self._process.kill()
            raise AssertionError(f"silent for {PATIENCE:.0f} s:\n{self.terminal.text()}")
        try:
            came = os.read(self._person, 65536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.terminal.write(self._decode(came))
        return bool(came)
