"""`ragchat ask`: one question, or a conversation."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ragchat.cli.common import Common, RegularFile, common_options, day_over
from ragchat.cli.narrowing import narrowing_options, retrieved
from ragchat.cli.output import answer_fields, origin_fields, print_json
from ragchat.cli.piped import is_piped, is_terminal
from ragchat.errors import ModelServiceError, UsageError

if TYPE_CHECKING:
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.claude.wire import Answer, Shape
    from ragchat.cli.session import Session
    from ragchat.library.chat_options import ChatOptions
    from ragchat.request.brought import Brought
    from ragchat.settings import Settings


@click.command()
@click.argument("question", required=False)
@click.option("--continue", "resume", is_flag=True, help="Continue the last conversation.")
@click.option("--conversation", metavar="ID", help="Continue this conversation (ID or title).")
@click.option("--model", metavar="M", help="The model to ask.")
@click.option("--system", metavar="TEXT", help="Replace the system prompt.")
@click.option("--effort", metavar="auto|low|medium|high|max", help="How hard the model thinks.")
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="Attach a text file to this question; `@path` in QUESTION does the same.",
)
@click.option(
    "--whole", is_flag=True, help="Send everything that was piped or attached; shows the price."
)
@click.option(
    "--history", metavar="rag|window|summary|full", help="How much of the conversation is sent."
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
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Spending limit.")
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
    from ragchat.cli.session import Session
    from ragchat.library.chat_options import ChatOptions
    from ragchat.terminal.screen import Screen

    stream = _stream(question, no_stdin=no_stdin)
    interactive = question is None and stream is None
    if interactive and (files or dry_run or offline or schema or common.json or not is_terminal()):
        raise UsageError("there is no question: write one after `ragchat ask`")
    chosen = {name: flags.pop(name) for name in _RETRIEVED}
    settings = _settings(common, flags)
    within = retrieved(settings.scope, **chosen)
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
        return _interact(common, settings, options)
    with Session(common, settings, Screen(), options) as session:
        brought = session.bring(question, files, stream)
        if offline and not dry_run:
            return _show_extracts(common, session, brought.question)
        return (_show_request if dry_run else _answer)(common, session, brought, whole, stop)


def _interact(common: Common, settings: Settings, options: ChatOptions) -> int:
    from ragchat.cli.interactive import InteractiveSession
    from ragchat.terminal.screen import Screen

    with InteractiveSession(common, settings, Screen(), options) as session:
        return session.interact()


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


def _agree_to_price(common: Common, session: Session, brought: Brought) -> None:
    """Show what --whole sends and costs, and go on only if the user agrees."""
    from ragchat.terminal.answering import price_of_whole

    what = price_of_whole(session.chat, brought)
    if common.yes or session.chat.spending.limit is not None:
        session.screen.note(f"sending {what}")
    elif not session.screen.can_ask:
        raise UsageError(f"--whole sends {what}: add --yes or --max-cost")
    elif not session.screen.confirm(f"send {what}?"):
        raise UsageError("nothing was sent: without --whole the best parts are sent")


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


def _answer(
    common: Common, session: Session, brought: Brought, whole: bool, stop: tuple[str, ...]
) -> int:
    from ragchat.terminal.answering import show_answer, take_answer

    if whole and brought.attachments:
        _agree_to_price(common, session, brought)
    events = session.chat.ask(
        brought.question, brought.attachments, whole=whole, stop_sequences=stop
    )
    session.note_changed_sources()
    if not common.json and session.schema is None:
        return _ended(session, show_answer(session.screen, events, session.sources_command))
    answered = take_answer(events)
    if session.schema is not None:
        return _structured(common, session, answered)
    print_json(answer_fields(answered))
    return _ended(session, answered)


def _note_of_retrieval(session: Session) -> None:
    request = session.chat.request
    if request is not None and request.notice:
        session.screen.note(request.notice)


def _structured(common: Common, session: Session, answered: CheckedAnswer) -> int:
    """The answer as the JSON that was asked for; what does not follow the schema is an error."""
    code = _ended(session, answered)
    try:
        value = _value(answered.answer, session.schema or {})
    except ModelServiceError as error:
        if common.json:
            print_json({**answer_fields(answered), "error": str(error)})
        else:
            session.screen.error(str(error))
        return code or error.exit_code
    print_json({**answer_fields(answered), "answer": value} if common.json else value)
    return code


def _value(answer: Answer, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    from ragchat.claude.structured_output import structured

    if answer.status != "done":
        raise ModelServiceError(answer.reason)
    return structured(answer.text, schema)


def _ended(session: Session, answered: CheckedAnswer) -> int:
    _note_of_retrieval(session)
    if answered.answer.status == "interrupted":
        return 130  # at once: the next command indexes what came
    session.index()
    return 4 if answered.answer.failed else 0


def _show_request(
    common: Common, session: Session, brought: Brought, whole: bool, stop: tuple[str, ...]
) -> int:
    from ragchat.terminal.ledger import show_ledger

    request = session.chat.prepare(brought.question, brought.attachments, whole=whole)
    body = session.request_body(request, stop)
    if common.json:
        print_json(
            {
                "request": body,
                "estimated_input_tokens": request.estimated_input_tokens,
                "ledger": [asdict(entry) for entry in request.ledger],
            }
            | ({"reranked": asdict(request.reranking)} if request.reranking else {})
        )
    else:
        print_json(body)
        show_ledger(session.screen, request)
    _note_of_retrieval(session)
    return 0


def _show_extracts(common: Common, session: Session, question: str) -> int:
    from ragchat.terminal.ledger import show_extracts, show_facts

    facts, found = session.offline(question)
    if common.json:
        quotations = [
            {"text": extract.text}
            | {
                name: origin_fields(extract.passage)[name]
                for name in ("source", "start_line", "end_line")
            }
            for extract in found
        ]
        library = {"library": {"about": facts.heading, "rows": list(facts.rows)}} if facts else {}
        print_json({"quotations": quotations} | library)
    elif facts:
        show_facts(session.screen, facts)
    elif found:
        show_extracts(session.screen, found)
    else:
        session.screen.note("no relevant passages found in your library")
    return 0
