# Everything below needs only make and a Python of at least 3.11. The environments it makes are .venv and .venvs/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first of these that is new enough makes the environment; `make report PYTHON=/path/to/python3` names one.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# What `make test-all` looks for; `make test-all PYTHONS="3.11 3.14"` looks for fewer.
PYTHONS ?= 3.11 3.12 3.13 3.14 3.15 3.13t 3.14t
PRESET ?= quick
BENCHMARKS ?= startup sample_cost supervision overhead journal_size report_speed verdict_time time_to_answer

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# An older release with a wheel is better than a newer one that must be compiled, as on free-threaded 3.13.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check -qq install --prefer-binary
# Where Python may not keep what it compiles, every worker would compile the package anew, and starting be charged for it.
COMPILE = $(BIN)/python -m compileall -q comparators

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: report
report: $(VENV)/.package ## measure the built-in suite, about a minute on two cores, and print the answer
	@$(COMPILE)
	@$(BIN)/comparators run --preset $(PRESET) || [ $$? -eq 1 ]  # 1: some cells failed, which the report explains

.PHONY: test-fast
test-fast: $(VENV)/.development ## run the tests that start no process, less than a minute
	@$(PYTEST) -q -n auto -m "not slow and not processes and not thorough"

.PHONY: test
test: $(VENV)/.development ## run the tests, but for the slow ones
	@$(PYTEST) -q -n auto -m "not slow"

.PHONY: test-slow
test-slow: $(VENV)/.development ## run the slow tests: faults, random kills, whole runs
	@$(PYTEST) -m slow

.PHONY: test-all
test-all: $(VENV)/.development ## run all tests under every Python found, each in its own environment
	@$(BIN)/python tests/every_python.py $(PYTHONS)

.PHONY: coverage
coverage: $(VENV)/.development ## run the tests of `make test` and print what they cover, branches included
	@$(PYTEST) -q -n auto -m "not slow" --cov --cov-report=term

.PHONY: check
check: $(VENV)/.development ## check format, style, types and generated pages, and change nothing
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/python -m tests.generated_pages --check

.PHONY: format
format: $(VENV)/.development ## put format and generated pages right
	@$(BIN)/ruff format -q
	@$(BIN)/ruff check -q --fix
	@$(BIN)/python -m tests.generated_pages

.PHONY: docs
docs: $(VENV)/.development ## build the documentation into site/, and fail at a link that leads nowhere
	@$(BIN)/python -m mkdocs build --strict --quiet

.PHONY: bench
bench: $(VENV)/.development ## compare with pyperf and with code written by hand: the speed budgets
	@for benchmark in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$benchmark || exit; done

.PHONY: sample
sample: $(VENV)/.package ## measure the report in reports/sample again
	@$(COMPILE)
	@rm -rf reports/sample
	@$(BIN)/comparators run --preset $(PRESET) --output reports/sample || [ $$? -eq 1 ]

.PHONY: clean
clean: ## remove environments, caches and the built documentation, but no report
	@rm -rf $(VENV) .venvs dist site .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

# An environment is complete when its last file is there: what was interrupted is done again.
$(VENV)/.package: pyproject.toml | $(VENV)/.created
	@echo "installing comparators into $(VENV)"
	@$(INSTALL) 'pip>=25.1'
	@$(INSTALL) --editable '.[trio]'
	@touch $@

$(VENV)/.development: $(VENV)/.package
	@echo "installing the development tools into $(VENV)"
	@$(INSTALL) --group dev
	@touch $@

$(VENV)/.created:
	@for python in $(PYTHON); do \
	  if "$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "making the environment $(VENV) with $$python"; \
	    "$$python" -m venv --clear $(VENV) && touch $@ && exit; \
	  fi; \
	done; \
	echo "error: no Python of at least 3.11 that can make environments among: $(PYTHON)" >&2; \
	echo "tip: name one: make report PYTHON=/path/to/python3 (on Debian it needs the package python3-venv)" >&2; \
	exit 1
