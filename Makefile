# Each target does its own set-up. You need Python, pip and make only.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

# Tests start a hundred processes: what one of them compiles is kept for the others.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test test-thorough test-fast test-wheel test-lowest lint examples events lock audit promises snapshots pools coverage compat fuzz mutants docs bench collections dist clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)-demo/.ready ## Show a payload, an invalid one, and the probe of a receiver that has one bug.
	@$(VENV)-demo/bin/python examples/demo/demo.py

# Only what `pip install kombo-fakes` installs. Python compiles a module when it is first imported.
$(VENV)-demo/.ready: pyproject.toml locked/package.txt
	@echo "Installing kombo-fakes and what it needs into $(VENV)-demo"
	@$(PYTHON) -m venv $(VENV)-demo
	@$(VENV)-demo/bin/python -m pip install --no-compile --disable-pip-version-check \
		--require-hashes -r locked/package.txt 2>&1 \
		| sed -nE "s/^(Collecting [^ ]+).*/  \1/p; s/^(Installing|Successfully|ERROR)/  \1/p" | cut -c 1-79
	@$(VENV)-demo/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test: $(READY) ## Run all tests, also the slow ones that build wheels and draw thousands of payloads.
	$(BIN)/python -m pytest -n auto --dist worksteal

test-thorough: $(READY) ## Run all tests with all examples of each property. The other targets draw a third of them.
	$(BIN)/python -m pytest -n auto --dist worksteal --hypothesis-profile=thorough

test-fast: $(READY) ## Run the fast tests.
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

