"""Colours that can be read on every background, and what is shown without them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from emulator import Emulator

from ingest.document import DocumentPassage, Hit
from ragchat.terminal.screen import Screen


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
