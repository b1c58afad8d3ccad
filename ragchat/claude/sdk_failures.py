"""What the SDK and its HTTP library raise, as failures that a user can act on."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ragchat.claude.connection import NO_CREDENTIALS
from ragchat.claude.failures import Failure, foreign_failure, foreign_message, http_failure
from ragchat.claude.response_limits import ResponseOutOfBounds
from ragchat.claude.server_messages import server_message
from ragchat.errors import CredentialsError

if TYPE_CHECKING:
    import anthropic


class StreamEnded(Exception):
    """A stream that ended cleanly but too early; `opened` when it was one of the API's."""

    def __init__(self, *, opened: bool) -> None:
        super().__init__()
        self.opened = opened


class AnswerTooLong(Exception):
    """An answer that goes on far beyond the limit that it was asked with."""


def expected_errors() -> tuple[type[Exception], ...]:
    """Return the errors of sending and reading; ValueError is for malformed JSON or UTF-8."""
    import anthropic
    import httpx2

    return (
        anthropic.AnthropicError,
        httpx2.HTTPError,
        ValueError,
        StreamEnded,
        AnswerTooLong,
        ResponseOutOfBounds,
    )


def failure_of(error: Exception, *, host: str, is_anthropic: bool, silence: float) -> Failure:
    """The failure behind an exception of `expected_errors`."""
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        return _status_failure(error, host, is_anthropic=is_anthropic)
    if not isinstance(error, anthropic.APIError) and isinstance(error, anthropic.AnthropicError):
        what = f"the credentials cannot be read ({foreign_message(str(error))})"
        return Failure(what, NO_CREDENTIALS, CredentialsError)
    # The SDK wraps what goes wrong before the answer; during it, httpx2's errors come as they are.
    wrapped = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else None
    cause = wrapped or error
    if isinstance(cause, StreamEnded) and cause.opened:
        return Failure("the answer broke off before its end", "ask again", retry=True)
    if isinstance(cause, AnswerTooLong):
        return Failure(
            f"{host} goes on far beyond --max-tokens: the answer was ended", "try another server"
        )
    if isinstance(cause, ResponseOutOfBounds):
        return Failure(f"what {host} sends {cause}", "correct ANTHROPIC_BASE_URL")
    if isinstance(cause, StreamEnded):
        return Failure(
            f"what {host} sends is not Claude's API (a login page of the network?)",
            "log in with a web browser, or correct ANTHROPIC_BASE_URL",
        )
    if isinstance(cause, ValueError) and not isinstance(cause, UnicodeEncodeError):
        return Failure(f"what {host} sent cannot be read", "ask again", retry=True)
    return _connection_failure(cause, host, silence)


def _status_failure(error: anthropic.APIStatusError, host: str, *, is_anthropic: bool) -> Failure:
    headers, now = error.response.headers, datetime.now(UTC)
    is_page = isinstance(error.body, str) and error.body.lstrip().startswith("<")
    if is_page or 300 <= error.status_code < 400:
        return foreign_failure(
            error.status_code, headers, now, host=host, is_anthropic=is_anthropic
        )
    message = server_message(error.body)
    return http_failure(
        error.status_code, message, headers, now, host=host, is_anthropic=is_anthropic
    )


def _connection_failure(cause: BaseException, host: str, silence: float) -> Failure:
    """The text of a cause is shown only where it cannot hold the key."""
    import httpx2

    if isinstance(cause, (httpx2.LocalProtocolError, UnicodeEncodeError)):
        return Failure(
            "the key holds characters that no key has, such as a line break",
            "set ANTHROPIC_API_KEY again (or ANTHROPIC_CUSTOM_HEADERS)",
            CredentialsError,
        )
    if any(isinstance(error, ssl.SSLError) for error in _causes(cause)):
        return Failure(
            f"no secure connection to {host} ({foreign_message(str(cause))})",
            "correct ANTHROPIC_BASE_URL, or check this machine's clock and certificates",
        )
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        return Failure(
            f"cannot reach {host} ({foreign_message(str(cause)) or 'no reply'})",
            "check the network, a proxy, and ANTHROPIC_BASE_URL if it is set",
            retry=True,
        )
    if isinstance(cause, httpx2.TimeoutException):
        return Failure(f"{host} said nothing for {silence:g} s", "ask again", retry=True)
    return Failure(f"the connection to {host} broke", "ask again", retry=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
