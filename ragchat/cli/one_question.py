"""One question of `ragchat ask`: answered, shown as the request that would be sent, or quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ragchat.cli.common import Common
from ragchat.cli.output import answer_fields, origin_fields, print_json
from ragchat.errors import ModelServiceError, UsageError

if TYPE_CHECKING:
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.claude.wire import Answer
    from ragchat.cli.session import Session
    from ragchat.request.user_message import UserMessage


def _agree_to_price(common: Common, session: Session, message: UserMessage) -> None:
    """Show what --whole sends and costs, and go on only if the user agrees."""
    from ragchat.terminal.answering import price_of_whole

    what = price_of_whole(session.chat, message)
    if common.yes or session.chat.spending.limit is not None:
        session.screen.note(f"sending {what}")
        return
    refused = f"--whole sends {what}: add --yes or --max-cost"
    if not common.agrees(session.screen, f"send {what}?", unasked=refused):
        raise UsageError("nothing was sent: without --whole the best parts are sent")


def answer_question(
    common: Common, session: Session, message: UserMessage, stop: tuple[str, ...]
) -> int:
    """Ask the model and show its answer. Return the exit code."""
    from ragchat.terminal.answering import show_answer, take_answer

    if message.whole and message.attachments:
        _agree_to_price(common, session, message)
    events = session.chat.ask(message, stop)
    session.note_changed_sources()
    if not common.json and session.schema is None:
        return _ended(session, show_answer(session.screen, events, session.sources_command))
    answered = take_answer(events)
    if session.schema is not None:
        return _structured(common, session, answered)
    print_json(answer_fields(answered, _notice_of_retrieval(session)))
    return _ended(session, answered)


def _notice_of_retrieval(session: Session) -> str:
    request = session.chat.request
    return "" if request is None else request.notice


def _note_of_retrieval(session: Session) -> None:
    if notice := _notice_of_retrieval(session):
        session.screen.note(notice)


def _structured(common: Common, session: Session, answered: CheckedAnswer) -> int:
    """The answer as the JSON that was asked for; what does not follow the schema is an error."""
    code = _ended(session, answered)
    fields = answer_fields(answered, _notice_of_retrieval(session))
    try:
        value = _value(answered.answer, session.schema or {})
    except ModelServiceError as error:
        if common.json:
            print_json({**fields, "error": str(error)})
        else:
            session.screen.error(str(error))
        return code or error.exit_code
    print_json({**fields, "answer": value} if common.json else value)
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


def show_request(
    common: Common, session: Session, message: UserMessage, stop: tuple[str, ...]
) -> int:
    """Show the request that would be sent, and what it was made of."""
    from ragchat.terminal.ledger import show_ledger

    request = session.chat.prepare(message)
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


def quote_sentences(common: Common, session: Session, question: str) -> int:
    """Show the best sentences of the library, or what it says of itself, without a model."""
    from ragchat.terminal.ledger import show_extracts, show_facts

    facts, found, notice = session.offline(question)
    if common.json:
        quotations = [
            {"text": extract.text}
            | {
                name: origin_fields(extract.passage)[name]
                for name in ("source", "start_line", "end_line")
            }
            | ({"earlier": True} if extract.is_earlier else {})
            for extract in found
        ]
        library = {"library": {"about": facts.heading, "rows": list(facts.rows)}} if facts else {}
        print_json({"quotations": quotations} | library)
        if notice:
            session.screen.note(notice)
    elif facts:
        show_facts(session.screen, facts)
    elif found:
        show_extracts(session.screen, found)
    else:
        nothing = "no relevant passages found in your library"
        session.screen.note(f"{nothing}: {notice}" if notice else nothing)
    return 0
