# `make demo` makes the environment and runs the main job; `make test` makes it and runs all tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test lint format catalogues lock

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12 install")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "Compiling what computes reasons, for this machine: about half a minute."
	$(BIN)/python -c 'from models.trees.compiled import kernels; kernels()'
	touch $@

demo: install
	$(BIN)/triage demo demo

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Brings every locale/<language>/LC_MESSAGES/plumbline.po in line with the texts in the code.
TEXTS := build/plumbline.pot
catalogues: install
	mkdir -p $(dir $(TEXTS))
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --sort-output \
		--output-file $(TEXTS) cases features ledger models policies training evaluation serving cli
	$(BIN)/pybabel --quiet update --input-file $(TEXTS) --output-dir locale --domain plumbline \
		--ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date --width 100

# Remakes the lock after a change of the dependencies; needs uv on the PATH.
lock:
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock
