"""A run that is stopped waits for a step of embedding only if its vectors are ready soon."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from ingest.intake.embedding import is_ready


@pytest.mark.parametrize(("done", "stopped", "ready"), [(0, 1, False), (1, 1, True), (1, 0, True)])
def test_a_stopped_run_does_not_wait_for_a_slow_step(done: int, stopped: int, ready: bool) -> None:
    step: Future[Any] = Future()
    if done:
        step.set_result(())
    assert is_ready(step, lambda: bool(stopped)) is ready
