# A fresh clone needs Python 3.11 or later and make; everything else is installed into .venv.
PYTHON ?= python3.11
EXTRAS ?= excel,plot,test
BIN := .venv/bin
STAMP := .venv/.installed
NOTEBOOKS = $(wildcard examples/*.ipynb examples/*/*.ipynb)

.PHONY: .venv bench-env bench-smoke demo test test-long lint format clean
.DEFAULT_GOAL := test

.venv: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(EXTRAS)]"
	touch $(STAMP)

# The plan of a real city: solved, audited, written to build/demo.
demo: $(STAMP)
	$(BIN)/yjopt --version
	@if test -d examples/qingyuan; then \
	    mkdir -p build && $(BIN)/yjopt solve examples/qingyuan -o build/demo --time-limit 45; \
	else \
	    echo "examples/qingyuan is not there yet: nothing to solve."; \
	fi

# Everything a change must pass: style, types, notebooks from top to bottom, quick tests; in so many processes.
# The notebooks, each as long as a hundred tests, come first: last, one process would wait for the other.
TEST_PROCESSES ?= 2

test: $(STAMP) lint
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) -m "not long and not alone" --nbmake --nbmake-timeout=300 $(NOTEBOOKS) tests
	$(BIN)/python -m pytest -m "alone and not long" tests

# Only what is too long for every change.
test-long: $(STAMP)
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n $(TEST_PROCESSES) -m "long and not alone" tests
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m "long and alone" tests

# Solvers and modelling packages to measure against; some cannot share an environment with the package's own solver.
bench-env: .venv-bench/.installed

.venv-bench/.installed: pyproject.toml
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -e ".[bench]"
	touch $@

# Every benchmark once, tiny, and the page made of that; peers that are not installed are told.
bench-smoke: $(STAMP)
	$(BIN)/python -m benchmarks smoke -o build/bench-smoke/results
	$(BIN)/python -m benchmarks report --results build/bench-smoke/results --page build/bench-smoke/benchmarks.md

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv .venv-bench build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
