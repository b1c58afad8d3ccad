"""Stream an answer from Claude: the only file that imports anthropic and httpx2.

Their types and errors stop here. The answer is put together from the raw events, because what the
SDK accumulates is lost, or silently short, when a stream breaks; and requests are sent again here
and not by the SDK, which would wait without a word.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ragchat.draft import Draft
from ragchat.errors import CredentialsError, UsageError
from ragchat.outcome import Failure, http_failure, one_line
from ragchat.wire import Answer, Event, Finished, Prompt, Waiting

if TYPE_CHECKING:
    import anthropic
    import httpx2

OWN_ENDPOINT = "https://api.anthropic.com"
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


def endpoint(base_url: str | None = None) -> str | None:
    """The address that requests go to: the one given, else ANTHROPIC_BASE_URL.

    None stands for the SDK's choice: that of a credentials profile, else Anthropic's own. Raises
    UsageError for what is no web address, which the SDK would report as a lost connection.
    """
    url = os.environ.get("ANTHROPIC_BASE_URL") if base_url is None else base_url
    if url is None:
        return None
    if not url.strip():
        return OWN_ENDPOINT
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UsageError("ANTHROPIC_BASE_URL is no web address: give it as https://host[:port]")
    return url.strip().rstrip("/").removesuffix("/v1")  # the SDK adds it


def citations_supported(base_url: str | None = None) -> bool:
    """Whether the endpoint cites: Anthropic's own does, compatible servers ignore citations."""
    url = endpoint(base_url)
    return url is None or urlsplit(url).hostname == urlsplit(OWN_ENDPOINT).hostname


class AnswerStream(Iterator[Event]):
    """An answer on its way: its events, the last of which is `Finished`.

    Leaving the `with` block, or `close`, hangs up. What had come by then, also after a Ctrl-C,
    gives `answer_so_far`.
    """

    def __init__(self, events: Iterator[Event], draft: Draft) -> None:
        self._events = events
        self._draft = draft
        self._answer: Answer | None = None

    def __next__(self) -> Event:
        event = next(self._events)
        if isinstance(event, Finished):
            self._answer = event.answer
        return event

    def __enter__(self) -> AnswerStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, if the answer is still coming."""
        close = getattr(self._events, "close", None)
        if close is not None:
            close()

    def answer_so_far(self) -> Answer:
        """The whole answer once it is finished; before that what has come, as interrupted."""
        return self._answer or self._draft.answer("interrupted", "the answer was stopped")


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
        self._host = urlsplit(self.base_url or OWN_ENDPOINT).hostname or ""
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
                failure, cause = _failure(error, self._host, self._timeout), error
            else:
                return
            if draft.begun or draft.stop_reason is not None:
                yield from draft.end_piece()
                yield Finished(draft.final_answer(broken=str(failure)))
                return
            wait = 2.0**attempt if failure.after is None else failure.after
            if not failure.retry or attempt == self._max_retries or wait > LONGEST_WAIT:
                raise failure.error(str(failure)) from cause
            for second in range(math.ceil(wait), 0, -1):
                yield Waiting(second, failure.what)
                self._sleep(1.0)
            draft.clear()

    def _attempt(self, body: dict[str, Any], draft: Draft) -> Iterator[Event]:
        with self._send(body) as raw_events:
            draft.request_id = raw_events.response.headers.get("request-id", "")
            for raw in raw_events:
                yield from draft.take(raw)
        if draft.stop_reason is None:
            raise _NoEnd(opened=draft.opened)
        yield Finished(draft.final_answer())

    def _send(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 (the SDK's type stops here)
        try:
            return self._client().messages.create(**body)
        except TypeError as error:
            if "authentication" not in str(error):
                raise
            raise CredentialsError(f"there are no credentials: {NO_CREDENTIALS}") from error

    def _client(self) -> anthropic.Anthropic:
        with self._lock:
            if self._made is None:
                import anthropic
                import httpx2

                try:
                    self._made = anthropic.Anthropic(
                        base_url=self.base_url,
                        timeout=httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS),
                        max_retries=0,
                        http_client=self._http_client,
                        open_telemetry=False,
                    )
                except anthropic.CredentialsError as error:
                    raise CredentialsError(str(_failure(error, "", 0))) from error
            return self._made


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
        return http_failure(
            error.status_code,
            error.type,
            error.api_message,
            error.error_code,
            error.response.headers,
            datetime.now(timezone.utc),
        )
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
    if isinstance(error, ValueError):
        return Failure(f"what {host} sent cannot be read", "ask again")
    # The SDK wraps what goes wrong before the answer; during it, httpx2's errors come as they are.
    wrapped = error.__cause__ if isinstance(error, anthropic.APIConnectionError) else None
    return _connection_failure(wrapped or error, host, timeout)


def _connection_failure(cause: BaseException, host: str, timeout: float) -> Failure:
    """The text of a cause is shown only where it cannot hold the key."""
    import httpx2

    if isinstance(cause, (httpx2.LocalProtocolError, UnicodeEncodeError)):
        return Failure(
            "the key holds characters that no key has, such as a line break",
            "set ANTHROPIC_API_KEY again",
            CredentialsError,
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
