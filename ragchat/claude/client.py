"""Stream an answer from Claude, or from a server that speaks its Messages API.

The answer is put together from the raw events, because what the SDK accumulates is lost, or
silently short, when a stream breaks; and requests are sent again here and not by the SDK, which
would wait without a word.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ragchat.claude.answer_stream import AnswerStream
from ragchat.claude.capabilities import Effort, effort_sent
from ragchat.claude.catalog import OfferedModel, offered_models
from ragchat.claude.connection import NO_CREDENTIALS, connect
from ragchat.claude.endpoint import (
    credentials_missing,
    endpoint,
    host_of,
    is_anthropic,
)
from ragchat.claude.failures import Failure
from ragchat.claude.partial_answer import PartialAnswer
from ragchat.claude.redaction import keys_in, redacted
from ragchat.claude.sdk_failures import (
    AnswerTooLong,
    StreamEnded,
    expected_errors,
    failure_of,
)
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import Event, Finished, Prompt, Waiting
from ragchat.errors import CredentialsError, ModelServiceError

if TYPE_CHECKING:
    from ragchat.claude.connection import HttpClient, Sdk

SILENCE_SECONDS = 60.0
"""Claude's API sends a ping at least this often, also while it thinks."""

LOCAL_SILENCE_SECONDS = 600.0
"""Other servers send nothing while they read the prompt, which on a processor takes minutes."""

LONGEST_WAIT = 120.0
"""Seconds that we wait when asked to; when asked for more we say so and give up."""

MODELS_PATH = "/v1/models?limit=1000"

_NO_SUCH_PAGE = (404, 405, 501)
"""Statuses of a server that answers questions, but lists no models."""
_NO_LIST = Failure("the server has no such list", "see its documentation")


