"""Front matter: what a Markdown file says about itself in YAML or TOML before its text. Pure.

All values are read as strings; front matter that cannot be parsed counts as empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.document import Properties
from ingest.text.yaml_values import yaml_strings

LONGEST = 200
"""Characters of a title, a tag, an alias."""
MOST = 100
"""Tags or aliases of one document."""

# Blank lines and comments may come before the first key.
_YAML = re.compile(
    r"\A---[ \t]*\n(?=(?:[ \t]*(?:#.*)?\n){0,20}[\"']?[\w-]+[\"']?[ \t]*:)"
    r"(?P<body>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?P<body>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_SEPARATOR = re.compile(r"[,;]|\s+(?=#)")
_NAMES_OF_TAGS = ("tags", "tag", "keywords")
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
    if found := _YAML.match(text):
        fields = _yaml(found["body"])
    elif found := _TOML.match(text):
        fields = _toml(found["body"])
    else:
        return FrontMatter()
    date = next((fields[name][0] for name in _DATES if fields.get(name)), "")
    tags = [
        part
        for name in _NAMES_OF_TAGS
        for value in fields.get(name, ())
        for part in _SEPARATOR.split(value)
    ]
    aliases = [value for name in _NAMES_OF_ALIASES for value in fields.get(name, ())]
    title = (fields.get("title") or [""])[0]
    own = Properties(date[:LONGEST], _unique(tags, "#"), _unique(aliases))
    return FrontMatter(found.end(), title[:LONGEST], own)


def _unique(values: list[str], mark: str = "") -> tuple[str, ...]:
    named = (value.strip().lstrip(mark or None)[:LONGEST] for value in values)
    return tuple(dict.fromkeys(filter(None, named)))[:MOST]


def _yaml(body: str) -> dict[str, list[str]]:
    try:
        read = yaml_strings(body)
    except ValueError:
        title = _TITLE.search(body)
        return {"title": [title[1].strip("\"'")]} if title else {}
    return _fields(read) if isinstance(read, Mapping) else {}


def _toml(body: str) -> dict[str, list[str]]:
    import tomllib

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
