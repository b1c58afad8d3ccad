"""`ragchat completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")

WITH_COMPDEF = """
# Without a framework, zsh has no completion until it is loaded.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
"""
"""Goes below the first line of the script for zsh, by which zsh knows it in its own folders."""


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
    script = kind(cli, {}, "ragchat", "_RAGCHAT_COMPLETE").source()
    if shell == "zsh":
        first, rest = script.split("\n", 1)
        script = f"{first}\n{WITH_COMPDEF}{rest}"
    click.echo(script)
