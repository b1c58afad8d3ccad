"""How an answer ended, from the API's stop reason, in one line for the user; pure.

https://docs.claude.com/en/api/handling-stop-reasons
"""

from __future__ import annotations

from ingest.conversation import Status
from ingest.text.amounts import counted
from ragchat.claude.failures import foreign_message


def ending(
    stop_reason: str, has_text: bool, *, max_tokens: int, refusal: str = ""
) -> tuple[Status, str]:
    """The status of an answer with this stop reason, and why it is not done, "" where it is.

    `refusal` is what the API says about one: its category and explanation.
    """
    if stop_reason == "refusal":
        why = f" ({foreign_message(refusal)})" if refusal else ""
        return "refused", f"Claude refused to answer{why}: ask it in another way"
    if stop_reason in ("end_turn", "stop_sequence"):
        return ("done", "") if has_text else ("empty", "Claude answered nothing: ask again")
    if stop_reason == "max_tokens":
        what = "the answer" if has_text else "thinking, before the answer,"
        limit = counted(max_tokens, "token")
        reason = f"{what} reached its limit of {limit}: raise it with --max-tokens"
    elif stop_reason == "model_context_window_exceeded":
        reason = (
            "the model's context is full: start a new conversation, or send less with"
            " --context-tokens"
        )
    elif stop_reason == "pause_turn":
        reason = "Claude paused in the middle: ask it to go on"
    else:
        reason = (
            "the answer ended for a reason that is new to ragchat"
            f" ({foreign_message(stop_reason)}): check that it is whole"
        )
    return ("cut off" if has_text else "empty"), reason
