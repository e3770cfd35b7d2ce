# Each target does all its own set-up. ARGS goes to the command: `make demo ARGS=--once`, `make test ARGS="-k lanes"`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: demo test faults check static bench screenshots format clean

demo: $(READY)
	$(BIN)/python -m demo $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --ignore tests/faults $(ARGS)

# Processes killed, servers stopped, lines cut, and a storm of it all: some ten minutes.
faults: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/faults $(ARGS)

check: static test
	$(BIN)/python -m tests.wheel
	$(BIN)/python -m demo --once

static: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m bench $(ARGS)

# The pictures of docs/images, with the system's Chromium.
screenshots: $(READY)
	$(BIN)/python -m demo.screenshots

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf build dist *.egg-info $(VENV)

$(READY): pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)
