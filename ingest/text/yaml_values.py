"""Values of YAML texts; the only file that imports its parser. Raises ValueError for other text.

The parser in C does not mind depth, and what it makes is bounded before anything is built of it:
nesting by `DEEPEST`; in a value of other types than strings there are no aliases, which a merge
(`<<`) multiplies, and no tags or numbers, since `1:1:1:…` takes quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

DEEPEST = 50
_NULL = "tag:yaml.org,2002:null"


def yaml_strings(text: str) -> object:
    """Return the value of a YAML text whose scalars are all strings: "no" and dates, too."""
    import yaml

    with _value_errors():
        _refuse_depth(text, string_loader())
        value: object = yaml.load(text, string_loader())  # noqa: S506 - it makes plain types alone
    return value


def yaml_value(text: str | bytes) -> object:
    """Return the value of a YAML text; scalars are strings or None."""
    import yaml

    with _value_errors():
        _refuse_depth(text, plain_loader(), plain=True)
        value: object = yaml.load(text, plain_loader())  # noqa: S506 - a safe loader
    return value


def string_loader() -> Any:  # noqa: ANN401 - one of two classes, in C or not
    """Return the class that reads every scalar as a string."""
    import yaml

    return getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def plain_loader() -> Any:  # noqa: ANN401 - one of two classes, in C or not
    """Return the class that makes no objects, numbers or dates."""
    import yaml

    safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers = {
        first: [(tag, form) for tag, form in found if tag == _NULL]
        for first, found in safe.yaml_implicit_resolvers.items()
    }
    return type("PlainLoader", (safe,), {"yaml_implicit_resolvers": resolvers})


def _refuse_depth(text: str | bytes, loader: Any, *, plain: bool = False) -> None:  # noqa: ANN401
    """Raise ValueError for what is nested too deep; if it is to be `plain`, for aliases and tags,
    too.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise ValueError(f"nested more than {DEEPEST} deep")
        if plain and (isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None)):
            raise ValueError("has aliases or tags")


@contextmanager
def _value_errors() -> Iterator[None]:
    import yaml

    try:
        yield
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
