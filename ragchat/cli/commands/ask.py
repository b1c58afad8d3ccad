"""`ragchat ask`: one question, or a conversation."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ragchat.cli.common import Common, RegularFile, common_options, day_over
from ragchat.cli.output import origin_fields, print_json
from ragchat.errors import ModelServiceError, RagchatError, UsageError

if TYPE_CHECKING:
    from ingest.document import Kind
    from ragchat.answer.citations import AnswerSource
    from ragchat.chat import CheckedAnswer
    from ragchat.claude.wire import Answer, Shape
    from ragchat.cli.session import Asking


@click.command()
@click.argument("question", required=False)
@click.option("--continue", "resume", is_flag=True, help="Go on with the last conversation.")
@click.option("--conversation", metavar="ID", help="Go on with this conversation.")
@click.option("--model", metavar="M", help="The model that answers.")
@click.option("--system", metavar="TEXT", help="A system prompt in place of the usual one.")
@click.option("--history", metavar="rag|window|summary|full", help="What of the talk is sent.")
@click.option("--top-k", type=click.IntRange(min=1), help="How many passages to retrieve.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="The most that an answer may take.")
@click.option("--context-tokens", type=click.IntRange(min=1), help="The most for passages.")
@click.option("--stop", metavar="TEXT", multiple=True, help="End the answer before this text.")
@click.option("--docs-only", is_flag=True, help="Answer from documents alone.")
@click.option("--memory-only", is_flag=True, help="Answer from past conversations alone.")
@click.option("--no-context", is_flag=True, help="Retrieve nothing.")
@click.option("--no-save", is_flag=True, help="Keep nothing of what is said.")
@click.option("--as-of", type=day_over, metavar="DAY", help="Memory as it was on that day.")
@click.option("--max-cost", type=click.FloatRange(min=0), help="The most to spend, in USD.")
@click.option("--prefill", metavar="TEXT", help="How the answer begins, for models that take it.")
@click.option(
    "--schema",
    type=RegularFile(),
    help="A JSON Schema that the answer has to follow.",
)
@click.option("--dry-run", is_flag=True, help="Show the request and send nothing.")
@click.option("--offline", is_flag=True, help="Answer with quotations, without a model.")
@common_options
def ask(
    common: Common,
    question: str | None,
    resume: bool,
    conversation: str | None,
    stop: tuple[str, ...],
    docs_only: bool,
    memory_only: bool,
    no_context: bool,
    no_save: bool,
    as_of: datetime | None,
    max_cost: float | None,
    prefill: str | None,
    schema: Path | None,
    dry_run: bool,
    offline: bool,
    **flags: Any,  # noqa: ANN401 - the flags that are settings, by their names
) -> int:
    """Ask about your documents and past conversations; without QUESTION, in a conversation.

    A pipe is taken as QUESTION, or added to it. Every exchange is remembered.
    """
    from ragchat.cli.session import Asking, Options
    from ragchat.terminal.screen import Screen

    question = _with_pipe(question)
    if question is None and (dry_run or offline or schema or common.json or not _is_typed()):
        raise UsageError("there is no question: give one after `ragchat ask`")
    # Who says how many passages gets no more than that.
    more_told = None if flags["top_k"] is None else 0
    settings = common.settings(**flags, more_told=more_told)
    options = Options(
        kinds=_kinds(docs_only, memory_only, no_context),
        conversation=_chosen(resume, conversation),
        save=not (no_save or dry_run or offline),
        as_of=as_of,
        max_cost=max_cost,
        shape=_shape(settings.model, prefill, schema),
    )
    asking = Asking(common, settings, Screen(), options)
    with asking:
        if question is None:
            return asking.talk()
        if dry_run:
            return _show_request(common, asking, question, stop)
        if offline:
            return _show_extracts(common, asking, question)
        return _answer(common, asking, question, stop)


def _with_pipe(question: str | None) -> str | None:
    """The question with what is piped in, which is read only from a pipe or a file."""
    if not _is_piped():
        if question is not None and not question.strip():
            raise UsageError("the question is empty: give one after `ragchat ask`")
        return question
    piped = sys.stdin.buffer.read().decode("utf-8", "replace").strip()
    whole = "\n\n".join(part for part in ((question or "").strip(), piped) if part)
    if not whole:
        raise UsageError("there is no question, and nothing came through the pipe: give one")
    return whole


def _is_piped() -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):  # there may be no stdin at all
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _is_typed() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _kinds(docs_only: bool, memory_only: bool, no_context: bool) -> tuple[Kind, ...]:
    if docs_only + memory_only + no_context > 1:
        raise UsageError("use only one of --docs-only, --memory-only and --no-context")
    if no_context:
        return ()
    return ("document",) if docs_only else ("memory",) if memory_only else ("document", "memory")


def _chosen(resume: bool, conversation: str | None) -> str | bool:
    if resume and conversation is not None:
        raise UsageError("use only one of --continue and --conversation")
    return resume if conversation is None else conversation


def _shape(model: str, prefill: str | None, schema: Path | None) -> Shape:
    from ragchat.claude.capabilities import accepts_prefill
    from ragchat.claude.structured_output import read_schema
    from ragchat.claude.wire import Shape

    if prefill and schema:
        raise UsageError("use only one of --prefill and --schema")
    if prefill and not accepts_prefill(model):
        raise UsageError(f"{model} takes no prefill: describe the answer with --schema FILE")
    return Shape(prefill=(prefill or "").rstrip(), schema=read_schema(schema) if schema else None)


def _answer(common: Common, asking: Asking, question: str, stop: tuple[str, ...]) -> int:
    from ragchat.terminal.answering import show_answer, take_answer

    events = asking.chat.ask(question, stop_sequences=stop)
    asking.note_changed_sources()
    if not common.json and asking.schema is None:
        return _ended(asking, show_answer(asking.screen, events))
    try:
        answered = take_answer(events)
    except RagchatError as error:
        if not common.json:
            raise
        print_json({"error": str(error)})
        return error.exit_code
    if asking.schema is not None:
        return _structured(common, asking, answered)
    print_json(_answer_fields(answered))
    return _ended(asking, answered)


def _structured(common: Common, asking: Asking, answered: CheckedAnswer) -> int:
    """The answer as the JSON that was asked for; what does not follow the schema is an error."""
    code = _ended(asking, answered)
    try:
        value = _value(answered.answer, asking.schema or {})
    except ModelServiceError as error:
        if common.json:
            print_json({**_answer_fields(answered), "error": str(error)})
        else:
            asking.screen.error(str(error))
        return code or error.exit_code
    print_json({**_answer_fields(answered), "answer": value} if common.json else value)
    return code


def _value(answer: Answer, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    from ragchat.claude.structured_output import structured

    if answer.status != "done":
        raise ModelServiceError(answer.reason)
    return structured(answer.text, schema)


def _ended(asking: Asking, answered: CheckedAnswer) -> int:
    asking.index()
    if answered.answer.status == "interrupted":
        return 130
    return 4 if answered.answer.failed else 0


def _show_request(common: Common, asking: Asking, question: str, stop: tuple[str, ...]) -> int:
    from ragchat.terminal.ledger import show_ledger

    request = asking.chat.prepare(question)
    body = asking.request_body(request, stop)
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
        show_ledger(asking.screen, request)
    return 0


def _show_extracts(common: Common, asking: Asking, question: str) -> int:
    from ragchat.terminal.ledger import show_extracts

    found = asking.extracts(question)
    if common.json:
        print_json(
            {
                "quotations": [
                    {"text": extract.text}
                    | {
                        name: origin_fields(extract.passage)[name]
                        for name in ("source", "start_line", "end_line")
                    }
                    for extract in found
                ]
            }
        )
    elif found:
        show_extracts(asking.screen, found)
    else:
        asking.screen.note("nothing in the library has to do with this")
    return 0


def _answer_fields(answered: CheckedAnswer) -> dict[str, Any]:
    usage = answered.answer.usage
    fields: dict[str, Any] = {
        "answer": answered.text,
        "sources": [_source_fields(each) for each in answered.sources],
        "usage": {
            name: usage.get(name, 0)
            for name in (
                "input_tokens",
                "output_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
            )
        },
        "cost_usd": answered.cost_usd,
        "full_history_cost_usd": answered.full_history_cost_usd,
        "model": answered.answer.model,
        "conversation": answered.exchange.conversation,
        "turn": answered.exchange.id,
        "stop_reason": answered.answer.stop_reason,
        "quotations": [asdict(each) for each in answered.quotations],
    }
    if answered.strange_links:
        fields["strange_links"] = list(answered.strange_links)
    if answered.answer.reason:
        fields["error"] = answered.answer.reason
    return fields


def _source_fields(source: AnswerSource) -> dict[str, Any]:
    passage = source.hit.passage
    return {
        "n": source.n,
        "kind": passage.kind,
        **origin_fields(passage),
        "text": passage.text,
        "score": source.hit.score,
        "cited": source.cited,
    }