# The tests import the installed wheel, as a user does, because no source is beside them.
test-wheel: $(VENV)-wheel/.ready ## Run the fast tests against an installed wheel, with the source removed.
	rm -rf build/wheel && mkdir -p build/wheel/tree
	$(VENV)-wheel/bin/python -m build -q --wheel --outdir build/wheel .
	$(VENV)-wheel/bin/python -m pip install -q --force-reinstall --no-deps build/wheel/*.whl
	git ls-files -z | grep -zv '^kombo_fakes/' | xargs -0 cp --parents -t build/wheel/tree
	cd build/wheel/tree && "$(abspath $(VENV)-wheel)/bin/python" -m pytest -n auto --dist worksteal -m "not slow" tests

$(VENV)-wheel/.ready: pyproject.toml locked/test.txt
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/python -m pip install -q --require-hashes -r locked/test.txt
	@touch $@

# Coverage starts pytest, because pytest imports our plugin before it could start coverage.
test-lowest: ## Run the fast tests with the oldest versions that pyproject.toml allows, and measure coverage.
	$(PYTHON) -m venv --clear $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install -q --upgrade pip
	$(VENV)-lowest/bin/python -m pip install -q -e . --group test -c tests/lowest.txt
	$(VENV)-lowest/bin/python -m coverage erase
	$(VENV)-lowest/bin/python -m coverage run -m pytest -n auto --dist worksteal -m "not slow" -p no:cacheprovider
	$(VENV)-lowest/bin/python -m coverage combine -q
	$(VENV)-lowest/bin/python -m coverage report

# Coverage starts pytest, because pytest imports our plugin before it could start coverage.
coverage: $(READY) ## Measure the branch coverage of the fast tests.
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n auto --dist worksteal -m "not slow" -p no:cacheprovider
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

compat: ## Test the plugin with other versions of pytest and beside other plugins. noxfile.py lists them.
	$(PYTHON) -m venv $(VENV)-compat
	$(VENV)-compat/bin/python -m pip install -q --upgrade pip
	$(VENV)-compat/bin/python -m pip install -q --group compat
	$(VENV)-compat/bin/python -m nox -s compat --envdir $(VENV)-compat/nox

SECONDS = 60
fuzz: $(TOOLS) ## Search with Atheris for input that crashes a parser; SECONDS=60 sets the time for each parser.
	$(BIN)/python -m fuzz --seconds $(SECONDS)

MODULES =
mutants: $(TOOLS) ## Make small changes to core modules, and list those that no test notices; MODULES="pointer sites" selects modules.
	rm -rf mutants
	$(BIN)/python -m mutation $(MODULES)

docs: $(TOOLS) ## Build the documentation into build/site. A warning is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

lint: $(READY) ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# Every public name needs a type. Pyright finds the packages through the Python on the path.
	@output=$$(PATH="$(abspath $(BIN)):$$PATH" PYTHONPATH="$(CURDIR)" PYRIGHT_PYTHON_IGNORE_WARNINGS=1 \
		$(BIN)/pyright --verifytypes kombo_fakes --ignoreexternal) || { echo "$$output"; exit 1; }

# A command that fails leaves the old examples as they are.
examples: $(READY) ## Write examples/valid, examples/invalid and examples/events again.
	rm -rf build/examples && mkdir -p build/examples/events examples
	$(BIN)/kombo-fakes generate -n 10 --out build/examples/valid/
	$(BIN)/kombo-fakes generate --values corners --out build/examples/valid/
	$(BIN)/kombo-fakes generate --fault '*' --out build/examples/invalid/
	for event in $$($(BIN)/kombo-fakes events | cut -f1 | tail -n +2); do \
		file=build/examples/events/$$(echo $$event | tr : .); \
		$(BIN)/kombo-fakes generate --event $$event -n 5 --out $$file-valid.ndjson || exit 1; \
		$(BIN)/kombo-fakes generate --event $$event --fault '*' --out $$file-invalid.ndjson || exit 1; \
	done
	rm -rf examples/valid examples/invalid examples/events
	mv build/examples/* examples/

events: $(READY) ## Write kombo_fakes/types.py and __init__.pyi again after you change a schema or an event.
	$(BIN)/python -m codegen

lock: ## Update the lock files to the newest versions, with hashes.
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install -q uv
	$(VENV)-lock/bin/uv pip compile -q pyproject.toml --group build --universal --python-version 3.10 \
		--upgrade --generate-hashes --no-header --no-annotate -o locked/package.txt
	for group in test docs mutation fuzz; do $(VENV)-lock/bin/uv pip compile -q pyproject.toml --group build --group $$group --universal --python-version 3.10 \
		--upgrade --generate-hashes --no-header --no-annotate -o locked/$$group.txt || exit 1; done

audit: ## Check the locked packages for known vulnerabilities. Needs the network.
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install -q pip-audit
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --require-hashes $(patsubst %,-r %,$(wildcard locked/*.txt))

promises: $(READY) ## Record the public names and bytes that users rely on. Fails if the changelog does not name what was removed.
	$(BIN)/python tests/support/promises.py

snapshots: $(READY) ## Update the sentences that tests expect to those of the library.
	$(BIN)/python -m pytest -q -n 0 -p no:randomly -m "not slow" --inline-snapshot=fix,create || true
	git diff --stat -- tests

pools: $(READY) ## Draw the pools of names from Faker again. This changes the bytes of every seed.
	$(BIN)/python -m kombo_fakes.webhooks.pools

bench: ## Compare the speed with that of similar projects, each in its own environment. Takes some minutes.
	$(PYTHON) -m benchmarks --write

collections: ## Measure what is made of real schemas, beside similar projects. Takes an hour.
	$(PYTHON) -m benchmarks.collections --peers --write

pictures: $(READY) ## Draw the pictures of the docs again. Needs chromium and chromium-driver.
	$(BIN)/python docs/images/draw_report.py

dist: $(READY) ## Build the wheel and the source distribution.
	$(BIN)/python -m build

clean: ## Remove everything that the other targets make.
	rm -rf $(VENV) $(VENV)-demo $(VENV)-wheel $(VENV)-lowest $(VENV)-compat $(VENV)-lock $(VENV)-audit mutants .benchmarks build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# The lock files have hashes, so every run gets the same packages, and nobody can replace one.
# `make compat` uses the newest versions, and `make test-lowest` the oldest.
$(READY): pyproject.toml locked/test.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r locked/test.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The locks agree on the packages that they share.
$(TOOLS): $(READY) locked/docs.txt locked/mutation.txt locked/fuzz.txt
	$(BIN)/python -m pip install -q --require-hashes -r locked/docs.txt -r locked/mutation.txt -r locked/fuzz.txt
	@touch $@
