"""The user's cache folder on this machine, for what all libraries share."""

from __future__ import annotations

import os
from pathlib import Path


def private_cache(name: str = "") -> Path | None:
    """Return a folder of the cache, which is made if it is missing: $RAGCHAT_CACHE, else the
    platform's. None where it cannot be made, or where another user could change its files.
    """
    given = os.environ.get("RAGCHAT_CACHE")
    cache = Path(given).expanduser().absolute() if given else _platform_cache()
    try:
        for folder in (*reversed(cache.parents), cache, cache / name):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        private = all(_is_private(folder) for folder in (cache, cache / name))
    except OSError:
        return None
    return cache / name if private else None


def _platform_cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("ragchat", appauthor=False))


def _is_private(folder: Path) -> bool:
    state = folder.stat()
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
