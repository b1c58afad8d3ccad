"""Why a request failed and what the user can do about it, from a server's response; pure.

A status code alone misleads: an empty account is a 400, a model that was not pulled a 404. So the
server's own words decide where they are plain enough, and are quoted in any case.

https://docs.claude.com/en/api/errors
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from ragchat.claude.redaction import redacted
from ragchat.claude.server_messages import ServerMessage
from ragchat.cleaning import one_line
from ragchat.errors import CredentialsError, ModelServiceError, RagchatError, RequestTooLong

LONGEST_MESSAGE = 300
LONGEST_READ = 4_000
"""Characters of a message in which a cause is looked for: some patterns take quadratic time."""
LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; whatever a server asks for beyond a day is shown as a day."""

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
    later; `after`: the seconds that the server asked us to wait.
    """

    what: str
    advice: str
    error: type[RagchatError] = ModelServiceError
    retry: bool = False
    after: float | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.advice}"


_INVALID = Failure("{host} does not take this request", "`ragchat ask --dry-run` shows it")
_UNAVAILABLE = Failure("the model's service failed", "try again in a minute", retry=True)
_REFUSED = Failure(
    "the credentials were refused",
    "set ANTHROPIC_API_KEY to a valid key (https://platform.claude.com)",
    CredentialsError,
)
_NO_CREDIT = Failure(
    "the account cannot pay for this request",
    "add credit (https://platform.claude.com/settings/billing)",
)
_TOO_LARGE = Failure(
    "the request is too large", "send less with --context-tokens or --top-k", RequestTooLong
)
_NO_MODEL = Failure(
    "no such model, or it was retired",
    "choose another with --model (`ragchat models` lists them)",
)
_NO_API = Failure("there is no Messages API at this address", "correct ANTHROPIC_BASE_URL")
_FAILURES = {
    401: _REFUSED,
    402: _NO_CREDIT,
    403: Failure(
        "the credentials do not allow this",
        "use a key whose workspace may use this model",
        CredentialsError,
    ),
    404: Failure(
        "{host} did not find it", "correct ANTHROPIC_BASE_URL, or the model's name with --model"
    ),
    408: Failure("the request took too long", "try again", retry=True),
    409: Failure("the request conflicts with another one", "try again", retry=True),
    413: _TOO_LARGE,
    429: Failure("too many requests at the moment", "try again in a minute", retry=True),
    529: Failure("the model's service is overloaded", "try again in a minute", retry=True),
}
_ADVICE_ELSEWHERE = {
    _REFUSED: "set ANTHROPIC_API_KEY to the key that {host} expects",
    _NO_CREDIT: "add credit at {host}",
    _FAILURES[403]: "use a key that may use this model at {host}",
    _NO_MODEL: "load it at {host}, or choose another with --model (`ragchat models` lists them)",
}
"""Advice for a server that is not Anthropic's, where it differs."""

_PAGE_NOT_FOUND = re.compile(
    r"(404:? *)?(the )?(page |path |route |resource |url )?not found\.?", re.IGNORECASE
)


