"""Isolation of Chroma from `.env` files, environment variables, telemetry and checks of its code.

Chroma reads files and variables when it is imported and when a client is made, and they can
replace the local folder by a foreign server. So its settings come from arguments alone, by
two means of pydantic-settings:
https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

_EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"


def block_telemetry() -> None:
    """Replace OpenTelemetry's exporter by an empty class: Chroma always imports it and uses it only
    where an endpoint is set. With gRPC it takes a sixth of the time to import Chroma.
    """
    if _EXPORTER not in sys.modules:
        exporter = ModuleType(_EXPORTER)
        vars(exporter)["OTLPSpanExporter"] = type("OTLPSpanExporter", (), {})
        sys.modules[_EXPORTER] = exporter


@contextlib.contextmanager
def unchecked_overrides() -> Iterator[None]:
    """Import without the checks of the package overrides, within this context: Chroma has each of
    its methods compared with the one that it overrides, a seventh of the time to import it.
    """
    unchecked = ModuleType("overrides")
    vars(unchecked).update(
        override=_unchanged,
        overrides=_unchanged,
        EnforceOverrides=type("EnforceOverrides", (), {}),
    )
    original = sys.modules.get("overrides")
    sys.modules["overrides"] = unchecked
    try:
        yield
    finally:
        del sys.modules["overrides"]
        if original is not None:  # a program that uses ragchat may use it, too
            sys.modules["overrides"] = original


def _unchanged(method: T) -> T:
    return method


@contextlib.contextmanager
def isolated_settings() -> Iterator[None]:
    """Make settings from their arguments alone, within this context."""
    from pydantic_settings import BaseSettings

    def only_arguments(
        cls: type,  # noqa: ARG001 - the signature is pydantic-settings'
        /,
        settings_cls: type,  # noqa: ARG001
        init_settings: object,
        **_: object,
    ) -> tuple[object, ...]:
        return (init_settings,)

    isolated = {
        # The file is read before sources are chosen, and may be binary, or a pipe.
        "__init__": functools.partialmethod(BaseSettings.__init__, _env_file=None),
        "settings_customise_sources": classmethod(only_arguments),
    }
    originals = {name: BaseSettings.__dict__[name] for name in isolated}
    for name, value in isolated.items():
        setattr(BaseSettings, name, value)
    try:
        yield
    finally:
        for name, value in originals.items():
            setattr(BaseSettings, name, value)
