"""`ragchat ask`: one question, or a conversation."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.narrowing import ask_scope, narrowing_options, widened
from ragchat.cli.parameter_types import Amount, RegularFile, day_over
from ragchat.cli.piped import is_piped, is_terminal
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ragchat.claude.wire import Shape
    from ragchat.cli.session import Session
    from ragchat.library.chat_options import ChatOptions
    from ragchat.settings import Settings


@click.command()
@click.argument("question", required=False)
@click.option("--continue", "resume", is_flag=True, help="Continue the last conversation.")
@click.option(
    "--conversation",
    metavar="ID",
    shell_complete=completing.conversation,
    help="Continue this conversation (ID or title).",
)
@click.option("--model", metavar="M", shell_complete=completing.model, help="The model to ask.")
@click.option("--system", metavar="TEXT", help="Replace the system prompt.")
@click.option(
    "--effort",
    metavar="auto|low|medium|high|max",
    shell_complete=completing.effort,
    help="How hard the model thinks.",
)
@click.option(
    "--file",
    "files",
    type=RegularFile(exists=True),
    multiple=True,
    help="Attach a text file to this question; `@path` in QUESTION does the same.",
)
@click.option(
    "--whole", is_flag=True, help="Send everything that was piped or attached; shows the price."
)
@click.option(
    "--history",
    metavar="rag|window|summary|full",
    shell_complete=completing.history,
    help="How much of the conversation is sent.",
)
@click.option(
    "--top-k", type=click.IntRange(min=1), metavar="N", help="How many passages to retrieve."
)
@click.option("--max-tokens", type=click.IntRange(min=1), metavar="N", help="Longest answer.")
@click.option(
    "--context-tokens", type=click.IntRange(min=1), metavar="N", help="Most tokens for passages."
)
@click.option("--stop", metavar="TEXT", multiple=True, help="Stop the answer before this text.")
@click.option("--docs-only", is_flag=True, help="Answer from documents alone.")
@click.option("--memory-only", is_flag=True, help="Answer from past conversations alone.")
@click.option("--no-context", is_flag=True, help="Retrieve nothing.")
@narrowing_options
@click.option("--no-save", is_flag=True, help="Do not store the conversation.")
@click.option("--as-of", type=day_over, metavar="DAY", help="Use memory as it was on that day.")
@click.option("--max-cost", type=Amount(), metavar="USD", help="Spending limit.")
@click.option("--prefill", metavar="TEXT", help="How the answer begins (some models).")
@click.option(
    "--schema",
    type=RegularFile(),
    help="A JSON Schema that the answer must follow.",
)
@click.option("--no-stdin", is_flag=True, help="Do not read a pipe; for use in loops.")
@click.option("--dry-run", is_flag=True, help="Show the request and send nothing.")
@click.option("--offline", is_flag=True, help="Quote the best sentences without asking a model.")
@common_options
def ask(
    common: Common,
    question: str | None,
    resume: bool,
    conversation: str | None,
    stop: tuple[str, ...],
    no_save: bool,
    as_of: datetime | None,
    max_cost: float | None,
    prefill: str | None,
    schema: Path | None,
    no_stdin: bool,
    dry_run: bool,
    offline: bool,
    files: tuple[Path, ...],
    whole: bool,
    **flags: Any,  # noqa: ANN401 - those of `_RETRIEVED`, and those that are settings
) -> int:
    """Ask about your documents and past conversations; without QUESTION, start a session.

    Text from a pipe is added to QUESTION, or is the question; a long one, and files, are searched
    like documents, for this question only. Every exchange is remembered.
    """
    from ragchat.cli.one_question import answer_question, quote_sentences, show_request
    from ragchat.library.chat_options import ChatOptions

    stream = _stream(question, no_stdin=no_stdin)
    interactive = question is None and stream is None
    if interactive and (files or dry_run or offline or schema or common.json or not is_terminal()):
        raise UsageError("there is no question: write one after `ragchat ask`")
    chosen = {name: flags.pop(name) for name in _RETRIEVED}
    settings = _settings(common, flags)
    within = ask_scope(settings.scope, **chosen)
    options = ChatOptions(
        kinds=within.kinds,
        within=within,
        conversation=_chosen(resume, conversation),
        save=not (no_save or dry_run or offline),
        as_of=as_of,
        max_cost=max_cost,
        shape=_shape(settings.model, prefill, schema),
    )
    if interactive:
        return _interact(common, settings, options, chosen)
    with _session(common, settings, options) as session:
        message = session.bring(question, files, stream, whole=whole)
        if offline and not dry_run:
            return quote_sentences(common, session, message.question)
        show = show_request if dry_run else answer_question
        return show(common, session, message, stop)


@contextmanager
def _session(common: Common, settings: Settings, options: ChatOptions) -> Iterator[Session]:
    from ragchat.cli.session import Session
    from ragchat.terminal.screen import Screen

    with Session(common, settings, Screen(), options) as session:
        session.require_documents()
        yield session


def _interact(
    common: Common, settings: Settings, options: ChatOptions, chosen: Mapping[str, Any]
) -> int:
    """Run a session, which begins within the documents of --in and --tag; `/in` and `/tag` lift
    that.
    """
    from ragchat.cli.interactive import InteractiveSession
    from ragchat.terminal.keys import lines_typed_early
    from ragchat.terminal.screen import Screen

    screen = Screen()
    within = widened(settings.scope, **chosen)
    options = replace(options, kinds=within.kinds, within=within)
    early = lines_typed_early(sys.stdin)
    # From here on keys that are typed before the first prompt are kept for it.
    with screen.quiet(), InteractiveSession(common, settings, screen, options) as session:
        session.begin_within(chosen["narrowed"])
        return session.interact(early)


def _settings(common: Common, flags: Mapping[str, Any]) -> Settings:
    # --top-k is the exact number of passages.
    personal_memories = None if flags["top_k"] is None else 0
    return common.settings(**flags, personal_memories=personal_memories)


def _stream(question: str | None, *, no_stdin: bool) -> BinaryIO | None:
    """Return stdin where it is a pipe or a file. Raises UsageError for a blank question."""
    if is_piped() and not no_stdin:
        return sys.stdin.buffer
    if question is not None and not question.strip():
        raise UsageError("the question is empty: write one after `ragchat ask`")
    return None


_RETRIEVED = ("docs_only", "memory_only", "no_context", "narrowed")


def _chosen(resume: bool, conversation: str | None) -> str | bool:
    if resume and conversation is not None:
        raise UsageError("use only one of --continue and --conversation")
    return resume if conversation is None else conversation


def _shape(model: str, prefill: str | None, schema: Path | None) -> Shape:
    from ragchat.claude.capabilities import accepts_prefill
    from ragchat.claude.wire import Shape

    if prefill and schema:
        raise UsageError("use only one of --prefill and --schema")
    if prefill and not accepts_prefill(model):
        raise UsageError(f"{model} takes no prefill: describe the answer with --schema FILE")
    if schema is None:
        return Shape(prefill=(prefill or "").rstrip())
    from ragchat.claude.structured_output import read_schema

    return Shape(schema=read_schema(schema))
