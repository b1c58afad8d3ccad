"""Every command in processes that are watched: what they connect to, resolve and write.

Python tells of each through its audit events, in the processes that it starts, too, since they
import `sitecustomize` by the PYTHONPATH that they inherit. https://peps.python.org/pep-0578/
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

WATCH = """
import json, os, sys
log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def note(what, value):
    os.write(log, (json.dumps([what, os.getpid(), value]) + "\\n").encode())

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        note("address", repr(arguments[1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        note("name", str(arguments[0]))
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (
        os.O_WRONLY | os.O_RDWR | os.O_CREAT
    ):
        note("written", os.path.abspath(os.fsdecode(arguments[0]))
             if not isinstance(arguments[0], int) else "")
    elif event in ("os.mkdir", "os.symlink", "os.link", "os.rename"):
        note("written", os.path.abspath(os.fsdecode(arguments[event != "os.mkdir"])))

sys.addaudithook(watch)
note("started", sys.orig_argv[1:4])
"""

IN_TURN = """
import contextlib, io, json, os, sys
from pathlib import Path
from sitecustomize import note
from ragchat import cli
cli._leave = sys.exit
home, umask = Path(os.environ["RAGCHAT_HOME"]), os.umask(0)
typed = os.fdopen(os.dup(0))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
for line in typed:
    os.umask(umask)
    sys.argv[1:] = words = json.loads(line)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as left:
            code = left.code
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    for path in [home, *home.rglob("*")]:
        if path.exists() and path.stat().st_mode & 0o077:
            note("open to others", f"{words}: {path}")
    print(json.dumps([code, *said]), flush=True)
"""


InTurn = Callable[..., subprocess.CompletedProcess[str]]


@dataclass
class Desk:
    """A person's machine in a folder: HOME, TMPDIR, the current folder, and a library."""

    place: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("person", "tmp", "cwd", "guard"):
            (self.place / name).mkdir(parents=True)
        watch = WATCH.format(log=str(self.log))
        (self.place / "guard" / "sitecustomize.py").write_text(watch)

    @property
    def home(self) -> Path:
        """The library's folder, which the first command makes."""
        return self.place / "home"

    @property
    def cwd(self) -> Path:
        """The folder in which commands are typed."""
        return self.place / "cwd"

    @property
    def log(self) -> Path:
        """The file of audit events, one line of JSON each."""
        return self.place / "log"

    @property
    def cache(self) -> Path:
        """The folder of converted models, the only one that is written to under HOME."""
        return self.place / "person" / ".cache" / "ragchat"

    def take_models(self, models: Path) -> None:
        """Take converted models from elsewhere, so that none is converted here."""
        self.home.mkdir(mode=0o700)
        shutil.copytree(models, self.home / "models")

    def run(
        self, *arguments: object, before: tuple[str, ...] = (), **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """A command as a process of its own, after the words of `before`."""
        return self._run([*before, sys.executable, "-m", "ragchat", *map(str, arguments)], **more)

    def run_in_turn(
        self, commands: Sequence[Sequence[object]], **more: Any
    ) -> list[subprocess.CompletedProcess[str]]:
        """Several commands one after the other in one process, so that its imports count once."""
        with self.in_turn(**more) as run:
            return [run(*command) for command in commands]

    @contextmanager
    def in_turn(self, **more: Any) -> Iterator[InTurn]:
        """A process for commands that are called one after the other."""
        with (
            (self.place / "stderr").open("w+") as said,
            subprocess.Popen(
                [sys.executable, "-c", IN_TURN],
                **self._where,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                **more,
            ) as process,
        ):
            typed, told = process.stdin, process.stdout
            assert typed is not None
            assert told is not None

            def run(*command: object) -> subprocess.CompletedProcess[str]:
                words = [str(word) for word in command]
                print(json.dumps(words), file=typed, flush=True)
                line = told.readline()
                assert line, (self.place / "stderr").read_text()
                return subprocess.CompletedProcess(words, *json.loads(line))

            yield run
            typed.close()
            assert process.wait() == 0, (self.place / "stderr").read_text()

    def _run(self, command: Sequence[str], **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            **self._where,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **more,
        )

    @property
    def _where(self) -> dict[str, Any]:
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment = {
            **inherited,
            "HOME": str(self.place / "person"),
            "TMPDIR": str(self.place / "tmp"),
            "RAGCHAT_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(self.place / "guard"), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }
        return {"cwd": self.cwd, "env": environment, "text": True}

    def seen(self, what: str) -> list[Any]:
        """Return the events of this kind, in order."""
        lines = map(json.loads, self.log.read_text().splitlines())
        return [value for kind, _, value in lines if kind == what]

    def snapshot(self) -> Mapping[str, str]:
        """Each file outside the library and the cache, with the hash of what it holds."""
        within = (self.cache, *self.cache.parents)
        return {
            str(path): _hash(path)
            for path in self._outside()
            if path not in within and self.cache not in path.parents
        }

    def _outside(self) -> Iterator[Path]:
        for name in ("person", "tmp", "cwd"):
            yield from (path for path in (self.place / name).rglob("*"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
