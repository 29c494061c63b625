# The front door. `make` alone lists what there is.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
REF := .venv-reference
PIP_FLAGS := -qq --disable-pip-version-check --require-hashes

# Our matrices are small: one thread each is fastest, and the same numbers come out everywhere.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

# Playwright brings a Node that wants a library which a bare machine lacks; ours is there anyway.
export PLAYWRIGHT_NODEJS_PATH ?= $(shell command -v node)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check types bench bench-long reference models models-page reference-page screenshots gallery examples vendor lock browser setup format clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## serve the explorer (HOST and PORT are honoured)
	@$(PY) -m app serve

test: setup browser check ## everything: set up, check, JavaScript tests, Python tests, a real browser
	@echo '== JavaScript tests'
	@node --test --test-reporter=dot $$(find tests/js -name '*.test.js')
	@echo '== Python tests of the engine, on every core'
	@$(PY) -m pytest -q -n auto --dist worksteal tests/core
	@echo '== Python tests of the service and the pages, a real browser included'
	@$(PY) -m pytest -q --ignore=tests/core

test-slow: setup ## the tests that train for minutes
	@$(PY) -m pytest -q -n auto -m slow tests/core

check: setup ## lint, format and types of both languages, changing nothing
	@echo '== Python: ruff, mypy'
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary
	@echo '== JavaScript: biome, tsc'
	@node_modules/.bin/biome check --error-on-warnings
	@node_modules/.bin/tsc --noEmit

format: setup ## let the formatters rewrite the source
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .
	@node_modules/.bin/biome check --write

bench: $(REF)/.done ## measure the engine against its opponents in five minutes (installs PyTorch, JAX, Dash and Streamlit beside the project)
	@$(REF)/bin/python -m bench

bench-long: $(REF)/.done node_modules/.done browser ## the same, and the page in a real browser, watched runs, the hall
	@$(REF)/bin/python -m bench --long

reference: $(REF)/.done ## make the PyTorch reference values in tests/reference again
	@$(REF)/bin/python tests/reference/make_fixtures.py
	@$(REF)/bin/python tests/reference/make_networks.py
	@$(REF)/bin/python tests/reference/make_weights.py
	@$(REF)/bin/python tests/reference/make_optimisers.py
	@$(REF)/bin/python tests/reference/make_models.py

screenshots: setup browser ## make the pictures in docs/images again
	@$(PY) -m tests.browser.screenshots

models: $(VENV)/.dev ## train the shipped models again from nothing, with progress
	@$(PY) -m tools.models

models-page: $(VENV)/.dev ## write docs/models.md again from the cards of the shipped models
	@$(PY) -m tools.model_page

reference-page: $(VENV)/.dev ## write docs/reference.md again from the engine's tables
	@$(PY) -m tools.reference

gallery: setup browser ## take the pictures in docs/gallery again, each feature in light and dark
	@$(PY) -m tests.browser.gallery

examples: $(VENV)/.dev ## draw the pictures of the gallery's examples again
	@$(PY) -m tools.examples

vendor: node_modules/.done ## copy Plotly and KaTeX from their packages to static/vendor again
	@node tools/vendor.mjs

lock: .venv-lock/.done ## resolve the pinned requirements again from pyproject.toml
	@PATH=.venv-lock/bin:$$PATH sh tools/lock.sh

setup: $(VENV)/.dev node_modules/.done ## what development needs: Python and Node packages

browser: $(VENV)/.dev ## find a Chrome or Chromium, or install the distribution's
	@$(PY) tools/browser.py --install

clean: ## remove what make installed
	rm -rf $(VENV) $(REF) .venv-lock node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What follows is set-up. Each stamp is newer than what it was made from, so a second run costs nothing.

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo 'Unrolled needs Python 3.11 or newer; none was found.' >&2; exit 1; }
	@echo '== Making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo '== Installing what the explorer needs'
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo '== Installing what development and tests need'
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements-dev.txt
	@touch $(VENV)/.run $@

node_modules/.done: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null \
		|| { echo 'Unrolled is checked with Node 20 or newer; none was found.' >&2; exit 1; }
	@echo '== Installing the Node packages that check and feed the page'
	@npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error
	@touch $@

$(REF)/.done: requirements-dev.txt Makefile
	@echo '== Installing PyTorch (CPU), JAX, Dash and Streamlit beside the project, into $(REF)'
	@$(PYTHON) -m venv $(REF)
	@$(REF)/bin/python -m pip install $(PIP_FLAGS) -r requirements-dev.txt
	@$(REF)/bin/python -m pip install -qq --disable-pip-version-check torch==2.13.0 jax==0.10.2 jaxlib==0.10.2 \
		dash==4.4.1 streamlit==1.67.0
	@touch $@

.venv-lock/.done:
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install -qq --disable-pip-version-check uv
	@touch $@
