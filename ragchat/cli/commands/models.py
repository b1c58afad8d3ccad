"""`ragchat models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json

if TYPE_CHECKING:
    from ragchat.claude.catalog import OfferedModel


@click.command()
@common_options
def models(common: Common) -> None:
    """List the models that the endpoint offers, with their context and price."""
    from ragchat.claude.client import Claude
    from ragchat.claude.prices import PRICES_AS_OF
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings()
    claude = Claude(settings.model, timeout=float(settings.timeout) or None)
    with screen.status(f"asking {claude.host} …"):
        offered = [model for model in claude.models() if not model.retired]
    if common.json:
        print_json([_fields(model) for model in offered])
        return
    if not offered:
        screen.note(f"{claude.host} offers no models: load one there")
        return
    rows = [_row(model) for model in offered]
    screen.table(rows, ("model", "name", "context", "price per million tokens"))
    screen.line(f"prices as of {PRICES_AS_OF:%d %B %Y}; the model in use is {settings.model}")


def _fields(model: OfferedModel) -> dict[str, Any]:
    from ragchat.claude.prices import price_of

    price = price_of(model.id)
    return {
        "id": model.id,
        "name": model.name or None,
        "context_tokens": model.context,
        "input_usd": price.input if price else None,
        "output_usd": price.output if price else None,
        "cache_read_usd": price.cache_read if price else None,
    }


def _row(model: OfferedModel) -> tuple[str, ...]:
    from ragchat.claude.prices import price_of

    price = price_of(model.id)
    shown = f"${price.input:.2f} in, ${price.output:.2f} out" if price else "unknown"
    context = f"{model.context:,}" if model.context else "unknown"
    return model.id, model.name, context, shown
