# Heed: `make run` starts the whole house with a demonstration trust, `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help run test bench screenshots clean
SHELL := /bin/sh

VENV   := .venv
PYTHON := $(VENV)/bin/python
# The stamp says which lock file the environment was made from: a second start compares two times and goes on.
READY  := $(VENV)/heed-ready
# Two at a time: each has servers of its own, and most of a test's time goes by in waiting for them.
PYTEST_ARGS ?= -n 2

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) ## start the whole house; Ctrl-C stops it, the data stays in .heed
	@exec $(PYTHON) -m deploy.cli up

test: $(READY) ## ruff, mypy, the import rules, then every test against real servers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m pytest $(PYTEST_ARGS)

bench: $(READY) ## how fast a concern becomes a mail, beside a bare skeleton (docs/performance.md)
	@$(PYTHON) -m bench.run

screenshots: $(READY) ## every page of the demonstration as a picture, into docs/screenshots
	@$(PYTHON) -m deploy.screenshots

clean: ## remove the environment (never the data folder)
	rm -rf $(VENV)

$(READY): requirements.lock pyproject.toml deploy/make-environment
	@sh deploy/make-environment $(VENV)
	@touch $@
