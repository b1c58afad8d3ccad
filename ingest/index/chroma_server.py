"""A Chroma server, or Chroma Cloud: its address, deadlines and error messages.

chromadb waits for a server forever, and its errors say little (an HTML page, a bare ValueError).
So each call runs in a thread of its own, has a deadline, and fails with one line. A broken
connection or a busy server is tried once more: every call can be repeated. A server's own words
are cut to a line, and the key is removed from them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from ingest.errors import IndexAway, StoreError
from ingest.index import limits
from ingest.index.chroma import first_line, import_client, not_found, served_client

T = TypeVar("T")

READ_SECONDS = 10.0
WRITE_SECONDS = 60.0
"""A write may have the server build a graph: the first thousand records of a busy one took 11 s."""
PAUSE_SECONDS = 0.5
"""How long before a call is tried once more."""
BUSY = (429, 502, 503, 504)
ADVICE = "check the server, or the chroma_url setting"
FORM = "use http(s)://HOST:PORT, for Chroma Cloud with ?tenant=T&database=D behind it"


@dataclass(frozen=True, slots=True)
class Address:
    """A Chroma server. `url` ends before Chroma's own paths; `key` is never shown."""

    url: str
    tenant: str | None = None
    database: str | None = None
    key: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str, key: str = "") -> Address:
        """Return the address in `chroma_url`. Raises ValueError with a message for the user.

        Its text is never repeated, since it may hold a password.
        """
        try:
            found = urlsplit(text.strip())
            port = found.port
        except ValueError:
            raise ValueError(f"chroma_url is not an address: {FORM}") from None
        query = dict(parse_qsl(found.query, keep_blank_values=True))
        if found.scheme not in ("http", "https") or not found.hostname or found.fragment:
            raise ValueError(f"chroma_url is not an address: {FORM}")
        if "@" in found.netloc or not query.keys() <= {"tenant", "database"}:
            raise ValueError(
                f"chroma_url takes no user, password or key: {FORM}, and CHROMA_API_KEY"
            )
        if key and found.scheme == "http" and not _is_here(found.hostname):
            raise ValueError("CHROMA_API_KEY would travel in the open: use https:// in chroma_url")
        host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
        place = f"{host}:{port}" if port else host
        url = f"{found.scheme}://{place}{found.path.rstrip('/')}"
        return cls(url, query.get("tenant"), query.get("database"), key)

    def __str__(self) -> str:
        named = (self.url, self.tenant, self.database)
        return " ".join(part for part in named if part)


class Server:
    """A Chroma server. Texts are stored there, too, since other machines read them.

    `library` is the suffix that separates this library's collections from others on the server.
    """

    records = page = limits.RECORDS
    request_bytes = limits.REQUEST_BYTES
    keeps_texts = True
    survives_errors = False

    def __init__(self, address: Address, library: str, *, deadline: float = READ_SECONDS) -> None:
        self.address = address
        self.suffix = f".{library}"
        self._deadline = deadline

    def connect(self) -> Any:  # noqa: ANN401 - Chroma's own type stops at `Vectors`
        """Return a client, once the server has answered."""
        address = self.address
        headers = {"X-Chroma-Token": address.key} if address.key else {}
        fallback = (None, None) if address.key else ("default_tenant", "default_database")
        tenant, database = address.tenant or fallback[0], address.database or fallback[1]
        try:
            return served_client(address.url, headers, tenant, database)
        except not_found():
            asked = f"no tenant {tenant!r} with a database {database!r}"
            raise StoreError(f"the Chroma server at {address.url} has {asked}: {ADVICE}") from None

    def call(self, work: Callable[[], T], *, writes: bool = False) -> T:
        """Return what the work returns, within the deadline. Raises IndexAway."""
        seconds = max(self._deadline, WRITE_SECONDS) if writes else self._deadline
        import_client()  # before the clock starts
        try:
            return self._tried(work, seconds)
        except (StoreError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - any answer of any server ends here
            message = self._message(error, seconds)
        # Outside of the except, so that no traceback shows what the server has answered.
        raise IndexAway(message)

    def _tried(self, work: Callable[[], T], seconds: float) -> T:
        try:
            return _within(seconds, work)
        except Exception as error:
            if not _passing(error):
                raise
        time.sleep(PAUSE_SECONDS)
        return _within(seconds, work)

    def erase(self) -> None:
        """Delete this library's collections."""
        client = self.call(self.connect)
        try:
            for name in self.call(lambda: list(_names(client))):
                if name.endswith(self.suffix):
                    self.call(partial(client.delete_collection, name), writes=True)
        finally:
            client.close()

    def _message(self, error: BaseException, seconds: float) -> str:
        server = f"the Chroma server at {self.address.url}"
        links = list(_chain(error))
        status = next((code for link in links if (code := _status(link))), 0)
        if isinstance(error, TimeoutError):
            return f"{server} did not answer within {seconds:g} s: {ADVICE}"
        if any(isinstance(link, ssl.SSLError) for link in links):
            line = self._line(error)
            return f"{server} cannot be trusted, or does not speak https ({line}): {ADVICE}"
        refused = next((link for link in links if isinstance(link, OSError)), None)
        if refused is not None:
            return f"{server} cannot be reached ({refused.strerror or refused}): {ADVICE}"
        if status in (401, 403):
            return f"{server} refused access: set CHROMA_API_KEY to a key for it"
        if status == 413:
            most = limits.REQUEST_BYTES // 1000
            return f"{server} rejects requests of {most} KB: raise its limit, or its proxy's"
        if status == 429:
            return f"{server} limits requests for now: wait, or raise its quota"
        if isinstance(error, not_found()):
            return f"{server} has lost a part of the index: `ragchat doctor` shows which"
        return f"{server} did not answer like a Chroma server ({self._line(error)}): {ADVICE}"

    def _line(self, error: BaseException) -> str:
        line = first_line(error)
        return line.replace(self.address.key, "…") if self.address.key else line


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return what the work returns, or raise what it raises, or TimeoutError."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run, name="chroma", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError
    return done[0]


def _passing(error: BaseException) -> bool:
    """Return whether the call may succeed right after: the connection broke, or the server is
    busy.
    """
    links = list(_chain(error))
    if isinstance(error, TimeoutError) or any(isinstance(link, ssl.SSLError) for link in links):
        return False
    return any(isinstance(link, OSError) or _status(link) in BUSY for link in links)


def _names(client: Any) -> Iterator[str]:  # noqa: ANN401
    offset = 0
    while found := client.list_collections(limit=limits.RECORDS, offset=offset):
        yield from (collection.name for collection in found)
        offset += len(found)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    """The HTTP status that an error came from, 0 for none."""
    with contextlib.suppress(Exception):
        found: Any = error
        # chromadb's errors know theirs; all others come from a response of httpx.
        return int(found.code() if hasattr(found, "code") else found.response.status_code)
    return 0


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
