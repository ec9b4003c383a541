# Needs Python 3.11 or newer and make; everything else is fetched into .venv. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PORTAL_PORT ?= 8000
SANDBOX_PORT ?= 8100
# Compiled modules are kept, whatever the environment says: the demo and the tests start dozens of programs, and each of
# them would compile the whole portal anew.
unexport PYTHONDONTWRITEBYTECODE
# Extra arguments for pytest: make test ARGS="-k scope"
ARGS ?=

PO_FILES := $(wildcard portal/locale/*/LC_MESSAGES/*.po)
CHECKS := var/check
AS_IN_PRODUCTION := PORTAL_ENV_FILE=$(CHECKS)/env PORTAL_VAR=$(CHECKS) PORTAL_STATIC=$(CHECKS)/static

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set-up: each step leaves a stamp, so that a second run is quick -------------------------------------------------

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make setup PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the virtual environment $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The module venv does not work here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.base: requirements/base.txt | $(VENV)/pyvenv.cfg
	@echo "Installing what the portal needs (requirements/base.txt)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.base
	@echo "Installing what the tests and checks need (requirements/dev.txt)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt | $(VENV)/.dev
	@echo "Installing the peers that make bench measures (requirements/bench.txt)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# Adds only what is missing: a file of an earlier version may lack a key.
.env: $(VENV)/.base
	@$(BIN)/python -m portal.vault.env_file .env
	@touch .env
	@echo ".env has its keys. Keep it out of backups of the data; .env.example explains every name."

$(VENV)/.messages: $(PO_FILES) | $(VENV)/.base .env
	@$(MANAGE) messages --compile
	@touch $@

.PHONY: setup
setup: $(VENV)/.base .env $(VENV)/.messages ## Prepare this machine: packages, .env, translations, static files, database
	@mkdir -p -m 700 var
	@$(MANAGE) collectstatic --no-input --verbosity 0
	@$(MANAGE) migrate --verbosity 0
	@echo "Ready. Next: make demo, or see README.md for the real Nmbrs."

# --- running ---------------------------------------------------------------------------------------------------------

# One plain command per recipe: make then starts the program itself, and a signal to make reaches it.
.PHONY: demo
demo: export PORTAL_PORT := $(PORTAL_PORT)
demo: export SANDBOX_PORT := $(SANDBOX_PORT)
demo: $(VENV)/.base ## Try the portal with an embedded Nmbrs on http://localhost:8000; Ctrl-C stops it
	@$(BIN)/python -m portal.demo

.PHONY: run
run: export PORTAL_HTTPS := no
run: setup ## Serve the portal with the settings of .env on this machine only, without https
	@$(BIN)/gunicorn portal.wsgi --bind 127.0.0.1:$(PORTAL_PORT) --workers 2 --threads 4 --no-control-socket

.PHONY: worker
worker: $(VENV)/.base .env ## Run the worker that brings the mirror up to date
	@$(MANAGE) qcluster

# --- checks and tests ------------------------------------------------------------------------------------------------

.PHONY: check
check: $(VENV)/.dev ## Style, types, layers, unsafe code, templates, migrations, production settings, static files, translations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@mkdir -p var
	$(BIN)/bandit --quiet --recursive --severity-level medium portal 2>var/bandit.log || { cat var/bandit.log; exit 1; }
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet
	@rm -rf $(CHECKS) && mkdir -p -m 700 $(CHECKS)
	@$(BIN)/python -m portal.vault.env_file $(CHECKS)/env
	$(AS_IN_PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(AS_IN_PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	$(AS_IN_PRODUCTION) $(MANAGE) collectstatic --no-input --verbosity 0
	$(AS_IN_PRODUCTION) $(MANAGE) messages --check

.PHONY: test
test: $(VENV)/.dev $(VENV)/.messages ## All checks and tests: SQLite, browser, and PostgreSQL where a server answers
	@$(BIN)/python -m tests.lanes --check $(ARGS)

.PHONY: test-long
test-long: $(VENV)/.dev $(VENV)/.messages ## The tests that take minutes
	@$(BIN)/python -m tests.lanes --long $(ARGS)

.PHONY: bench
bench: $(VENV)/.bench $(VENV)/.messages ## Measure the portal beside its peers; one part: make bench ARGS=as_of
	@$(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/.dev $(VENV)/.messages ## Take pictures of the main pages of a demo, and of every component, into docs/screenshots
	@$(BIN)/python -m tests.screenshots $(ARGS)

# --- upkeep ----------------------------------------------------------------------------------------------------------

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

.PHONY: requirements
requirements: $(VENV)/.dev ## Compile requirements/*.in to pinned versions with hashes
	$(COMPILE) requirements/base.in --output-file requirements/base.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/bench.in --output-file requirements/bench.txt

.PHONY: audit-dependencies
audit-dependencies: $(VENV)/.dev ## Ask whether a library of the portal has a known hole
	@$(BIN)/python -m tests.security.dependencies

.PHONY: sbom
sbom: $(VENV)/.dev ## Write the list of libraries of this release to var/sbom.json
	@mkdir -p var
	@$(BIN)/python -m tests.security.dependencies --bill var/sbom.json

.PHONY: messages
messages: $(VENV)/.dev .env ## Collect the texts to translate and compile the translations
	$(MANAGE) messages --extract
	$(MANAGE) messages --compile

.PHONY: clean
clean: ## Remove the virtual environment, caches, static files and the demo; keeps .env and the portal's own data
	rm -rf $(VENV) staticfiles var/demo var/check .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find portal tests -name __pycache__ -type d -prune -exec rm -rf {} +
