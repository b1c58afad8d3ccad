"""Files that are text: prose, markup, source code. Every character is kept, line ends too."""

from __future__ import annotations

import codecs
from pathlib import Path

from ingest.document import Document, Format
from ingest.errors import SkipKind, SkippedFile
from ingest.text import outline

MAX_JSON_BYTES = 1_000_000
"""More JSON than this is the output of a program, and would drown what people wrote."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What the web's legacy pages are written in: https://encoding.spec.whatwg.org/#legacy-single-byte-encodings
_LEGACY = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 koi8_r"
    " cp932 euc_jp euc_kr gb18030 big5".split()
)
_SAMPLE = 32_768

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


def read(raw: bytes, path: Path, form: Format) -> Document:
    """The document in a file's bytes. SkippedFile if they are no text, or too much JSON."""
    language = language_of(path) if form == "code" else ""
    if language == "json" and len(raw) > MAX_JSON_BYTES:
        raise SkippedFile(f"JSON of more than {MAX_JSON_BYTES // 1_000_000} MB", SkipKind.GENERATED)
    text = decode(raw)
    return Document(text, form, outline.title(text, form) or path.name, language)


def decode(raw: bytes) -> str:
    """The text in the bytes, without a byte order mark. SkippedFile if it is none."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if raw.count(0) * 1000 > len(raw):
        raise SkippedFile("a binary file", SkipKind.BINARY)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        return _decode_other(raw, error.start)


def _decode_other(raw: bytes, first_bad: int) -> str:
    """UTF-8 with a few broken bytes, or the legacy encoding that fits where it breaks."""
    text = raw.decode(errors="replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if broken * 3 < foreign:
        return text
    return raw.decode(_legacy(raw[max(first_bad - _SAMPLE, 0) : first_bad + _SAMPLE]), "replace")


def _legacy(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_LEGACY).best()
    if best is None:
        raise SkippedFile("a binary file, or text in an unknown encoding", SkipKind.BINARY)
    return best.encoding
