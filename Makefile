# `make` alone prints this list. Everything goes through .venv, which `make setup` makes.
PYTHON_IN_VENV := .venv/bin/python
BACKBEAT := $(PYTHON_IN_VENV) -m devstack
.DEFAULT_GOAL := help
.PHONY: help setup venv up down reset status demo example browser test check fmt lint types-check baseline migration types docs bench crash test-pg17

help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Install the Python and npm packages, once for each lock file
	@devstack/setup.sh

venv: ## Install the Python packages alone
	@devstack/setup.sh python

up: setup ## Start the whole backend and stay; DETACH=1 returns once it is healthy
	@$(BACKBEAT) up $(if $(filter 1 yes true,$(DETACH)),--detach)

down: setup ## Stop the backend
	@$(BACKBEAT) down

reset: setup ## Start the data afresh
	@$(BACKBEAT) reset

status: setup ## Show each part
	@$(BACKBEAT) status

demo: setup ## Watch a community live through the API, as real clients
	@$(BACKBEAT) demo

example: setup ## Serve a page of examples/ for the running backend: make example name=moderation
	@$(PYTHON_IN_VENV) -m devstack.example $(name)

browser: setup ## Install what the browser tests need: Chromium and the examples' packages
	@$(PYTHON_IN_VENV) -m devstack.install examples tests/browser

test: setup browser ## Run every test, on every core; ARGS="-k feed" chooses
	@$(PYTHON_IN_VENV) -m pytest --numprocesses auto --dist loadfile $(ARGS)

check: venv ## What CI runs: format, lint, types, laws, tests, advisors
	@$(BACKBEAT) check

fmt: setup ## Format the Python code
	@$(PYTHON_IN_VENV) -m ruff check --fix-only --quiet .
	@$(PYTHON_IN_VENV) -m ruff format .

lint: setup ## Lint the Python code
	@$(PYTHON_IN_VENV) -m ruff check .

types-check: setup ## Type-check the Python code
	@$(PYTHON_IN_VENV) -m mypy

baseline: setup ## Write the baseline migration from sql/
	@$(BACKBEAT) baseline

migration: setup ## Draft the migration to what sql/ says: make migration name=add_genres
	@$(BACKBEAT) migration "$(or $(name),$(error say which: make migration name=add_genres))"

types: setup ## Generate the TypeScript and pydantic types of the API
	@$(BACKBEAT) types

docs: setup ## Generate docs/errors.md, docs/api/ and docs/deploy-commands.md
	@$(PYTHON_IN_VENV) -m devstack.docs

bench: setup ## Measure what the database costs, as ratios
	@$(PYTHON_IN_VENV) -m bench

crash: setup ## Trade 1000 orders and kill the database on the way; CRASH_SEED=n repeats one run
	@CRASH_ORDERS=$(or $(CRASH_ORDERS),1000) CRASH_KILLS=$(or $(CRASH_KILLS),8) CRASH_SEED=$(CRASH_SEED) \
	  $(PYTHON_IN_VENV) -m pytest -s tests/crash $(ARGS)

test-pg17: setup ## Run the database tests on PostgreSQL 17, as hosted
	@$(PYTHON_IN_VENV) -m devstack.pg17
