"""Values of YAML texts; the only file that imports its parser. Raises ValueError for other text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


def yaml_strings(text: str) -> object:
    """Return the value of a YAML text whose scalars are all strings: "no" and dates, too."""
    import yaml

    with _value_errors():
        value: object = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes plain types alone
    return value


def yaml_value(text: str | bytes) -> object:
    """Return the value of a YAML text, of plain types alone."""
    import yaml

    with _value_errors():
        value: object = yaml.load(text, yaml.SafeLoader)
    return value


@contextmanager
def _value_errors() -> Iterator[None]:
    import yaml

    try:
        yield
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
