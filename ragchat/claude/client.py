"""Stream an answer from Claude: the only file that imports anthropic and httpx2.

Their types and errors stop here. The answer is put together from the raw events, because what the
SDK accumulates is lost, or silently short, when a stream breaks; and requests are sent again here
and not by the SDK, which would wait without a word.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

import math
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ragchat.claude.draft import AnswerStream, Draft
from ragchat.claude.endpoint import citations_supported, endpoint, host_of
from ragchat.claude.failures import Failure, foreign_failure, http_failure, one_line
from ragchat.claude.redaction import discreet, keys_in
from ragchat.claude.wire import Event, Finished, Prompt, Waiting
from ragchat.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    import anthropic
    import httpx2

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
"""Claude's API sends a ping at least this often, also while it thinks."""

LOCAL_SILENCE_SECONDS = 600.0
"""Other servers send nothing while they read the prompt, which on a processor takes minutes."""

LONGEST_WAIT = 120.0
"""Seconds that we wait when asked to; when asked for more we say so and give up."""

NO_CREDENTIALS = (
    "set ANTHROPIC_API_KEY (a key is made at https://platform.claude.com), or use --offline,"
    " `ragchat search` and `ragchat recall`, which need none"
)


class Claude:
    """A model at an endpoint. Nothing is imported or opened before the first use.

    `timeout` is in seconds of silence; `http_client` is an `httpx2.Client` to send with.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        timeout: float | None = None,
        http_client: httpx2.Client | None = None,
        max_retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model = model
        self.base_url = endpoint(base_url)
        own = citations_supported(self.base_url)
        self._host = host_of(self.base_url)
        self._timeout = timeout or (SILENCE_SECONDS if own else LOCAL_SILENCE_SECONDS)
        self._http_client = http_client
        self._max_retries = max_retries
        self._sleep = sleep
        self._lock = threading.Lock()
        self._made: anthropic.Anthropic | None = None

    def preload(self) -> None:
        """Import the SDK and make the client, which takes more than a second.

        Raises CredentialsError for a credentials profile that is not there.
        """
        _ = self._client().messages

    def close(self) -> None:
        """Close the connections that are kept open between answers."""
        with self._lock:
            if self._made is not None:
                self._made.close()
            self._made = None

    def request_body(
        self, prompt: Prompt, *, max_tokens: int, stop_sequences: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Exactly what `stream` sends."""
        body: dict[str, Any] = {"model": self.model, "max_tokens": max_tokens, "stream": True}
        if prompt.system.strip():
            body["system"] = [{"type": "text", "text": prompt.system}]
            if prompt.shape.cached:
                body["system"][0]["cache_control"] = {"type": "ephemeral"}
        body["messages"] = list(prompt.messages)
        if prompt.shape.schema is not None:
            format_ = {"type": "json_schema", "schema": prompt.shape.schema}
            body["output_config"] = {"format": format_}
        if stop_sequences:
            body["stop_sequences"] = list(stop_sequences)
        return body

    def stream(
        self, prompt: Prompt, *, max_tokens: int, stop_sequences: Sequence[str] = ()
    ) -> AnswerStream:
        """Ask, and give the events of the answer.

        Until the first text a request that may succeed later is sent again, up to `max_retries`
        times. Iterating raises, before the first text only: CredentialsError for missing or
        refused credentials, ModelServiceError for any other failure. After it a failure ends in
        `Finished` with what came.
        """
        body = self.request_body(prompt, max_tokens=max_tokens, stop_sequences=stop_sequences)
        draft = Draft(max_tokens)
        return AnswerStream(self._events(body, draft), draft)

    def _events(self, body: dict[str, Any], draft: Draft) -> Iterator[Event]:
        for attempt in range(self._max_retries + 1):
            try:
                yield from self._attempt(body, draft)
            except _expected() as error:
                failure, cause = self._failure(error), error
            else:
                return
            if draft.begun or draft.stop_reason is not None:
                yield from draft.end_piece()
                yield self._finished(draft, broken=str(failure))
                return
            wait = 2.0**attempt if failure.after is None else failure.after
            if not failure.retry or attempt == self._max_retries or wait > LONGEST_WAIT:
                raise failure.error(str(failure)) from cause
            draft.clear()
            for second in range(math.ceil(wait), 0, -1):
                yield Waiting(second, failure.what)
                self._sleep(1.0)

    def _attempt(self, body: dict[str, Any], draft: Draft) -> Iterator[Event]:
        with self._send(body) as raw_events:
            draft.request_id = raw_events.response.headers.get("request-id", "")
            for raw in raw_events:
                yield from draft.take(raw)
        if draft.stop_reason is None:
            raise _NoEnd(opened=draft.opened)
        yield self._finished(draft)

    def _send(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 (the SDK's type stops here)
        try:
            return self._client().messages.create(**body)
        except TypeError as error:
            if "authentication" not in str(error):
                raise
            raise CredentialsError(f"there are no credentials: {NO_CREDENTIALS}") from error

    def _finished(self, draft: Draft, broken: str = "") -> Finished:
        answer = draft.final_answer(broken)
        return Finished(replace(answer, reason=self._discreet(answer.reason)))

    def _failure(self, error: Exception) -> Failure:
        failure = _failure(error, self._host, self._timeout)
        return replace(failure, what=self._discreet(failure.what))

    def _discreet(self, text: str) -> str:
        """Words without the key, which a server may have put into them."""
        made = (self._made.api_key, self._made.auth_token) if self._made is not None else ()
        return discreet(text, [*keys_in(os.environ), *filter(None, made)])

    def _client(self) -> anthropic.Anthropic:
        with self._lock:
            if self._made is None:
                self._made = self._connected()
            return self._made

    def _connected(self) -> anthropic.Anthropic:
        import anthropic
        import httpx2

        timeout = httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS)
        try:
            # The SDK's own client leaves a traceback behind when it cannot be made. Redirects
            # would carry the documents to an address that nobody has chosen.
            http_client = self._http_client or anthropic.DefaultHttpxClient(follow_redirects=False)
            return anthropic.Anthropic(
                base_url=self.base_url,
                timeout=timeout,
                max_retries=0,
                http_client=http_client,
                open_telemetry=False,
            )
        except anthropic.CredentialsError as error:
            raise CredentialsError(str(self._failure(error))) from error
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
            raise UsageError(
                f"cannot prepare a connection ({one_line(str(error))}):"
                " correct HTTPS_PROXY, ALL_PROXY or SSL_CERT_FILE"
            ) from error


class _NoEnd(Exception):
    """A stream that ended cleanly but before its time; `opened` when it was one of the API's."""

    def __init__(self, *, opened: bool) -> None:
        super().__init__()
        self.opened = opened


def _expected() -> tuple[type[Exception], ...]:
    """What sending and reading raise; ValueError is JSON or UTF-8 that is none."""
    import anthropic
    import httpx2

    return (anthropic.AnthropicError, httpx2.HTTPError, ValueError, _NoEnd)


def _failure(error: Exception, host: str, timeout: float) -> Failure:
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        return _answered_failure(error)
    if not isinstance(error, anthropic.APIError) and isinstance(error, anthropic.AnthropicError):
        what = f"the credentials cannot be read ({one_line(str(error))})"
        return Failure(what, NO_CREDENTIALS, CredentialsError)
    if isinstance(error, _NoEnd) and error.opened:
        return Failure("the answer broke off before its end", "ask again", retry=True)
    if isinstance(error, _NoEnd):
        return Failure(
            f"what {host} sends is not Claude's API (a login page of the network?)",
            "open a web page, or correct ANTHROPIC_BASE_URL",
        )
    if isinstance(error, ValueError) and not isinstance(error, UnicodeEncodeError):
        return Failure(f"what {host} sent cannot be read", "ask again", retry=True)
    # The SDK wraps what goes wrong before the answer; during it, httpx2's errors come as they are.
    wrapped = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else None
    return _connection_failure(wrapped or error, host, timeout)


def _answered_failure(error: anthropic.APIStatusError) -> Failure:
    headers, now = error.response.headers, datetime.now(UTC)
    is_page = isinstance(error.body, str) and error.body.lstrip().startswith("<")
    if is_page or 300 <= error.status_code < 400:
        return foreign_failure(error.status_code, headers, now)
    return http_failure(
        error.status_code, error.type, error.api_message, error.error_code, headers, now
    )


def _connection_failure(cause: BaseException, host: str, timeout: float) -> Failure:
    """The text of a cause is shown only where it cannot hold the key."""
    import httpx2

    if isinstance(cause, (httpx2.LocalProtocolError, UnicodeEncodeError)):
        return Failure(
            "the key holds characters that no key has, such as a line break",
            "set ANTHROPIC_API_KEY again (or ANTHROPIC_CUSTOM_HEADERS)",
            CredentialsError,
        )
    if any(isinstance(each, ssl.SSLError) for each in _causes(cause)):
        return Failure(
            f"no secure connection to {host} ({one_line(str(cause))})",
            "correct ANTHROPIC_BASE_URL, or see to the clock and the certificates of this machine",
        )
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        return Failure(
            f"cannot reach {host} ({one_line(str(cause)) or 'no reply'})",
            "check the network, a proxy, and ANTHROPIC_BASE_URL if it is set",
            retry=True,
        )
    if isinstance(cause, httpx2.TimeoutException):
        return Failure(f"{host} said nothing for {timeout:g} s", "ask again", retry=True)
    return Failure(f"the connection to {host} broke", "ask again", retry=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
