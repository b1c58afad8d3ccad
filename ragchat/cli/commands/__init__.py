"""One file a group of commands: parse the arguments, call, print.

Knows click. Does not do the work itself and builds no object: `ragchat.cli.wiring` does.
"""
