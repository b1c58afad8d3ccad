"""Where requests go: an address from the environment, and whether Claude itself is behind it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ragchat.errors import UsageError

ANTHROPIC_ENDPOINT = "https://api.anthropic.com"


def endpoint(base_url: str | None = None) -> str | None:
    """The address that requests go to: the one given, else ANTHROPIC_BASE_URL.

    None means the SDK's choice: that of a credentials profile, else Anthropic's own. Raises
    UsageError for anything but a web address, which the SDK would report as a lost connection.
    """
    url = os.environ.get("ANTHROPIC_BASE_URL") if base_url is None else base_url
    if url is None:
        return None
    url = url.strip()
    if not url:
        return ANTHROPIC_ENDPOINT
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not url.isprintable() or " " in url:
        raise UsageError("ANTHROPIC_BASE_URL is not a web address: give it as https://host[:port]")
    return url.rstrip("/").removesuffix("/v1")  # the SDK adds it


def host_of(url: str | None) -> str:
    """Return the host of an endpoint, as messages name it."""
    return urlsplit(url or ANTHROPIC_ENDPOINT).hostname or ""


def is_anthropic(base_url: str | None = None) -> bool:
    """Return whether requests go to Anthropic's own endpoint. Compatible servers ignore citations,
    and know neither efforts nor the names of lines, such as "haiku".
    """
    return host_of(endpoint(base_url)) == host_of(ANTHROPIC_ENDPOINT)


def credentials_missing(environment: Mapping[str, str]) -> bool:
    """Return whether Anthropic's own endpoint would be asked without any credentials.

    This is the cheap check before the SDK is loaded, which also reads profiles: a variable or a
    folder that may hold one counts as credentials.
    """
    if not is_anthropic(environment.get("ANTHROPIC_BASE_URL", "")):
        return False
    others = {"ANTHROPIC_BASE_URL", "ANTHROPIC_LOG", "ANTHROPIC_MODEL"}
    if any(n.startswith("ANTHROPIC_") and v and n not in others for n, v in environment.items()):
        return False
    folders = [Path(environment[name]) for name in ("APPDATA",) if environment.get(name)]
    if environment.get("HOME"):
        folders.append(Path(environment["HOME"]) / ".config")
    return not any((folder / "anthropic").exists() for folder in folders)
