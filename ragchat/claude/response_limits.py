"""Limits on what a server may send back, whatever it claims to be; pure.

A broken or hostile server can send an error of gigabytes, a line without an end, or a stream that
never stops: each would fill the memory or hold the terminal.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator

ERROR_BYTES = 64_000
"""Of an error's body, unpacked: a message of any length is quoted in its first 300 characters."""

ERROR_SECONDS = 10.0
LINE_BYTES = 2_000_000
"""One event of a stream: Anthropic's are a few hundred bytes, and a server that does not really
stream sends one with the whole answer."""

STREAM_BYTES = 100_000_000
"""A whole answer: 128,000 tokens, each in an event of its own of 200 bytes, are a quarter of it."""

PIECE = 64_000
PACKED = ("gzip", "x-gzip", "deflate")
_ANY_HEADER = 47  # zlib's and gzip's, told apart by zlib itself


class ResponseOutOfBounds(Exception):
    """A response that is not an answer; its text says why."""


def unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The bytes behind a content encoding, in pieces of bounded size."""
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in PACKED:
        raise ResponseOutOfBounds("is packed in a way that was not asked for")
    decoder = zlib.decompressobj(_ANY_HEADER)
    for chunk in chunks:
        rest = chunk
        while rest:
            try:
                yield decoder.decompress(rest, PIECE)
            except zlib.error:
                raise ResponseOutOfBounds("cannot be unpacked") from None
            rest = decoder.unconsumed_tail


def bounded_error(
    chunks: Iterable[bytes], *, clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """The beginning of an error's body, and nothing of what could not be unpacked."""
    left, until = ERROR_BYTES, clock() + ERROR_SECONDS
    try:
        for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0 or clock() > until:
                return
    except ResponseOutOfBounds:
        return


def bounded_stream(
    chunks: Iterable[bytes], silence: float, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """A stream of lines. Raises ResponseOutOfBounds for a line or a stream that is too long, and
    for a line that takes longer than `silence` seconds.
    """
    total = line = 0
    line_begun = clock()
    for chunk in chunks:
        total += len(chunk)
        end = chunk.rfind(b"\n")
        if end >= 0:
            line, line_begun = len(chunk) - end - 1, clock()
        else:
            line += len(chunk)
        if line > LINE_BYTES:
            raise ResponseOutOfBounds(f"has a line of more than {LINE_BYTES // 1_000_000} MB")
        if total > STREAM_BYTES:
            raise ResponseOutOfBounds(f"is longer than {STREAM_BYTES // 1_000_000} MB")
        if clock() - line_begun > silence:
            raise ResponseOutOfBounds(f"has a line that took longer than {silence:g} s")
        yield chunk
