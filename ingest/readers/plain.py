"""Files that are text: prose, markup, source code. Every character is kept, line ends too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ingest.document import Document, Format, HeadingSpan, Properties
from ingest.readers import (
    calendar,
    contacts,
    generated,
    latex,
    man_pages,
    marked_headings,
    subtitle_formats,
    subtitles,
)
from ingest.readers.encoding import decode
from ingest.readers.escapes import unescaped
from ingest.text import outline
from ingest.text.amounts import counted
from ingest.text.cleaning import encoded_parts
from ingest.text.front_matter import front_matter

_FRONT = 100_000
"""Characters that are looked at for front matter."""

_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*(?:[\[{\"]|-?\d+(?:\.\d+)?\s*,))")
_LATEX = frozenset((".tex", ".ltx", ".latex"))
_SUBTITLES = frozenset((".srt", ".vtt", ".sbv"))
_DATA = {".csv": "csv", ".tsv": "csv"}

_LANGUAGES = {
    suffix: language
    for language, suffixes in {
        "bash": "sh bash zsh fish",
        "batch": "bat cmd",
        "c": "c",
        "clojure": "clj cljs edn",
        "cmake": "cmake",
        "cpp": "cc cpp cxx h hh hpp hxx",
        "csharp": "cs",
        "css": "css scss sass less",
        "dart": "dart",
        "diff": "diff patch",
        "elixir": "ex exs",
        "erlang": "erl hrl",
        "go": "go",
        "graphql": "graphql gql",
        "groovy": "groovy gradle",
        "haskell": "hs",
        "hcl": "tf hcl",
        "ini": "ini cfg conf properties",
        "java": "java",
        "javascript": "js jsx mjs cjs",
        "json": "json jsonc jsonl ndjson",
        "julia": "jl",
        "kotlin": "kt kts",
        "lisp": "el lisp scm",
        "lua": "lua",
        "make": "mk",
        "nix": "nix",
        "objectivec": "m mm",
        "ocaml": "ml mli",
        "perl": "pl pm",
        "php": "php",
        "powershell": "ps1 psm1",
        "proto": "proto",
        "python": "py pyi",
        "r": "r",
        "ruby": "rb",
        "rust": "rs",
        "scala": "scala",
        "sql": "sql",
        "svelte": "svelte",
        "swift": "swift",
        "toml": "toml",
        "tsx": "tsx",
        "typescript": "ts mts cts",
        "vim": "vim",
        "vue": "vue",
        "xml": "xml xsd xsl",
        "yaml": "yaml yml",
        "zig": "zig",
    }.items()
    for suffix in suffixes.split()
}
_LANGUAGE_BY_NAME = {
    "makefile": "make",
    "gnumakefile": "make",
    "justfile": "make",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "cmakelists.txt": "cmake",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "vagrantfile": "ruby",
    "jenkinsfile": "groovy",
}


def language_of(path: Path) -> str:
    """The language that a file of source code is written in, by its name; "" when unknown."""
    by_name = _LANGUAGE_BY_NAME.get(path.name.lower(), "")
    return by_name or _LANGUAGES.get(path.suffix.lower().removeprefix("."), "")


def read(
    raw: bytes, path: Path, form: Format, guess: Callable[[bytes], str], *, whole: bool = False
) -> Document:
    """Return the document in a file's bytes; `guess` names an encoding other than UTF-8.

    SkippedFile if they are not text, or text that a program wrote. Of logs and long data the head
    and the tail are read. With `whole`, everything is.
    """
    language = language_of(path) if form == "code" else _DATA.get(path.suffix.lower(), "")
    text, encoding = decode(raw, guess)
    if language == "json" and (said := subtitle_formats.transcript(text)):
        return _spoken(said, path, encoding)
    if not whole:
        generated.refuse(text, len(raw), form, language)
    if form == "text" and not language and _JSON.match(text):
        language = "json"  # .geojson, .webmanifest and whatever else programs call it
        if said := subtitle_formats.transcript(text):
            return _spoken(said, path, encoding)
        if not whole:
            generated.refuse(text, len(raw), form, language)
    is_properties = path.suffix.lower() == ".properties"
    text = unescaped(text, "properties" if is_properties else language)
    if form == "text" and (shown := _as_shown(text, path, encoding)):
        return shown
    left_out = _pictures(text)
    own = front_matter(_unix(text[:_FRONT])).properties if form == "markdown" else Properties()
    markup = _markup(path, text) if form == "text" and not language else ""
    title, headings = _marked(text, markup) if markup else (outline.title(text, form), ())
    document = Document(
        text,
        form,
        title or path.name,
        markup or language,
        headings=headings,
        encoding=encoding,
        left_out=left_out,
        properties=own,
    )
    return document if whole else generated.shortened(document)


def _markup(path: Path, text: str) -> str:
    return "latex" if path.suffix.lower() in _LATEX else marked_headings.markup_of(path, text)


def _marked(text: str, markup: str) -> tuple[str, tuple[HeadingSpan, ...]]:
    """Return the title and the headings of a text whose markup its outline does not know."""
    if markup == "latex":
        return latex.title(text), tuple(latex.headings(text))
    found = tuple(marked_headings.headings(text, markup))
    return marked_headings.title(text, markup), found


def _as_shown(text: str, path: Path, encoding: str) -> Document | None:
    """Return subtitles, a calendar or an address book as programs show them; None for other text,
    or none of it.
    """
    suffix = path.suffix.lower()
    if suffix in _SUBTITLES:
        said = subtitles.spoken(_unix(text))
        return _spoken(said, path, encoding) if said.text else None
    if others := subtitle_formats.spoken(_unix(text), suffix):
        return _spoken(others, path, encoding)
    if man_pages.is_page(path.name, text):
        page = man_pages.shown(_unix(text))
        return Document(
            page.text,
            "text",
            page.title or path.name,
            lines=page.lines,
            headings=page.headings,
            encoding=encoding,
        )
    begins = text.lstrip()
    if begins.startswith(calendar.BEGIN):
        rows, name = calendar.shown(text), calendar.name(text)
    elif begins[: len(contacts.BEGIN)].upper() == contacts.BEGIN:
        rows, name = contacts.shown(text)
    else:
        return None
    words = "\n".join(row for row, _ in rows)
    numbers = tuple(line for _, line in rows)
    title = name or path.name
    return Document(words, "text", title, lines=numbers, encoding=encoding) if rows else None


def _spoken(said: subtitles.Spoken, path: Path, encoding: str) -> Document:
    text, lines, places = said
    return Document(text, "text", path.name, lines=lines, places=places, encoding=encoding)


def _pictures(text: str) -> tuple[str, ...]:
    """Return what to say of files that are written as base64, which cleaning takes out."""
    parts = [text[start:end] for start, end, _ in encoded_parts(text)]
    if not parts:
        return ()
    kind = "picture" if all(part.startswith("data:image/") for part in parts) else "file"
    return (f"{counted(len(parts), kind)} in base64 ({sum(map(len, parts)) // 1000:,} kB)",)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
