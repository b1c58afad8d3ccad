"""Pure parts of the session's commands: completion, editors, the clipboard, lines that fit."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from emulator import Emulator
from rich.cells import cell_len

from ragchat.claude.client import Claude
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import Prompt
from ragchat.cli.commands.doctor import unused_bytes
from ragchat.library.choosing import fits
from ragchat.terminal import clipboard
from ragchat.terminal.completion import completions
from ragchat.terminal.opening import editor_command
from ragchat.terminal.parts import LinePart, fitted
from ragchat.terminal.repl import Repl
from ragchat.terminal.screen import Screen

WIDTHS = (40, 60, 80, 120)
PARTS = [
    LinePart("1,713 tokens in", 3),
    LinePart("1,200 of them cached (70%)", 0),
    LinePart("64 out", 2),
    LinePart("$0.0041", 4),
    LinePart("with the full history $0.0041", 1),
]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_of_parts_drops_parts_and_breaks_none(width: int) -> None:
    line = fitted(PARTS, width)
    assert cell_len(line) <= width
    assert set(line.split(" · ")) <= {part.text for part in PARTS}
    assert "$0.0041" in line


def test_a_line_that_fits_has_all_its_parts() -> None:
    assert fitted(PARTS, 200) == " · ".join(part.text for part in PARTS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("say", ["say", "note", "line", "error"])
def test_own_lines_wrap_at_words(width: int, say: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Emulator(width)
    message = (
        "no credentials: set ANTHROPIC_API_KEY or use `ragchat search`, which costs $0.0038 less, "
        "see https://platform.claude.com or ask someone"
    )
    getattr(Screen(terminal, terminal), say)(message)
    rows = terminal.text().splitlines()
    words = [word for row in rows for word in row.split() if word != "ragchat:"]
    assert words == message.split()
    assert max(map(cell_len, rows)) <= width


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", ["vim", "+7", "/a b.md"]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", "/a b.md"]),
        ("/usr/bin/code --wait", ["/usr/bin/code", "--wait", "--goto", "/a b.md:7"]),
        ("hx", ["hx", "/a b.md:7"]),
        ("", None),
    ],
)
def test_a_file_is_opened_at_its_line(editor: str, command: list[str] | None) -> None:
    assert editor_command("/a b.md", 7, {"EDITOR": editor}) == command


def test_visual_wins_over_editor() -> None:
    assert editor_command("/a", 1, {"EDITOR": "ed", "VISUAL": "vi"}) == ["vi", "+1", "/a"]


def test_a_clipboard_program_is_taken_only_where_its_display_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("wl-copy", "xclip"):
        (tmp_path / name).write_text("#!/bin/sh\ncat > $0.got\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert clipboard.program({}) is None
    command = clipboard.program({"DISPLAY": ":0"})
    assert command == ("xclip", "-selection", "clipboard")
    assert clipboard.program({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}) == ("wl-copy",)
    assert clipboard.copy([str(tmp_path / "xclip")], "ünï")
    assert (tmp_path / "xclip.got").read_text() == "ünï"
    assert not clipboard.copy([str(tmp_path / "gone")], "x")


def test_the_terminal_is_given_the_text_and_nothing_else() -> None:
    assert re.fullmatch(r"\x1b\]52;c;[A-Za-z0-9+/=]+\x07", clipboard.osc52("a\x1b]0;x\x07"))


def test_paths_are_completed_and_hidden_ones_only_when_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    for name in ("note.md", ".hidden", "notes/inner.md"):
        (tmp_path / name).touch()
    library: None = None
    assert list(completions(library, "save", "no")) == ["note.md", "notes/"]  # type: ignore[arg-type]
    assert list(completions(library, "save", "notes/")) == ["notes/inner.md"]  # type: ignore[arg-type]
    assert list(completions(library, "save", ".h")) == [".hidden"]  # type: ignore[arg-type]
    assert list(completions(library, "model", "claude-h"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "text", "fitting"),
    [
        ("TIDE", "docs/tides.md", True),
        ("*.md", "docs/tides.md", True),
        ("*.txt", "docs/tides.md", False),
        ("tides.*", "docs/tides.md", False),
        (None, "anything", True),
        ("straße", "STRASSE.md", True),
    ],
)
def test_a_pattern_is_a_part_or_has_stars(pattern: str | None, text: str, fitting: bool) -> None:
    assert fits(pattern, text) is fitting


class Installed(importlib.metadata.Distribution):
    """A distribution with one file of 1,000 bytes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        (folder / f"{name}.so").write_bytes(b"x" * 1000)

    def read_text(self, filename: str) -> str | None:
        if filename == "METADATA":
            return f"Metadata-Version: 2.1\nName: {self._name}\nVersion: 1\n"
        return f"{self._name}.so,,\n" if filename == "RECORD" else None

    def locate_file(self, path: Any) -> Any:
        return self._folder / path


def test_only_libraries_for_graphics_cards_count_as_unused(tmp_path: Path) -> None:
    names = ("torch", "nvidia_cublas_cu12", "triton", "numpy")
    assert unused_bytes([Installed(tmp_path, name) for name in names]) == 2000
    assert unused_bytes([Installed(tmp_path, "torch")]) == 0


def test_effort_is_shown_set_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Emulator(100, 20)
    claude = Claude(ChatModel("claude-sonnet-5-5"))
    workspace: Any = SimpleNamespace(chat=SimpleNamespace(claude=claude))
    nothing: Any = None
    repl = Repl(workspace, Screen(terminal, terminal), nothing)
    for level, said in (
        ("", "auto (medium)"),
        ("HIGH", "effort: high"),
        ("huge", "no effort 'huge'"),
    ):
        repl.run_line(f"/effort {level}")
        assert said in terminal.text()
    assert claude.effort == "high"
    body = claude.request_body(Prompt(system="s", messages=()), max_tokens=5)
    assert "'high'" in str(body)
    assert list(completions(workspace, "effort", "m")) == ["medium", "max"]
