"""What loads behind the prompt."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable

import pytest

from ingest.errors import IngestError, ModelError, StoreError
from ragchat.cli.loading import Loading
from ragchat.errors import RagchatError, UsageError


def failing(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def load(then: Callable[[], None]) -> Loading:
    """What could not be loaded, once its thread has ended."""

    def no_model() -> None:
        raise ModelError("the model is missing")

    loading = Loading(no_model, lambda: None)  # type: ignore[arg-type]
    loading.then(then)
    loading.start()
    for thread in threading.enumerate():
        if thread.name == "loading":
            thread.join()
    gc.unfreeze()
    return loading


@pytest.mark.parametrize("error", [StoreError("the library is closed"), UsageError("no")])
def test_what_fails_after_loading_leaves_no_traceback_and_the_process_as_it_was(
    error: IngestError | RagchatError, capfd: pytest.CaptureFixture[str]
) -> None:
    interval = sys.getswitchinterval()
    loading = load(failing(error))
    assert gc.isenabled()
    assert sys.getswitchinterval() == interval
    assert capfd.readouterr().err == ""
    with pytest.raises(ModelError, match="is missing"):
        loading.retriever()


def test_loading_is_done_only_after_what_follows_it() -> None:
    seen: list[bool] = []
    loading = Loading(lambda: None, lambda: None)  # type: ignore[arg-type, return-value]
    loading.then(lambda: seen.append(loading.done))
    loading.start()
    with pytest.raises(RuntimeError):
        loading.retriever()
    assert seen == [False]
