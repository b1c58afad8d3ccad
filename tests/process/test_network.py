"""What every command does to the world, the first run with its conversion of the model included.

Nothing but the model's API is opened or resolved, nothing is written outside the library, what is
written is for its owner alone, and the API key stands nowhere.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes import Broken, Failure, Reply, ScriptedClaude
from guard import ROOT, Desk, InTurn
from hostile_pdfs import with_script
from office import docx, paragraph, relations

KEY = "gateway-Planted0123456789.abcdefghij"  # by its looks it is no key at all
QUESTION = "When is high water at Wexmouth?"
PAGE = """<html><head><base href="http://remote.invalid/"><link rel="stylesheet" href="a.css">
<script src="http://remote.invalid/a.js"></script></head><body><h1>Pilots</h1>
<img src="http://remote.invalid/a.png"><iframe src="http://remote.invalid/"></iframe>
<p>The pilot of Wexmouth harbour is called Oda.</p></body></html>"""


@dataclass
class Watched:
    """All commands that were run at one desk, and what was found after each."""

    desk: Desk
    in_turn: InTurn
    server: ScriptedClaude
    url: str
    outside: Any = None
    done: list[CompletedProcess[str]] = field(default_factory=list)
    open_to_others: list[str] = field(default_factory=list)

    def run(self, *arguments: object, code: int = 0, before: Sequence[str] = ()) -> Any:
        """Run a command with the loosest umask; gives its JSON if that is asked for."""
        ran = self.desk.run(*arguments, before=tuple(before), umask=0)
        self._take(ran, code)
        return json.loads(ran.stdout) if "--json" in arguments else None

    def run_in_turn(self, *commands: Sequence[object], codes: Sequence[int] = ()) -> list[Any]:
        """Run commands in the same process; return the JSON that they print."""
        done = [self.in_turn(*command) for command in commands]
        for ran, code in zip(done, codes or [0] * len(commands), strict=True):
            self._take(ran, code)
        self.open_to_others += self.desk.seen("open to others")
        return [json.loads(ran.stdout) for ran in done if "--json" in ran.args]

    def _take(self, ran: CompletedProcess[str], code: int) -> None:
        assert ran.returncode == code, (ran.args, ran.stderr)
        self.done.append(ran)
        for path in [self.desk.home, *self.desk.home.rglob("*")]:
            if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                self.open_to_others.append(f"{ran.args}: {path}")


@pytest.fixture
def watched(tmp_path: Path, embedder: object) -> Iterator[Watched]:
    """A desk at which everything was done once: after a conversion for the other tests, which
    leaves compiled what those of these commands that may write nothing would compile each time.
    """
    desk = Desk(tmp_path / "watched")
    _write_docs(desk.cwd)
    server = ScriptedClaude()
    with server.serving() as url:
        desk.environment = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY}
        outside = desk.snapshot()
        with desk.in_turn(umask=0) as in_turn:  # the loosest
            watched = Watched(desk, in_turn, server, url, outside)
            _do_everything(watched)
        yield watched


def _write_docs(cwd: Path) -> None:
    docs = cwd / "docs"
    docs.mkdir()
    (docs / "tides.md").write_text(
        "# Tides\n\n![](http://remote.invalid/a.png)\n\nHigh water at Wexmouth is at ten to noon.\n"
    )
    (docs / "page.html").write_text(PAGE)
    (docs / "script.pdf").write_bytes(with_script())
    linked = relations(styles="styles.xml").replace("styles.xml", "http://remote.invalid/a.xml", 1)
    (docs / "word.docx").write_bytes(
        docx(paragraph("The harbour is dredged."), more={"word/_rels/settings.xml.rels": linked})
    )
    shutil.copytree(ROOT / "data" / "conversations", docs / "talks")
    (cwd / "schema.json").write_text('{"type": "object"}')
    labelled = cwd / "set"
    labelled.mkdir()
    (labelled / "notes.md").write_text("Iron rusts in salt water.\n")
    question = {"qid": 0, "question": "What does iron do?", "corpus": "notes"}
    question["refs"] = [{"start": 0, "end": 25}]
    (labelled / "questions.jsonl").write_text(json.dumps(question))


def _do_everything(at: Watched) -> None:
    _ingest(at)
    at.run_in_turn(
        ("--help",),
        ("--version",),
        ("ask", "--help"),
        ("ingest", "docs", "--dry-run"),
        ("ingest", "--conversations", "docs/talks"),
        ("status",),
        ("sources", "list"),
        ("search", QUESTION),
        ("recall", "plumber"),
    )
    _talk(at)
    _change(at)


def _change(at: Watched) -> None:
    """Show, rename and forget what was said, then look after the library."""
    (first, *_), (exchange, *_) = at.run_in_turn(
        ("conversations", "list", "--json"), ("recall", QUESTION, "--json")
    )
    (left,) = at.run_in_turn(
        ("conversations", "show", first["id"]),
        ("conversations", "export", first["id"]),
        ("conversations", "export", first["id"], "--format", "json"),
        ("conversations", "rename", first["id"], "A name"),
        ("forget", exchange["id"], "--with-answers"),
        ("forget", "--before", "2026-09-01"),
        ("sources", "remove", "docs/page.html"),
        ("conversations", "list", "--json"),
    )
    at.run_in_turn(
        ("conversations", "delete", left[-1]["id"]),
        ("rebuild",),
        ("doctor", "--secrets"),
        ("backup", at.desk.home / "copy.backup"),
        ("restore", at.desk.home / "copy.backup", "--yes"),
        ("eval", "set"),
        ("eval", "--own", "1"),
    )


def _ingest(at: Watched) -> None:
    """The first run; what is no Python in it is watched by strace, where there is one."""
    strace = (
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-e",
        "trace=network",
        "-o",
        str(at.desk.place / "strace"),
    )
    at.run("ingest", "docs", before=strace if shutil.which("strace") else ())


def _talk(at: Watched) -> None:
    at.run("ask", QUESTION)
    continued = (("--no-context",), ("--history", "summary"), ("--json",))
    at.run_in_turn(
        *(("ask", QUESTION, "--continue", *flags) for flags in continued),
        ("ask", QUESTION, "--dry-run"),
        ("ask", QUESTION, "--offline"),
    )
    echo = f"not a valid key: Bearer {KEY}"
    at.server.script += [Reply('{"hour": 11}')]
    at.server.script += [Failure(401, "authentication_error", echo)] * 3
    at.server.script += [Reply(stop_reason="refusal", stop_details={"explanation": echo})]
    at.server.script += [Broken("error event", "Half", said=echo)]
    at.run_in_turn(
        ("ask", QUESTION, "--schema", "schema.json", "--no-save"),
        *(("ask", QUESTION, *flags) for flags in ((), ("--json",), ("--debug",))),
        ("ask", QUESTION),
        ("ask", QUESTION),
        codes=[0, 3, 3, 3, 0, 4],
    )


def only_the_models_address_is_opened_and_only_it_is_resolved(watched: Watched) -> None:
    own = urlsplit(watched.url)
    assert set(watched.desk.seen("address")) == {f"('127.0.0.1', {own.port})"}
    assert set(watched.desk.seen("name")) <= {"127.0.0.1"}
    assert len(watched.server.requests) > 5


def the_processes_that_a_command_starts_were_watched_too(watched: Watched) -> None:
    started = {words[1] for words in watched.desk.seen("started") if words[:1] == ["-m"]}
    assert started >= {"ragchat", "ingest.models.conversion"}
    assert ["-B", "-m", "ingest.readers.worker"] in watched.desk.seen("started")


def no_library_goes_past_python_to_the_network(watched: Watched) -> None:
    if not shutil.which("strace"):
        return
    trace = (watched.desk.place / "strace").read_text(errors="replace")
    assert "socketpair(" in trace or "socket(" in trace
    assert not re.findall(r"(?:connect|sendto|sendmsg)\(.*AF_INET.*", trace)


def nothing_is_left_or_changed_outside_the_library(watched: Watched) -> None:
    assert watched.desk.snapshot() == watched.outside


def nothing_is_written_elsewhere_even_for_a_moment(watched: Watched) -> None:
    own = (watched.desk.home, watched.desk.cache, watched.desk.place / "tmp")
    allowed = (*map(str, own), "/dev/", "/proc/self/")
    parents = {str(watched.desk.cache.parent)}  # made where there was none
    written = {path for path in watched.desk.seen("written") if path} - parents
    assert [path for path in written if not path.startswith(allowed)] == []
    assert str(watched.desk.home / "ragchat.db-wal") not in written  # what SQLite writes is unseen
    assert any(path.startswith(str(watched.desk.cache / "models")) for path in written)


def what_is_written_is_for_its_owner_alone_whatever_the_umask(watched: Watched) -> None:
    assert (watched.desk.home / "chroma" / "chroma.sqlite3").exists()
    assert watched.open_to_others == []


def the_key_is_sent_and_stands_nowhere_else(watched: Watched) -> None:
    assert {header["authorization"] for header in watched.server.headers} == {f"Bearer {KEY}"}
    shown = "".join(ran.stdout + ran.stderr for ran in watched.done)
    assert "not a valid key: Bearer [key]" in shown
    assert "Traceback" in shown  # of --debug, which was asked for
    assert KEY not in shown
    files = [path for path in watched.desk.place.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


@pytest.mark.first
@pytest.mark.timeout(900)
def test_every_command_touches_nothing_but_the_library_and_the_models_address(
    watched: Watched,
) -> None:
    only_the_models_address_is_opened_and_only_it_is_resolved(watched)
    the_processes_that_a_command_starts_were_watched_too(watched)
    no_library_goes_past_python_to_the_network(watched)
    nothing_is_left_or_changed_outside_the_library(watched)
    nothing_is_written_elsewhere_even_for_a_moment(watched)
    what_is_written_is_for_its_owner_alone_whatever_the_umask(watched)
    the_key_is_sent_and_stands_nowhere_else(watched)
