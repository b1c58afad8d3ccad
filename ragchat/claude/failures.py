"""How a request ended, in words for a person: the API's stop reasons and its failures; pure.

https://docs.claude.com/en/api/errors, https://docs.claude.com/en/api/handling-stop-reasons
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from ingest.text.amounts import counted
from ragchat.claude.redaction import discreet
from ragchat.claude.wire import Status
from ragchat.errors import CredentialsError, ModelServiceError, RagchatError, RequestTooLong

LONGEST_MESSAGE = 300

# "prompt is too long: 208310 tokens > 200000 maximum", "input length and `max_tokens` exceed
# context limit", and what local servers say of it.
_TOO_LONG = re.compile(
    r"too long|context (limit|window|length|size)|exceeds?.*context", re.IGNORECASE
)

_ABOUT_A_MODEL = re.compile(r"\bmodel\b", re.IGNORECASE)

_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong and what to do about it. `retry`: whether the same request may succeed
    later; `after`: the seconds that the service asked us to wait.
    """

    what: str
    advice: str
    error: type[RagchatError] = ModelServiceError
    retry: bool = False
    after: float | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.advice}"


_INVALID = Failure(
    "Claude does not take this request", "correct it; `ragchat ask --dry-run` shows it"
)
_UNAVAILABLE = Failure("the model's service failed", "try again in a minute", retry=True)
_NO_MODEL = Failure(
    "there is no such model there, or no longer",
    "choose another with --model, or in the setting `model`",
)
_FAILURES = {
    401: Failure(
        "the credentials were refused",
        "set ANTHROPIC_API_KEY to a valid key (https://platform.claude.com)",
        CredentialsError,
    ),
    402: Failure("the account cannot pay for this request", "see to its credit and billing"),
    403: Failure(
        "the credentials may not do this",
        "use a key whose workspace may use this model",
        CredentialsError,
    ),
    404: Failure("there is no Messages API at this address", "correct ANTHROPIC_BASE_URL"),
    408: Failure("the request took too long", "try again", retry=True),
    409: Failure("the request met another one", "try again", retry=True),
    413: Failure(
        "the request is too large",
        "send less, with --context-tokens or --top-k",
        RequestTooLong,
    ),
    429: Failure("too many requests at the moment", "try again in a minute", retry=True),
    529: Failure("the model's service is overloaded", "try again in a minute", retry=True),
}


def http_failure(
    status: int,
    kind: str | None,
    message: str | None,
    code: str | None,
    headers: Mapping[str, str],
    now: datetime,
) -> Failure:
    """The failure that a response tells of: its status, error type, message and code.

    An error event within a stream comes with status 200: there the type says what it is.
    """
    if status == 200:
        status = _STATUS_OF_TYPE.get(kind or "", 500)
    failure = _FAILURES.get(status, _UNAVAILABLE if status >= 500 else _INVALID)
    if status == 400 and _TOO_LONG.search(message or ""):
        failure = _FAILURES[413]
    if status == 404 and _ABOUT_A_MODEL.search(message or ""):
        failure = _NO_MODEL
    if (code or "").endswith("spend_limit_reached"):
        failure = Failure("a spend limit is reached", "raise it in the Console, or wait for it")
    detail = f"{status}, {one_line(message)}" if message else f"{status}"
    retry = failure.retry and headers.get("x-should-retry") != "false"
    after = retry_after(headers.get("retry-after", ""), now) if retry else None
    return replace(
        failure,
        what=f"{failure.what} ({detail})",
        advice=f"try again in {_span(after)}" if after else failure.advice,
        retry=retry,
        after=after,
    )


def foreign_failure(status: int, headers: Mapping[str, str], now: datetime) -> Failure:
    """The failure that a web page tells of which came in place of the API's answer."""
    if status in (413, 429) or status >= 500:
        return http_failure(status, None, "by a page that is not the API's", None, headers, now)
    to = f" to {one_line(headers['location'])}" if "location" in headers else ""
    return Failure(
        f"a web page answered in place of Claude's API ({status}{to})",
        "correct ANTHROPIC_BASE_URL, or see what stands between: a proxy, a login to the network",
    )


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number, or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _span(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} s" if whole <= 120 else f"{math.ceil(whole / 60)} minutes"


def ending(
    stop_reason: str, has_text: bool, *, max_tokens: int, refusal: str = ""
) -> tuple[Status, str]:
    """What an answer with this stop reason is, and one line for a person where it is not done.

    `refusal` is what the API says about one: its category and explanation.
    """
    if stop_reason == "refusal":
        why = f" ({one_line(refusal)})" if refusal else ""
        return "refused", f"Claude refused to answer{why}: ask it in another way"
    if stop_reason in ("end_turn", "stop_sequence"):
        return ("done", "") if has_text else ("empty", "Claude answered nothing: ask it again")
    if stop_reason == "max_tokens":
        what = "the answer" if has_text else "thinking, before the answer,"
        limit = counted(max_tokens, "token")
        reason = f"{what} reached its limit of {limit}: raise it with --max-tokens"
    elif stop_reason == "model_context_window_exceeded":
        reason = "the model's context is full: send less, with --context-tokens or a new chat"
    elif stop_reason == "pause_turn":
        reason = "Claude paused in the middle: ask it to go on"
    else:
        reason = f"the answer ended in a way that is new to ragchat ({one_line(stop_reason)}): \
check that it is whole"
    return ("cut off" if has_text else "empty"), reason


def one_line(text: str) -> str:
    """Somebody else's message as one short line, without anything that looks like a key."""
    line = discreet(" ".join(text.split()))
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"
