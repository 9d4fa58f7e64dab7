# Each target does all of its set-up: Python, pip and make are enough.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-fast test-lowest lint examples pools coverage dist clean

demo: $(READY) ## Print a realistic payload, then one that is wrong in one known way.
	@$(BIN)/kombo-fakes generate
	@$(BIN)/kombo-fakes generate --fault data.state-enum-lowercase --format ndjson

test: $(READY) ## Run every test: the fast ones and those that build wheels and draw thousands.
	$(BIN)/python -m pytest

test-fast: $(READY) ## Run the tests that take seconds.
	$(BIN)/python -m pytest -m "not slow"

test-lowest: ## Run the tests on the oldest versions that pyproject.toml claims.
	$(PYTHON) -m venv --clear $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install -q --upgrade pip
	$(VENV)-lowest/bin/python -m pip install -q -e . --group test -c tests/lowest.txt
	$(VENV)-lowest/bin/python -m pytest

coverage: $(READY) ## Measure branch coverage, the plugin included, which is imported first of all.
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -p no:cacheprovider
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

lint: $(READY) ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

examples: $(READY) ## Make examples/valid and examples/invalid again.
	rm -rf examples/valid examples/invalid
	$(BIN)/kombo-fakes generate -n 10 --out examples/valid/
	$(BIN)/kombo-fakes generate --values corners --out examples/valid/
	$(BIN)/kombo-fakes generate --fault '*' --out examples/invalid/

pools: $(READY) ## Draw the pools of names from Faker again; this changes the bytes of every seed.
	$(BIN)/python -m kombo_fakes.pools

dist: $(READY) ## Build the wheel and the source distribution.
	$(BIN)/python -m build

clean: ## Remove what the other targets have made.
	rm -rf $(VENV) $(VENV)-lowest build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -e . --group test
	@touch $@