def _wrong(advice: str) -> Failure:
    return replace(_INVALID, advice=advice)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Servers' words for one cause: in the message, or as the name of the error's type or code."""

    failure: Failure
    statuses: Container[int]
    words: str
    names: tuple[str, ...] = ()

    def matches(self, status: int, message: ServerMessage) -> bool:
        """Return whether a response means this cause."""
        if status not in self.statuses:
            return False
        if message.kind in self.names or message.code in self.names:
            return True
        text = message.text[:LONGEST_READ]
        return re.search(self.words, text, re.IGNORECASE | re.DOTALL) is not None


_ANY = range(300, 1000)
_WRONG = (400, 422)
_UNCLEAR = (400, 402, 404, 422, *range(500, 600))
"""Statuses that servers use for all kinds of causes, so that only their words tell."""

_RULES = (
    _Rule(
        Failure("a spend limit is reached", "raise it in the Console, or wait for it"),
        _ANY,
        r"spend(ing)? limit",
        ("enforced_spend_limit_reached", "spend_limit_reached"),
    ),
    _Rule(
        _NO_CREDIT,
        _ANY,
        r"credit balance|out of credits?|insufficient.{0,20}(credit|fund|quota|balance)"
        r"|billing|payment (is )?required|unpaid",
        ("billing_error", "insufficient_quota"),
    ),
    _Rule(
        _wrong("lower --max-tokens"),
        _WRONG,
        r"^(?!.*context).*max_tokens.{0,60}(>|maximum|exceed|too (large|big|high)|at most|must be)",
    ),
    # "prompt is too long: 208310 tokens > 200000 maximum", "input length and `max_tokens` exceed
    # context limit", and what local servers say of it.
    _Rule(
        _TOO_LARGE,
        _UNCLEAR,
        r"(prompt|input|request|messages?)\b.{0,30}too (long|large)"
        r"|context[ _](limit|window|length|size)|exceeds?.*context",
        ("exceed_context_size_error", "context_length_exceeded"),
    ),
    _Rule(
        Failure("the model is still loading", "try again in a minute", retry=True),
        _UNCLEAR,
        r"loading model|model is (still )?(loading|starting)",
    ),
    _Rule(_FAILURES[529], _UNCLEAR, r"overloaded|over capacity|at capacity"),
    _Rule(
        _REFUSED,
        (400, 404, 422),
        r"api[ _-]?key.{0,40}(not valid|invalid|missing|required|incorrect)"
        r"|(invalid|missing|incorrect|no) (x-)?api[ _-]?key",
    ),
    _Rule(_wrong('leave out --effort, or set effort = "auto"'), _WRONG, r"\beffort\b"),
    _Rule(_wrong('set citations = "text"'), _WRONG, r"\bcitations?\b|search_result"),
    _Rule(_wrong("leave out --prefill"), _WRONG, r"\bprefill"),
    _Rule(_wrong("leave out --schema"), _WRONG, r"output_config|json_schema|output format"),
    _Rule(
        Failure("the service blocked this request", "ask it in another way"),
        _WRONG,
        r"content (filter|management|polic)|blocked by",
    ),
    _Rule(
        _NO_MODEL,
        _UNCLEAR,
        r"\bmodels?\b.{0,80}(not (found|exist|available|loaded|recogni[sz]ed|valid)"
        r"|n[o']t exist|unavailable|unknown|invalid|no longer|retired|try pulling)"
        r"|(unknown|invalid|no such|unsupported|not a valid|no) models?\b|^model: ",
        ("model_not_found",),
    ),
)
"""The first that matches holds. Wordings of Anthropic, Ollama, llama.cpp, LM Studio, vLLM and
gateways for OpenAI's interface."""


def http_failure(
    status: int,
    message: ServerMessage,
    headers: Mapping[str, str],
    now: datetime,
    *,
    host: str,
    is_anthropic: bool = True,
) -> Failure:
    """The failure behind a response of `host`, which is Anthropic's or another.

    An error event within a stream comes with status 200: there the type says what it is.
    """
    if status == 200:
        status = _STATUS_OF_TYPE.get(message.kind, 500)
    named = (rule.failure for rule in _RULES if rule.matches(status, message))
    failure = next(named, None) or _by_status(status, message)
    advice = failure.advice if is_anthropic else _ADVICE_ELSEWHERE.get(failure, failure.advice)
    detail = f"{status}, {foreign_message(message.text)}" if message.text else f"{status}"
    retry = failure.retry and headers.get("x-should-retry") != "false"
    after = retry_after(headers.get("retry-after", ""), now) if retry else None
    return replace(
        failure,
        what=f"{failure.what.format(host='Claude' if is_anthropic else host)} ({detail})",
        advice=f"try again in {_span(after)}" if after else advice.format(host=host),
        retry=retry,
        after=after,
    )


def _by_status(status: int, message: ServerMessage) -> Failure:
    if status == 404 and (not message.text or _PAGE_NOT_FOUND.fullmatch(message.text)):
        return _NO_API
    if status == 404 and re.search(r"\bmodel\b", message.text, re.IGNORECASE):
        return _NO_MODEL
    return _FAILURES.get(status, _UNAVAILABLE if status >= 500 else _INVALID)


def foreign_failure(
    status: int, headers: Mapping[str, str], now: datetime, *, host: str, is_anthropic: bool = True
) -> Failure:
    """The failure behind a web page that came instead of the API's answer."""
    if status in (413, 429) or status >= 500:
        page = ServerMessage("by a page that is not the API's")
        return http_failure(status, page, headers, now, host=host, is_anthropic=is_anthropic)
    to = f" to {foreign_message(headers['location'])}" if "location" in headers else ""
    return Failure(
        f"a web page answered in place of Claude's API ({status}{to})",
        "correct ANTHROPIC_BASE_URL, or check the proxy and the login of this network",
    )


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number, or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - now).total_seconds()
        except (TypeError, ValueError, OverflowError):  # the last of a zone a million days away
            return None
    if not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _span(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole >= LONGEST_RETRY_AFTER:
        return "a day or more"
    return f"{whole} s" if whole <= 120 else f"{math.ceil(whole / 60)} minutes"


def foreign_message(text: str) -> str:
    """A message from elsewhere as one short line, without anything that looks like a key."""
    # Cut before it is searched for keys: a server may send a message of any length.
    line = redacted(one_line(text[: 4 * LONGEST_MESSAGE]))
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"
