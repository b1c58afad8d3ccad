"""Chroma kept from `.env` files, variables and telemetry: its settings come from arguments alone.

Chroma reads both when it is imported and when a client is made, and they can turn the local folder
into another's server. The two means are pydantic-settings' own:
https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from types import ModuleType

_EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"


def bar_telemetry() -> None:
    """Put an empty class in the place of OpenTelemetry's exporter, which Chroma imports always and
    uses only where an endpoint is set. With gRPC it takes a sixth of the time to import Chroma.
    """
    if _EXPORTER not in sys.modules:
        exporter = ModuleType(_EXPORTER)
        vars(exporter)["OTLPSpanExporter"] = type("OTLPSpanExporter", (), {})
        sys.modules[_EXPORTER] = exporter


@contextlib.contextmanager
def deaf_settings() -> Iterator[None]:
    """Within it, settings are made from their arguments alone."""
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
