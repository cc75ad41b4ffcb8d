# Everything below needs only make and a Python of at least 3.11. The environments it makes are .venv and .venvs/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first of these that is new enough makes the environment; `make report PYTHON=/path/to/python3` names one.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# What `make test-all` looks for; `make test-all PYTHONS="3.11 3.14"` looks for fewer.
PYTHONS ?= 3.11 3.12 3.13 3.14 3.13t
PRESET ?= quick
BENCHMARKS ?= startup sample_cost supervision overhead journal_size report_speed verdict_time

VENV := .venv
BIN := $(VENV)/bin
# An older release with a wheel is better than a newer one that must be compiled, as on free-threaded 3.13.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check -qq install --prefer-binary
# Where Python may not keep what it compiles, every worker would compile the package anew, and starting be charged for it.
COMPILE = $(BIN)/python -m compileall -q comparators

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: report
report: $(VENV)/.package ## measure the built-in suite, about 3 minutes on two cores, and print the verdicts
	@$(COMPILE)
	@$(BIN)/comparators run --preset $(PRESET) || [ $$? -eq 1 ]  # 1: some cells failed, which the report explains

.PHONY: test
test: $(VENV)/.development ## run the tests
	@$(BIN)/python -m pytest

.PHONY: check
check: $(VENV)/.development ## check format, style and types, and change nothing
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy

.PHONY: test-all
test-all: $(VENV)/.development ## run the tests under every Python found, each in its own environment
	@$(BIN)/python tests/every_python.py $(PYTHONS)

.PHONY: bench
bench: $(VENV)/.development ## compare with pyperf and with code written by hand: the speed budgets
	@for benchmark in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$benchmark || exit; done

.PHONY: sample
sample: $(VENV)/.package ## measure the report in reports/sample again
	@$(COMPILE)
	@rm -rf reports/sample
	@$(BIN)/comparators run --preset $(PRESET) --output reports/sample || [ $$? -eq 1 ]

.PHONY: clean
clean: ## remove environments and caches, but no report
	@rm -rf $(VENV) .venvs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

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
