"""`ragchat completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  ragchat completion bash >> ~/.bashrc
    zsh:   ragchat completion zsh >> ~/.zshrc
    fish:  ragchat completion fish > ~/.config/fish/completions/ragchat.fish
    """
    from ragchat.cli import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(kind(cli, {}, "ragchat", "_RAGCHAT_COMPLETE").source())
