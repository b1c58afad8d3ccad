"""What a broken or hostile server sends: bounded, ended, and said."""

from __future__ import annotations

import gzip
import itertools
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import httpx2
import pytest
from sse import event, message_start

from ragchat.claude.client import Claude
from ragchat.claude.cost import answer_cost
from ragchat.claude.partial_answer import UNBELIEVABLE
from ragchat.claude.response_limits import (
    ERROR_BYTES,
    LINE_BYTES,
    ResponseOutOfBounds,
    bounded_error,
    bounded_stream,
    unpacked,
)
from ragchat.claude.wire import Answer, Finished, Prompt
from ragchat.errors import ModelServiceError

ASKED = Prompt("", ({"role": "user", "content": "When?"},))
BODY = {"model": "claude-sonnet-5-5", "messages": []}
MEGABYTE = b"A" * 1_000_000


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-planted-0123456789")


class Endless(httpx2.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.sent = 0
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.sent += len(chunk)
            yield chunk


def claude(status: int, stream: Endless, **headers: str) -> Claude:
    def handle(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, headers=headers, stream=stream)

    client = httpx2.Client(transport=httpx2.MockTransport(handle))
    return Claude("claude-sonnet-5-5", http_client=client, max_retries=0)


def answer(*events: bytes, max_tokens: int = 100) -> Answer:
    asked = claude(200, Endless(iter(events)))
    *_, last = asked.stream(ASKED, max_tokens=max_tokens)
    assert isinstance(last, Finished)
    return last.answer


def opened(**usage: object) -> bytes:
    return message_start(BODY, usage)


def text(words: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": words})


def ended(**usage: object) -> bytes:
    return event("message_delta", delta={"stop_reason": "end_turn"}, usage=usage) + event(
        "message_stop"
    )


def packed_zeros() -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        if piece := packer.compress(MEGABYTE):
            yield piece


@pytest.mark.parametrize(
    ("chunks", "headers"),
    [
        (lambda: itertools.repeat(MEGABYTE), {}),
        (packed_zeros, {"content-encoding": "gzip"}),
    ],
    ids=["plain", "packed"],
)
def test_of_an_endless_error_little_is_read(
    chunks: Callable[[], Iterator[bytes]], headers: dict[str, str]
) -> None:
    stream = Endless(chunks())
    asked = claude(400, stream, **headers)
    asked.preload()  # what libraries take is not counted
    tracemalloc.start()
    try:
        with pytest.raises(ModelServiceError, match="400, AAAA"):
            list(asked.stream(ASKED, max_tokens=10))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert stream.sent <= 2_000_000


def test_an_error_that_is_packed_is_still_quoted() -> None:
    body = gzip.compress(json.dumps({"error": {"message": "It is full."}}).encode())
    stream = Endless(iter([body[:20], body[20:]]))
    with pytest.raises(ModelServiceError, match=r"It is full\."):
        list(claude(400, stream, **{"content-encoding": "gzip"}).stream(ASKED, max_tokens=10))


def test_an_error_that_cannot_be_unpacked_is_its_status() -> None:
    stream = Endless(iter([b"no gzip"]))
    with pytest.raises(ModelServiceError, match=r"\(400\)"):
        list(claude(400, stream, **{"content-encoding": "gzip"}).stream(ASKED, max_tokens=10))


def test_the_beginning_of_an_error_is_all_that_is_kept() -> None:
    assert len(b"".join(bounded_error(itertools.repeat(MEGABYTE)))) == ERROR_BYTES


def test_an_error_that_drips_is_not_waited_for() -> None:
    clock = itertools.count().__next__
    assert len(list(bounded_error(itertools.repeat(b"x"), clock=clock))) == 11


def test_an_answer_without_an_end_is_ended_and_what_came_is_kept() -> None:
    stream = Endless(itertools.chain([opened()], itertools.repeat(text("word " * 200))))
    *_, last = claude(200, stream).stream(ASKED, max_tokens=500)
    assert isinstance(last, Finished)
    assert last.answer.failed
    assert "far beyond --max-tokens" in last.answer.reason
    assert 6_000 < len(last.answer.text) < 10_000


def test_thinking_without_an_end_is_ended() -> None:
    thought = event(
        "content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "hmm " * 500}
    )
    stream = Endless(itertools.chain([opened()], itertools.repeat(thought)))
    with pytest.raises(ModelServiceError, match="far beyond --max-tokens"):
        list(claude(200, stream).stream(ASKED, max_tokens=500))


def test_an_answer_of_its_full_length_is_not_cut() -> None:
    words = "immeasurable " * 1_000
    assert answer(opened(), text(words), ended(output_tokens=1_000), max_tokens=1_000).text == words


def test_of_one_event_that_says_too_much_the_beginning_is_kept() -> None:
    said = "ten words\n\n" * 100_000
    found = answer(opened(), text(said), ended(output_tokens=10), max_tokens=10)
    assert found.text == said[: 10 * 12 + 2_000]


def test_a_line_without_an_end_is_ended() -> None:
    stream = Endless(itertools.chain([opened(), b"data: "], itertools.repeat(MEGABYTE)))
    with pytest.raises(ModelServiceError, match="a line of more than 2 MB"):
        list(claude(200, stream).stream(ASKED, max_tokens=10))
    assert stream.sent < 3 * LINE_BYTES


def test_a_packed_stream_is_bounded_by_what_it_unpacks_to() -> None:
    stream = Endless(packed_zeros())
    with pytest.raises(ModelServiceError, match="a line of more than 2 MB"):
        list(claude(200, stream, **{"content-encoding": "gzip"}).stream(ASKED, max_tokens=10))
    assert stream.sent < 100_000


def test_a_stream_packed_in_a_way_nobody_asked_for_is_refused() -> None:
    with pytest.raises(ResponseOutOfBounds, match="not asked for"):
        list(unpacked([b"x"], "br"))


def test_a_line_that_drips_is_not_waited_for_longer_than_silence() -> None:
    clock = itertools.count().__next__
    with pytest.raises(ResponseOutOfBounds, match="longer than 5 s"):
        list(bounded_stream(itertools.repeat(b"x"), 5.0, clock=clock))


def test_lines_in_time_may_go_on() -> None:
    clock = itertools.count().__next__
    assert len(list(bounded_stream([b"x\n"] * 50, 5.0, clock=clock))) == 50


@pytest.mark.parametrize("number", [-5, 10**30, -(10**12)])
def test_counts_that_cannot_be_right_are_clamped_said_and_not_charged(number: int) -> None:
    found = answer(
        opened(input_tokens=number, cache_read_input_tokens=number),
        text("Hi."),
        ended(output_tokens=number, output_tokens_details={"thinking_tokens": number}),
    )
    assert all(0 <= n <= 10**9 for n in found.usage.values())
    assert found.notices == (UNBELIEVABLE,)
    assert answer_cost(found) is None


@pytest.mark.parametrize(
    ("begun", "at_the_end"),
    [
        ({"input_tokens": 400_000}, {"output_tokens": 3}),
        ({"input_tokens": 9, "cache_read_input_tokens": 90_000}, {"output_tokens": 3}),
        ({"input_tokens": 9}, {"output_tokens": 70_000}),
        (
            {"input_tokens": 9},
            {"output_tokens": 3, "output_tokens_details": {"thinking_tokens": 40}},
        ),
    ],
    ids=["more than was sent", "more than was cached", "more than was asked for", "thinking"],
)
def test_counts_that_the_request_cannot_come_to_are_estimated(
    begun: dict[str, object], at_the_end: dict[str, object]
) -> None:
    found = answer(opened(**begun), text("Hi."), ended(**at_the_end))
    assert (found.notices, answer_cost(found)) == ((UNBELIEVABLE,), None)
    assert 0 < sum(found.usage.values()) < 200


def test_counts_that_can_be_right_are_charged() -> None:
    found = answer(opened(input_tokens=12_000), text("Hi."), ended(output_tokens=0))
    assert found.notices == ()
    assert answer_cost(found) == pytest.approx(0.024)


def test_citations_of_what_was_not_sent_are_left_out_and_said() -> None:
    wrong = [
        event(
            "content_block_delta",
            index=0,
            delta={
                "type": "citations_delta",
                "citation": {"search_result_index": index, "cited_text": "x"},
            },
        )
        for index in (0, -1, 999, 10**30)
    ]
    found = answer(opened(), text("Hi."), *wrong, ended(output_tokens=3))
    assert found.pieces[0].citations == ()
    assert found.notices == ("4 citations of passages that were not sent: left out",)


def test_a_model_with_an_endless_name_gets_a_short_one() -> None:
    start = message_start({**BODY, "model": "m" * 9_000}, {})
    assert len(answer(start, text("Hi."), ended(output_tokens=3)).model) == 200


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("fish \ud83d", "\udc1f here"), "fish \U0001f41f here"),
        (("fish \ud83d",), "fish \ufffd"),
        (("\udc1f fish \ud83d here",), "\ufffd fish \ufffd here"),
    ],
)
def test_a_character_that_a_server_cuts_in_two_is_whole_and_a_half_is_lost(
    parts: tuple[str, ...], whole: str
) -> None:
    stop = event("content_block_stop", index=0)
    found = answer(opened(), *map(text, parts), stop, ended())
    assert found.text == whole
