"""The SDK's client for an endpoint: credentials, timeouts, and responses within limits.

With `sdk_failures.py` the only file that imports anthropic and httpx2.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ragchat.claude.failures import foreign_message
from ragchat.claude.response_limits import bounded_error, bounded_stream, unpacked
from ragchat.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    import anthropic
    import httpx2

    Sdk: TypeAlias = anthropic.Anthropic
    HttpClient: TypeAlias = httpx2.Client

CONNECT_SECONDS = 10.0

NO_CREDENTIALS = (
    "set ANTHROPIC_API_KEY (create one at https://platform.claude.com); `ragchat search`,"
    " `ragchat recall` and `ragchat ask --offline` need none"
)

_CHOICES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE")
_NO_KEY = "none"


def credentials_chosen(environment: Mapping[str, str]) -> bool:
    """Return whether the environment names credentials, which then go to any server.

    A profile that merely lies on the disk is Anthropic's: another server never gets it.
    """
    return any(environment.get(name) for name in _CHOICES)


def connect(
    base_url: str | None,
    *,
    is_anthropic: bool,
    silence: float,
    http_client: httpx2.Client | None = None,
) -> anthropic.Anthropic:
    """The SDK's client. A server that is not Anthropic's is asked without a key where none is set.

    Raises CredentialsError for a profile that does not exist, UsageError for a proxy or a
    certificate file that cannot be used.
    """
    import anthropic
    import httpx2

    keyless = not is_anthropic and not credentials_chosen(os.environ)
    try:
        # The SDK's own client leaves a traceback behind when it cannot be made. Redirects would
        # carry the documents to an address that the user did not choose.
        client = http_client or anthropic.DefaultHttpxClient(follow_redirects=False)
        _limit(client, silence)
        if keyless:
            client.event_hooks["request"].append(_without_key)
        return anthropic.Anthropic(
            base_url=base_url,
            api_key=_NO_KEY if keyless else None,
            timeout=httpx2.Timeout(silence, connect=CONNECT_SECONDS),
            max_retries=0,
            http_client=client,
            # A packed stream would be unpacked whole before any limit sees it.
            default_headers={"accept-encoding": "identity"},
            open_telemetry=False,
        )
    except anthropic.CredentialsError as error:
        what = f"the credentials cannot be read ({foreign_message(str(error))})"
        raise CredentialsError(f"{what}: {NO_CREDENTIALS}") from error
    except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
        raise UsageError(
            f"cannot prepare a connection ({foreign_message(str(error))}):"
            " correct HTTPS_PROXY, ALL_PROXY or SSL_CERT_FILE"
        ) from error


def _without_key(request: httpx2.Request) -> None:
    if request.headers.get("authorization") == f"Bearer {_NO_KEY}":
        del request.headers["authorization"]


def _limit(client: httpx2.Client, silence: float) -> None:
    """Let every response of a client pass the limits before anything reads it."""
    import httpx2

    class Limited(httpx2.SyncByteStream):
        def __init__(self, response: httpx2.Response) -> None:
            self._chunks = response.stream
            self._encoding = response.headers.get("content-encoding", "").strip().lower()
            self._is_error = response.status_code >= 300

        def __iter__(self) -> Iterator[bytes]:
            if not isinstance(self._chunks, httpx2.SyncByteStream):
                return
            chunks = unpacked(self._chunks, self._encoding)
            yield from bounded_error(chunks) if self._is_error else bounded_stream(chunks, silence)

        def close(self) -> None:
            if isinstance(self._chunks, httpx2.SyncByteStream):
                self._chunks.close()

    def limit(response: httpx2.Response) -> None:
        response.stream = Limited(response)
        for header in ("content-encoding", "content-length"):
            if header in response.headers:
                del response.headers[header]

    client.event_hooks["response"].append(limit)
