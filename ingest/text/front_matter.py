"""Front matter: what a Markdown file says about itself before its text, in YAML, TOML or JSON, or
as Pandoc, MultiMarkdown and Logseq write it. Pure.

All values are read as strings; front matter that cannot be parsed counts as empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.document import Properties
from ingest.text.yaml_values import yaml_strings

LONGEST = 200
"""Characters of a title, a tag, an alias."""
MOST = 100
"""Tags or aliases of one document."""
LARGEST = 100_000
"""Characters of YAML (about 0.2 s); of more the title alone is read."""
LARGEST_TOML = 10_000
"""Characters of TOML, whose dotted keys take quadratic time."""

# Blank lines and comments may come before the first key.
_YAML = re.compile(
    r"\A---[ \t]*\n(?=(?:[ \t]*(?:#.*)?\n){0,20}[\"']?[\w-]+[\"']?[ \t]*:)"
    r"(?P<body>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_EMPTY = re.compile(r"\A---[ \t]*\n(?:[ \t]*\n)*---[ \t]*(?:\n|\Z)(?P<body>)")
_JSON = re.compile(r"\A(?=\{\s*\")")
_PANDOC = re.compile(r"\A%[ \t]+(?P<body>\S.*\n(?:(?:%.*|[ \t]+\S.*)(?:\n|\Z))*)")
_LINES = re.compile(
    r"\A(?=(?i:title|tags|alias)::?[ \t])"
    r"(?P<body>(?:[A-Za-z][\w -]{0,30}::?[ \t]+\S.*\n){1,20})[ \t]*\n"
)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?P<body>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_SEPARATOR = re.compile(r"[,;]|\s+(?=#)")
_NAMES_OF_TAGS = ("tags", "tag", "keywords")
_WORDS_ARE_TAGS = ("categories", "category")
"""Jekyll separates those of a string by spaces."""
_NAMES_OF_ALIASES = ("aliases", "alias")
_DATES = ("date", "created", "updated", "published")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The end of the front matter in its text (0 for none), and what it says."""

    end: int = 0
    title: str = ""
    properties: Properties = field(default_factory=Properties)


def front_matter(text: str) -> FrontMatter:
    """Return the front matter of a text; YAML between `---`, TOML between `+++`."""
    for pattern, parse in _KINDS:
        if found := pattern.match(text):
            end, fields = found.end(), parse(found["body"])
            break
    else:
        end, fields = _json(text)
    if not end:
        return FrontMatter()
    date = next((fields[name][0] for name in _DATES if fields.get(name)), "")
    tags = [
        part
        for name in _NAMES_OF_TAGS
        for value in fields.get(name, ())
        for part in _SEPARATOR.split(value)
    ]
    tags += [
        part
        for name in _WORDS_ARE_TAGS
        for value in fields.get(name, ())
        for part in (value.split() if len(fields[name]) == 1 else [value])
    ]
    aliases = [value for name in _NAMES_OF_ALIASES for value in fields.get(name, ())]
    title = " ".join((fields.get("title") or [""])[0].split())
    own = Properties(date[:LONGEST], _unique(tags, "#"), _unique(aliases))
    return FrontMatter(end, title[:LONGEST], own)


def _unique(values: list[str], mark: str = "") -> tuple[str, ...]:
    named = (value.strip().lstrip(mark or None)[:LONGEST] for value in values)
    return tuple(dict.fromkeys(filter(None, named)))[:MOST]


def _yaml(body: str) -> dict[str, list[str]]:
    try:
        read = yaml_strings(body) if len(body) <= LARGEST else None
    except ValueError:
        read = None
    if read is None:
        title = _TITLE.search(body)
        return {"title": [title[1].strip("\"'")]} if title else {}
    return _fields(read) if isinstance(read, Mapping) else {}


def _toml(body: str) -> dict[str, list[str]]:
    import tomllib

    if len(body) > LARGEST_TOML:
        return {}
    try:
        read = tomllib.loads(body)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    taxonomies = read.get("taxonomies")
    if isinstance(taxonomies, Mapping):
        read = {**taxonomies, **read}
    return _fields(read)


def _fields(read: Mapping[str, object]) -> dict[str, list[str]]:
    return {str(name).lower(): _texts(value) for name, value in read.items()}


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value if not isinstance(item, (list, dict))]
    return [] if isinstance(value, dict) or value in ("", None) else [str(value)]


def _json(text: str) -> tuple[int, dict[str, list[str]]]:
    """Return the end of an object of JSON before the text, as Hugo has it, and its fields."""
    if not _JSON.match(text):
        return 0, {}
    try:
        read, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return 0, {}
    is_page = isinstance(read, dict) and "title" in read and text[end:].strip() != ""
    return (end, _fields(read)) if is_page else (0, {})


def _pandoc(body: str) -> dict[str, list[str]]:
    """Return the title and the date of a title block: title, authors, date."""
    parts = re.split(r"\n%[ \t]*", body.strip())
    return {"title": parts[:1], "date": [part for part in parts[2:3] if part.strip()]}


def _lines(body: str) -> dict[str, list[str]]:
    """Return the fields of lines: `Title: …` of MultiMarkdown, `tags:: …` of Logseq."""
    pairs = (re.split(r"::?[ \t]+", line, maxsplit=1) for line in body.split("\n") if line.strip())
    return {name.strip().lower(): [value.strip()] for name, value in pairs}


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], dict[str, list[str]]]], ...] = (
    (_YAML, _yaml),
    (_EMPTY, lambda body: {}),
    (_TOML, _toml),
    (_PANDOC, _pandoc),
    (_LINES, _lines),
)
