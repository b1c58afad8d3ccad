"""Values of YAML texts; the only file that imports its parser. Raises ValueError for other text."""

from __future__ import annotations


def yaml_strings(text: str) -> object:
    """Return the value of a YAML text whose scalars are all strings: "no" and dates, too."""
    import yaml

    return _parsed(text, yaml.BaseLoader)


def yaml_value(text: str | bytes) -> object:
    """Return the value of a YAML text, of plain types alone."""
    import yaml

    return _parsed(text, yaml.SafeLoader)


def _parsed(text: str | bytes, loader: type) -> object:
    import yaml

    try:
        value: object = yaml.load(text, loader)  # noqa: S506 - both loaders make plain types alone
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return value
