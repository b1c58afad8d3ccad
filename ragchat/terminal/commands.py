"""What a typed line is: a command of the session, a question, or a slip; pure."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command is for and what may follow it: nothing, or `[N]` if it may be left out."""

    meaning: str
    argument: str = ""
    where: str = ""
    """Where to find the argument, if it is not known by heart."""


COMMANDS: Mapping[str, Usage] = {
    "help": Usage("list these commands"),
    "sources": Usage("show the passages behind the last answer, or one of them", "[N]"),
    "open": Usage("open source N in the pager or editor", "N", "/sources shows the numbers"),
    "context": Usage("show what the last question was sent with, and why"),
    "search": Usage("search documents and memory", "QUERY"),
    "recall": Usage("search past conversations", "QUERY"),
    "new": Usage("start a new conversation"),
    "history": Usage("show this conversation"),
    "retry": Usage("ask for another answer to the last question"),
    "whole": Usage("ask again with everything that was pasted or attached, after its price"),
    "edit": Usage("write the question in $EDITOR (Ctrl-X Ctrl-E does too)", "[TEXT]"),
    "undo": Usage("take the last exchange back, from memory too"),
    "copy": Usage("copy the last answer to the clipboard"),
    "save": Usage("write this conversation to a file", "FILE"),
    "conversations": Usage("list past conversations, or go on with one", "[ID or TITLE]"),
    "collection": Usage("show the collections, or use another one", "[NAME]"),
    "in": Usage("search only documents at these paths; without GLOB: all", "[GLOB]"),
    "tag": Usage("search only documents with this tag; without TAG: all", "[TAG]"),
    "forget": Usage("forget an exchange for good", "ID", "/recall shows the ids"),
    "model": Usage("show the model, or use another one", "[NAME]"),
    "effort": Usage("show or set how hard the model thinks", "[LEVEL]"),
    "cost": Usage("show tokens and money so far"),
    "quit": Usage("leave (Ctrl-D does too)"),
}

ALIASES: Mapping[str, str] = {
    "?": "help",
    "h": "help",
    "clear": "new",
    "reset": "new",
    "exit": "quit",
    "q": "quit",
    "bye": "quit",
    "resume": "conversations",
    "continue": "conversations",
}
"""Other names, which do the same as the command."""

MEANINGS: Mapping[str, str] = {
    "again": "retry",
    "redo": "retry",
    "regenerate": "retry",
    "find": "search",
    "grep": "search",
    "memory": "recall",
    "remember": "recall",
    "cite": "sources",
    "citations": "sources",
    "refs": "sources",
    "source": "sources",
    "view": "open",
    "show": "open",
    "why": "context",
    "request": "context",
    "tokens": "cost",
    "usage": "cost",
    "price": "cost",
    "export": "save",
    "write": "save",
    "clipboard": "copy",
    "yank": "copy",
    "delete": "forget",
    "remove": "forget",
    "editor": "edit",
    "models": "model",
    "thinking": "effort",
    "think": "effort",
    "chats": "conversations",
    "sessions": "conversations",
    "collections": "collection",
    "library": "collection",
    "transcript": "history",
    "log": "history",
    "restart": "new",
    "start": "new",
    "leave": "quit",
}
"""Words that people try, and the command that is suggested for them."""

_PLAIN = {
    **dict.fromkeys("quit exit logout bye goodbye q quit() exit() :q :q! :wq :x".split(), "quit"),
    **dict.fromkeys(("help", "?"), "help"),
}
"""Lines without a slash that are commands all the same."""

_CLEARING = ("clear", "cls", "reset")
"""What people type to clear the screen, or to start again."""

_OF_THE_SHELL: Mapping[str, str] = {
    "ask": "type the question alone",
    "search": "here it is /search",
    "recall": "here it is /recall",
    "forget": "here it is /forget",
    "conversations": "here it is /conversations",
    "help": "here it is /help",
    "models": "here it is /model",
    **dict.fromkeys(
        "ingest sources eval status doctor rebuild mcp config backup restore completion".split(),
        "leave with /quit first",
    ),
}
"""Commands of the shell that people type in a session, and what to do instead."""

_SHELL = re.compile(rf"ragchat +({'|'.join(_OF_THE_SHELL)})\b")
_WORD = re.compile(r"/([\w-]+)[?!.,:;]*")
_SIMILAR = 0.6
"""Similarity (0..1, difflib) from which an unknown word is taken for a mistyped one."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name, and its argument."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """Anything else, without white space at its ends; may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that looks like a command and is not one, which is never sent; `hint` says why."""

    hint: str


def words(argument: str) -> tuple[str, ...]:
    """Return the words of an argument; quotes, as a shell needs them, hold one together."""
    try:
        return tuple(shlex.split(argument)) if {"'", '"'} & set(argument) else (*argument.split(),)
    except ValueError:  # an apostrophe
        return tuple(argument.split())


def parse(line: str) -> Command | TypedQuestion | Mistake:
    """Return what `line` is.

    A first word of letters after a slash is a command or a mistake, never a question, and so is
    a command of the shell; a path (`/etc/hosts what is this`) is part of a question, and so is
    a line that begins with a space.
    """
    text = line.strip()
    if text.lower() in _PLAIN:
        return Command(_PLAIN[text.lower()])
    if line[:1].isspace():
        return TypedQuestion(text)
    if typed := _SHELL.match(text):
        advice = _OF_THE_SHELL[typed[1]]
        return Mistake(f"that is a command of the shell: {advice} (a space first sends it)")
    if not text.startswith("/"):
        return _without_slash(text)
    first, argument = [*text.split(maxsplit=1), ""][:2]
    word = "?" if first == "/?" else next(iter(_WORD.findall(first)), "")
    if first == "/" or (word != "?" and not _WORD.fullmatch(first)):
        return Mistake("/help lists the commands") if text == "/" else TypedQuestion(text)
    name = ALIASES.get(word.lower(), word.lower())
    if name not in COMMANDS:
        return Mistake(_hint(name))
    return _command(name, argument)


def _without_slash(text: str) -> TypedQuestion | Mistake:
    """Return a mistake for the bare name of a command: as a question it would cost money."""
    word = text.lower()
    if word in _CLEARING:
        advice = "/new starts a new conversation, Ctrl-L clears the screen"
    elif word in COMMANDS:
        advice = f"did you mean /{word}?"
    else:
        return TypedQuestion(text)
    return Mistake(f"{advice} (a space first sends it as text)")


def _command(name: str, argument: str) -> Command | Mistake:
    usage = COMMANDS[name].argument
    if argument and not usage:
        return Mistake(f"/{name} takes no argument: leave out what follows it")
    if usage and not argument and not usage.startswith("["):
        where = COMMANDS[name].where
        found = f"; {where}" if where else ""
        return Mistake(f"/{name} needs an argument: /{name} {usage}{found}")
    return Command(name, argument)


def _hint(name: str) -> str:
    known = {**MEANINGS, **ALIASES, **{command: command for command in COMMANDS}}
    near = difflib.get_close_matches(name, known, n=1, cutoff=_SIMILAR)
    meant = known.get(name) or (known[near[0]] if near else "")
    if not meant:
        return f"there is no /{name}: /help lists the commands (a space first sends it as text)"
    return f"there is no /{name}: did you mean /{meant}?"
