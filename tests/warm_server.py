"""A process that has imported the whole program, and forks a command whenever a test starts one.

It imports at the first connection. It has one thread, opens nothing and reads no settings. For each
command it forks a keeper, which forks the command, sends its id and its status, and kills it if the
test ends first. The server ends with the main process of the run of tests.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

SERVER = "WARM_COMMANDS"
"""The variable that tells the workers of a run where its server listens."""
LIBRARIES = ("anthropic", "httpcore2", "semantic_text_splitter", "stop_words", "tokenizers")
"""What commands import beyond our own modules, OpenVINO and Chroma."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MESSAGE = 1 << 17
"""Bytes. A request holds an environment."""


@contextmanager
def serving() -> Iterator[None]:
    """Serve warm commands to this process and its workers."""
    if sys.platform != "linux":
        yield
        return
    with (
        tempfile.TemporaryDirectory(prefix="ragchat-tests-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener,
    ):
        os.environ[SERVER] = f"{folder}/server"
        listener.bind(os.environ[SERVER])
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())],
            stdin=subprocess.PIPE,  # closed, by us or by our end, it ends the server
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        try:
            yield
        finally:
            server.kill()
            server.communicate()
            del os.environ[SERVER]


def _serve(listener: socket.socket) -> dict[str, Any]:
    """Fork for each connection; return, in the process of a command, what is asked of it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    imported = False
    while True:
        ended = 0 in select.select([0, listener.fileno()], [], [])[0]
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # keepers, with the time that commands took
                pass
        if ended:
            os._exit(0)
        connection, _ = listener.accept()
        if not imported:
            _import_all()
            imported = True
        if not os.fork():
            listener.close()
            return _keep(connection)
        connection.close()


def _import_all() -> None:
    import ingest
    import ragchat
    from ingest.index.chroma import chroma
    from ingest.models.inference import _openvino

    for package in (ingest, ragchat):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in LIBRARIES:
        importlib.import_module(name)
    chroma()
    _openvino()
    assert "huggingface_hub" not in sys.modules, "it reads its settings as it is imported"
    threads = os.listdir("/proc/self/task")  # noqa: PTH208
    assert len(threads) == 1, "a fork takes one thread along: do not import what starts others"
    gc.freeze()


def _keep(connection: socket.socket) -> dict[str, Any]:
    """Fork a command, in whose process this returns, and see to its end."""
    message, descriptors, _, _ = socket.recv_fds(connection, MESSAGE, 3)
    ended, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    command = os.fork()
    if not command:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        for descriptor in (*descriptors, ended, wakes, connection.detach()):
            os.close(descriptor)
        request: dict[str, Any] = json.loads(message)
        return request
    for descriptor in descriptors:
        os.close(descriptor)
    connection.send(str(command).encode())
    if ended not in select.select([ended, connection.fileno()], [], [])[0]:
        os.kill(command, signal.SIGKILL)
    _, status = os.waitpid(command, 0)
    with suppress(OSError):
        connection.send(str(status).encode())
    os._exit(0)


def _become(request: Mapping[str, Any]) -> None:
    """Make this process what an interpreter is that has just been started."""
    if request["terminal"]:
        os.setsid()
        take_terminal()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    for number in SIGNALS:
        default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number in request["ignored"] else default)
    sys.argv[:] = ["-c" if request["program"] else "ragchat", *request["words"]]
    sys.stdin, sys.stdout, sys.stderr = (_stream(n) for n in range(3))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def take_terminal() -> None:
    """Make standard input the terminal whose Ctrl-C reaches this process, even where the tests run
    in the background of a shell, which has them ignore it.
    """
    import fcntl
    import termios

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _stream(number: int) -> io.TextIOWrapper:
    """Return a standard stream as Python makes it, with the encoding that it chose at its start."""
    former = (sys.stdin, sys.stdout, sys.stderr)[number]
    return io.TextIOWrapper(
        open(number, "wb" if number else "rb", closefd=False),
        former.encoding,
        former.errors,
        newline="\n",
        line_buffering=number == 2 or os.isatty(number),
    )


def main() -> None:
    """Serve, and be a command or a program in each fork."""
    del sys.path[0]  # the folder of tests
    request = _serve(socket.socket(fileno=int(sys.argv[1])))
    _become(request)
    if request["program"]:
        exec(request["program"], {"__name__": "__main__"})  # noqa: S102 - a test's own
    else:
        from ragchat.cli import main

        main()


if __name__ == "__main__":
    main()
