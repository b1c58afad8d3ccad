"""Commands that start at once: in a fork of a process that has imported the whole program.

Of the 4 s of processor time that `ragchat ask` takes, 3.5 go into imports, and hundreds of tests
start a command. So a run of tests has one server (`warm_server.py`). Each command is a fork of it
that calls `ragchat.cli.main`, as the installed script does: a process with its own streams,
environment, folder, signals and exit status.

`start` starts an interpreter instead where there is no server (there is one on Linux alone), and
where a variable differs that Python or a library reads only once. A test whose subject is the start
itself (what is imported, closed streams, encodings, memory) starts an interpreter on its own.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, TypeAlias, TypedDict, Unpack

from warm_server import MESSAGE, SERVER, SIGNALS, take_terminal

READ_ONCE = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OMP_", "OPENBLAS_")
"""Beginnings of the names of variables that are read as Python or a library starts."""


def _read_once(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in environment if name.startswith(READ_ONCE)}


AT_START = _read_once(os.environ)


class Command:
    """A command that runs: the part of subprocess.Popen that tests use, with text in UTF-8."""

    def __init__(self, request: Mapping[str, Any], streams: list[int]) -> None:
        self.args: list[str] = request["words"]
        self.returncode: int | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self._keeper = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._keeper.connect(os.environ[SERVER])
        socket.send_fds(self._keeper, [json.dumps(request).encode()], streams)
        self.pid = self._receive()

    def _receive(self) -> int:
        answer = self._keeper.recv(MESSAGE)
        if not answer:
            raise RuntimeError("the server of warm commands failed: its stderr says why")
        return int(answer)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, a negative number for a signal. Raises TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._keeper], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(self._receive())
            self._keeper.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit code of a command that has ended."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the command has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the command, which is killed if it has not ended."""
        for ours in (self._keeper, self.stdout, self.stderr):
            if ours is not None:
                ours.close()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read both pipes to their ends and wait. Raises TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        read = {self.stdout: bytearray(), self.stderr: bytearray()}
        with selectors.DefaultSelector() as waiting:
            for stream, data in read.items():
                if stream is not None and not stream.closed:
                    waiting.register(stream, selectors.EVENT_READ, data)
            while waiting.get_map():
                ready = waiting.select(_left(deadline))
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
                for key, _ in ready:
                    came = os.read(key.fd, 1 << 16)
                    key.data.extend(came)
                    if not came:
                        waiting.unregister(key.fileobj)
        self.wait(_left(deadline))
        self.close()
        out, err = (bytes(data).decode().replace("\r\n", "\n") for data in read.values())
        return out, err


Process: TypeAlias = Command | subprocess.Popen[str]


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0, deadline - time.monotonic())


class Surroundings(TypedDict, total=False):
    """How a command is started.

    - `program` is a program in Python, as for `python -c`, instead of `ragchat`.
    - `terminal` takes the place of all three streams; without it there are pipes, and nothing to
      read where `stdin` is not given.
    - `env` and `cwd` are those of the tests where they are not given.
    """

    program: str
    terminal: int
    stdin: int
    env: Mapping[str, str]
    cwd: Path


def start(*words: object, **given: Unpack[Surroundings]) -> Process:
    """Start a command, or a program, with these arguments."""
    arguments = [str(word) for word in words]
    environment = dict(given.get("env", os.environ))
    if SERVER not in os.environ or _read_once(environment) != AT_START:
        return in_interpreter(*arguments, **given)
    terminal = given.get("terminal")
    ignored = {number for number in SIGNALS if signal.getsignal(number) is signal.SIG_IGN}
    if terminal is not None:  # the shell in it lets Ctrl-C reach its commands
        ignored.discard(signal.SIGINT)
    request = {
        "words": arguments,
        "program": given.get("program"),
        "terminal": terminal is not None,
        "environment": environment,
        "folder": str(given.get("cwd", Path.cwd())),
        "ignored": list(ignored),
    }
    if terminal is not None:
        return Command(request, [terminal] * 3)
    (out, out_written), (err, err_written) = os.pipe(), os.pipe()
    with ExitStack() as ours, Path(os.devnull).open("rb") as nothing:
        for descriptor in (out_written, err_written):
            ours.callback(os.close, descriptor)
        read = given.get("stdin", nothing.fileno())
        command = Command(request, [read, out_written, err_written])
    command.stdout, command.stderr = (os.fdopen(n, encoding="utf-8") for n in (out, err))
    return command


def run(*words: object, **given: Unpack[Surroundings]) -> subprocess.CompletedProcess[str]:
    """Run a command or a program to its end."""
    process = start(*words, **given)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.wait(), out, err)


def in_interpreter(*words: str, **given: Unpack[Surroundings]) -> subprocess.Popen[str]:
    """Do the same in an interpreter of its own."""
    terminal = given.get("terminal")
    called = ["-c", given["program"]] if "program" in given else ["-m", "ragchat"]
    output = subprocess.PIPE if terminal is None else terminal
    nothing = subprocess.DEVNULL if terminal is None else terminal
    return subprocess.Popen(
        [sys.executable, *called, *words],
        stdin=given.get("stdin", nothing),
        stdout=output,
        stderr=output,
        start_new_session=terminal is not None,
        preexec_fn=None if terminal is None else take_terminal,  # noqa: PLW1509 - no threads here
        env=given.get("env"),
        cwd=given.get("cwd"),
        text=True,
    )


def _verify(command: list[str], *, timeout: float, **_: Any) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run` of `python -m ingest.index.verification LIBRARY`."""
    program = "from ingest.index.verification import main; main()"
    process = start(command[-1], program=program)
    out, err = process.communicate(timeout=timeout)
    return subprocess.CompletedProcess(command, process.wait(), out.encode(), err.encode())


FORKED_VERIFICATION = SimpleNamespace(**{**vars(subprocess), "run": _verify})
"""Takes the place of subprocess in `ingest.index.verification`: a doctor starts a process, too."""