class Claude:
    """A model at an endpoint. Nothing is imported or opened before the first use.

    `timeout` is in seconds of silence; `effort` "auto" is medium on Anthropic's own endpoint and
    nothing elsewhere; `http_client` is an `httpx2.Client` to send with.
    """

    def __init__(
        self,
        model: str | ChatModel,
        *,
        effort: Effort = "auto",
        base_url: str | None = None,
        timeout: float | None = None,
        http_client: HttpClient | None = None,
        max_retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model = model if isinstance(model, ChatModel) else ChatModel(model)
        self.effort = effort
        self.base_url = endpoint(base_url)
        self.is_anthropic = is_anthropic(self.base_url)
        self.host = host_of(self.base_url)
        self._silence = timeout or (SILENCE_SECONDS if self.is_anthropic else LOCAL_SILENCE_SECONDS)
        self._http_client = http_client
        self._max_retries = max_retries
        self._sleep = sleep
        self._lock = threading.Lock()
        self._sdk: Sdk | None = None

    def require_credentials(self) -> None:
        """Raise CredentialsError if there can be none, before anything is loaded or sent."""
        if self.is_anthropic and credentials_missing(os.environ):
            raise CredentialsError(f"no API key: {NO_CREDENTIALS}")

    def preload(self) -> None:
        """Import the SDK and make the client, which takes more than a second.

        Raises CredentialsError for a credentials profile that does not exist.
        """
        _ = self._client().messages

    def close(self) -> None:
        """Close the connections that are kept open between answers."""
        with self._lock:
            if self._sdk is not None:
                self._sdk.close()
            self._sdk = None

    def request_body(
        self, prompt: Prompt, *, max_tokens: int, stop_sequences: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The request exactly as `stream` sends it."""
        body: dict[str, Any] = {"model": self.model.name, "max_tokens": max_tokens, "stream": True}
        if prompt.system.strip():
            body["system"] = [{"type": "text", "text": prompt.system}]
            if prompt.shape.cached:
                body["system"][0]["cache_control"] = prompt.shape.cache_control
        body["messages"] = list(prompt.messages)
        output: dict[str, Any] = {}
        effort = effort_sent(self.model.name, self.effort, is_anthropic=self.is_anthropic)
        if effort is not None:
            output["effort"] = effort
        if prompt.shape.schema is not None:
            output["format"] = {"type": "json_schema", "schema": prompt.shape.schema}
        if output:
            body["output_config"] = output
        if stop_sequences:
            body["stop_sequences"] = list(stop_sequences)
        return body

    def stream(
        self, prompt: Prompt, *, max_tokens: int, stop_sequences: Sequence[str] = ()
    ) -> AnswerStream:
        """Ask, and return the events of the answer.

        Until the first text a request that may succeed later is sent again, up to `max_retries`
        times. Iterating raises, before the first text only: CredentialsError for missing or
        refused credentials, ModelServiceError for any other failure. After it a failure ends in
        `Finished` with what arrived.
        """
        body = self.request_body(prompt, max_tokens=max_tokens, stop_sequences=stop_sequences)
        partial = PartialAnswer(max_tokens, len(prompt.passages))
        return AnswerStream(self._events(body, partial), partial)

    def models(self) -> list[OfferedModel]:
        """The models that the endpoint offers. Raises what iterating over `stream` raises."""
        try:
            listed = self._client().get(MODELS_PATH, cast_to=object)
        except TypeError as error:
            raise _no_credentials(error) from error
        except Exception as error:
            if not isinstance(error, expected_errors()):
                raise
            if getattr(error, "status_code", 0) in _NO_SUCH_PAGE and not self.is_anthropic:
                failure = _NO_LIST
            else:
                failure = self._failure(error)
            raise failure.error(f"cannot list the models of {self.host}: {failure}") from error
        entries = listed.get("data") if isinstance(listed, dict) else None
        if not isinstance(entries, list):
            raise ModelServiceError(f"{self.host} has no list of models: see its documentation")
        return offered_models(entries)

    def _events(self, body: dict[str, Any], partial: PartialAnswer) -> Iterator[Event]:
        for attempt in range(self._max_retries + 1):
            try:
                yield from self._attempt(body, partial)
            except Exception as error:
                # Not named in the clause: a Ctrl-C while the SDK is imported would import it again.
                if not isinstance(error, expected_errors()):
                    raise
                failure, cause = self._failure(error), error
            else:
                return
            if partial.begun or partial.stop_reason is not None:
                yield from partial.end_piece()
                yield self._finished(partial, broken=str(failure))
                return
            wait = 2.0**attempt if failure.after is None else failure.after
            if not failure.retry or attempt == self._max_retries or wait > LONGEST_WAIT:
                raise failure.error(str(failure)) from cause
            partial.clear()
            for second in range(math.ceil(wait), 0, -1):
                yield Waiting(second, failure.what)
                self._sleep(1.0)

    def _attempt(self, body: dict[str, Any], partial: PartialAnswer) -> Iterator[Event]:
        with self._send(body) as raw_events:
            response = raw_events.response
            partial.open(response.request.content, response.headers.get("request-id", ""))
            for raw in raw_events:
                yield from partial.take(raw)
                if partial.endless:
                    raise AnswerTooLong
        if partial.stop_reason is None:
            raise StreamEnded(opened=partial.opened)
        yield self._finished(partial)

    def _send(self, body: dict[str, Any]) -> Any:  # noqa: ANN401 (the SDK's type stops here)
        try:
            return self._client().messages.create(**body)
        except TypeError as error:
            raise _no_credentials(error) from error

    def _finished(self, partial: PartialAnswer, broken: str = "") -> Finished:
        answer = partial.final_answer(broken)
        return Finished(replace(answer, reason=self._redacted(answer.reason)))

    def _failure(self, error: Exception) -> Failure:
        failure = failure_of(
            error, host=self.host, is_anthropic=self.is_anthropic, silence=self._silence
        )
        return replace(failure, what=self._redacted(failure.what))

    def _redacted(self, text: str) -> str:
        """A text without the key, which a server may have put into it."""
        sdk = self._sdk
        held = (sdk.api_key, sdk.auth_token) if sdk is not None else ()
        return redacted(text, [*keys_in(os.environ), *filter(None, held)])

    def _client(self) -> Sdk:
        with self._lock:
            if self._sdk is None:
                self._sdk = connect(
                    self.base_url,
                    is_anthropic=self.is_anthropic,
                    silence=self._silence,
                    http_client=self._http_client,
                )
            return self._sdk


def _no_credentials(error: TypeError) -> Exception:
    """The SDK's TypeError as ours, where it is about credentials; any other is a mistake."""
    if "authentication" not in str(error):
        return error
    return CredentialsError(f"no API key: {NO_CREDENTIALS}")
