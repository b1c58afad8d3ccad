"""Chroma's settings made deaf: they hear arguments only, no `.env` file and no variables.

Chroma reads both when it is imported and when a client is made, and they can turn the local folder
into somebody's server. The two means are pydantic-settings' own:
https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator


@contextlib.contextmanager
def deaf_settings() -> Iterator[None]:
    """Whatever settings are made inside hear nothing but their arguments."""
    from pydantic_settings import BaseSettings

    def only_arguments(
        cls: type,  # noqa: ARG001 - the signature is pydantic-settings'
        /,
        settings_cls: type,  # noqa: ARG001
        init_settings: object,
        **_: object,
    ) -> tuple[object, ...]:
        return (init_settings,)

    deaf = {
        # The file is read before sources are chosen, and may be no text, or a pipe.
        "__init__": functools.partialmethod(BaseSettings.__init__, _env_file=None),
        "settings_customise_sources": classmethod(only_arguments),
    }
    hearing = {name: BaseSettings.__dict__[name] for name in deaf}
    for name, value in deaf.items():
        setattr(BaseSettings, name, value)
    try:
        yield
    finally:
        for name, value in hearing.items():
            setattr(BaseSettings, name, value)
