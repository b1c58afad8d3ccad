"""Pure parts of the session's commands: completion, editors, the clipboard, lines that fit."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from commands import Output
from emulator import Emulator
from rich.cells import cell_len

from ingest.document import DocumentPassage, Hit
from ragchat.claude.client import Claude
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import Prompt
from ragchat.cli import COMMANDS
from ragchat.cli.commands.doctor import unused_bytes
from ragchat.cli.config_file import put, remove
from ragchat.cli.handbook import find, pages
from ragchat.cli.manual import manual
from ragchat.errors import UsageError
from ragchat.library.choosing import fits
from ragchat.settings import load
from ragchat.terminal import clipboard
from ragchat.terminal.completion import completions
from ragchat.terminal.opening import editor_command
from ragchat.terminal.parts import Part, fitted
from ragchat.terminal.repl import Repl
from ragchat.terminal.screen import Screen

WIDTHS = (40, 60, 80, 120)
PARTS = [
    Part("1,713 tokens in", 3),
    Part("1,200 of them cached (70%)", 0),
    Part("64 out", 2),
    Part("$0.0041", 4),
    Part("with the full history $0.0041", 1),
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


def _luminance(colour: tuple[int, int, int]) -> float:
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# The colours of xterm, the palest and darkest defaults that are common.
XTERM = {
    30: (0, 0, 0), 31: (205, 0, 0), 32: (0, 205, 0), 33: (205, 205, 0), 34: (0, 0, 238),
    35: (205, 0, 205), 36: (0, 205, 205), 37: (229, 229, 229), 90: (127, 127, 127),
    91: (255, 0, 0), 92: (0, 255, 0), 93: (255, 255, 0), 94: (92, 92, 255), 95: (255, 0, 255),
    96: (0, 255, 255), 97: (255, 255, 255),
}  # fmt: skip

SHOWN = """
# A title

1. An item with `code` and a [link](https://example.org)

> a quotation

| a | b |
|---|---|
| 1 | 2 |

```python
@cached
class A(B):
    '''doc'''
    def f(self, x: int = 3) -> str:
        # a comment
        return f"{x}" + "text" if None else self.g(*range(2))
```

```diff
-old
+new
```

```html
<p class="x">text</p>
```
"""


def test_every_colour_can_be_read_on_white_and_on_black(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Emulator(80)
    screen = Screen(terminal, terminal)
    screen.markdown(SHOWN)
    screen.error("failed")
    used = set()
    for codes in re.findall(r"\x1b\[([0-9;]*)m", terminal.getvalue()):
        numbers = [int(code) for code in codes.split(";") if code]
        assert 38 not in numbers, "a colour that no theme of the terminal can change"
        used |= {number for number in numbers if number in XTERM}
    assert used
    for number in used:
        for background in ((255, 255, 255), (0, 0, 0)):
            assert _contrast(XTERM[number], background) >= 3, number


def test_without_colours_code_is_still_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Emulator(80)
    Screen(terminal, terminal).markdown("some `code` here")
    assert re.search(r"\x1b\[1m[^\x1b]*code", terminal.getvalue())


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


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("14", ["forgetting"]),
        ("Forgetting", ["forgetting"]),
        ("the store", ["the-store"]),
        ("tombstones", ["forgetting"]),
        ("no such thing at all", []),
    ],
)
def test_a_page_of_the_handbook_is_found_by_number_name_or_heading(
    topic: str, names: list[str]
) -> None:
    assert [page.name for page in find(topic, pages())] == names


def test_config_keeps_comments_and_replaces_an_old_name(tmp_path: Path) -> None:
    path = tmp_path / "home" / "config.toml"
    path.parent.mkdir()
    path.write_text('# mine\nmodel = "m"  # the best\nmore_told = 3\n')
    put(path, "personal_memories", 5)
    put(path, "top_k", 4)
    assert path.read_text() == (
        '# mine\nmodel = "m"  # the best\npersonal_memories = 5\ntop_k = 4\n'
    )
    assert remove(path, "top_k")
    assert not remove(path, "top_k")
    assert load(path.parent, {}, {}).personal_memories == 5


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[profiles.home]\ntop_k = 3\n", "is valid"),
        ("[profiles.home]\ntop_kk = 3\n", "sets top_kk, which is not a setting"),
        ("[profiles.home]\ntop_k = 'x'\n", "write a whole number"),
    ],
)
def test_an_edited_file_is_checked_with_all_its_profiles(
    written: str, said: str, ragchat: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.edit", lambda filename: Path(filename).write_text(written))
    _, out, err = ragchat("config", "edit")
    assert said in out + err


def test_an_editor_that_fails_is_said(ragchat: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")
    code, _, err = ragchat("config", "edit")
    assert code == 2
    assert "set $EDITOR" in err


def test_config_refuses_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("top_k = = 3\n")
    with pytest.raises(UsageError, match="fix the file"):
        put(path, "top_k", 4)
    assert path.read_text() == "top_k = = 3\n"


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
        repl._actions["effort"](level)
        assert said in terminal.text()
    assert claude.effort == "high"
    body = claude.request_body(Prompt(system="s", messages=()), max_tokens=5)
    assert "'high'" in str(body)
    assert list(completions(workspace, "effort", "m")) == ["medium", "max"]


def test_a_source_links_to_its_file_where_there_are_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notes of \x1b]8;;evil.md"
    path.write_text("x")
    monkeypatch.setenv("TERM", "xterm-256color")
    hits = [
        Hit(DocumentPassage("a", str(path), "text", start_line=3), 0.5),
        Hit(DocumentPassage("b", str(tmp_path / "gone.md"), "text"), 0.4),
    ]
    terminal = Emulator(120, 20)
    Screen(terminal, terminal).found(hits)
    written = terminal.getvalue()
    assert written.count("\x1b]8;") == 2  # one link, and its end
    assert f";{path.as_uri()}\x1b" in written
    assert "%1B" in written
    monkeypatch.setenv("TERM", "linux")
    plain = Emulator(120, 20)
    Screen(plain, plain).found(hits)
    assert "\x1b]8;" not in plain.getvalue()


def test_the_manual_page_names_all_commands_and_options() -> None:
    page = manual("1.2.3")
    assert page.startswith(".TH RAGCHAT 1")
    for name in COMMANDS:
        assert f".SS ragchat {name}".replace("-", "\\-") in page
    for option in ("\\-\\-as\\-of DAY", "\\-\\-profile P", ".SS ragchat config trust"):
        assert option in page
    assert [line for line in page.splitlines() if line.startswith("'")] == []
    if shutil.which("groff"):
        run = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8"],
            input=page,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == ""
        assert "Ask about your documents" in run.stdout
