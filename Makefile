# Baton. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
BATON_STACK ?= local
export BATON_STACK
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
WEB := services/reporting/web
PARSER := tests/contracts/asyncapi
WEB_SOURCES := $(shell [ ! -d $(WEB) ] || find $(WEB) \( -name node_modules -o -name static \) -prune -o \
	\( -name '*.scss' -o -name '*.js' -o -name '*.mjs' -o -name '*.ts' \) -print)

##@ Use
.PHONY: help
help: ## What can be made
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: set-up assets ## Everything from a fresh clone, with a demo trust (ARGS=--exit stops it at the end)
	@$(BIN)/baton demo $(ARGS)

.PHONY: up
up: set-up assets ## Start the local stack and the four services
	@$(BIN)/baton up $(ARGS)

.PHONY: down
down: set-up ## Stop what `up` or `demo` started (ARGS=--wipe also removes var/)
	@$(BIN)/baton down $(ARGS)

##@ Develop
.PHONY: check
check: set-up $(PARSER)/node_modules/.installed ## The fast part: format, lint, types, import contracts, unit and contract tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pytest -q $(wildcard tests/unit tests/contracts) $(ARGS)

.PHONY: test
test: side-by-side ## The whole suite on real Postgres and Kafka (BATON_STACK=local|docker|external, ARGS="-k word")
	@for program in chromium kcat; do command -v $$program > /dev/null || \
		echo "No $$program on PATH: some tests need it (Debian: apt-get install $$program)."; done
	@echo "Testing with BATON_STACK=$(BATON_STACK)"
	@$(BIN)/pytest -n $(WORKERS) --no-loadscope-reorder $(ARGS)

.PHONY: test-docker
test-docker: set-up ## The images and the stack in containers, each killed in turn (needs Docker)
	@$(BIN)/pytest -m docker tests/docker $(ARGS)

.PHONY: faults
faults: set-up ## Every fault in full on three seeds, with pictures (ARGS="--row A1 --seed 7", --short, --drill)
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: fuzz
fuzz: set-up ## New examples of bad input for both doors, minute after minute (ARGS="--minutes 10 --seed 7")
	@$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: bench
bench: set-up ## How fast it is, against a peer and the bare driver (ARGS="--only appending", ARGS=--record)
	@$(BIN)/baton bench $(ARGS)

.PHONY: pictures
pictures: set-up ## The pictures of docs/pages.md, from the demo, which is up
	@$(BIN)/python -m tests.browser.pictures

.PHONY: contracts
contracts: set-up ## The kept schemas, the catalogue of events and the list of refusals, made from the code
	@$(BIN)/baton schema export docs/schemas
	@$(BIN)/baton schema catalogue

.PHONY: fmt
fmt: set-up ## Format, and fix what ruff can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

##@ Build
.PHONY: set-up
set-up: .venv/.built ## Python's virtual environment (built once, again when the lock changes)

.PHONY: side-by-side
side-by-side: # what the whole suite needs: Python's and Node's packages do not wait for each other
	@$(MAKE) --silent --jobs=3 set-up assets $(PARSER)/node_modules/.installed

.PHONY: assets
assets: $(if $(wildcard $(WEB)/package.json),$(WEB)/node_modules/.built) ## The dashboard's styles and scripts, when it has any

COMPILE := var/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet

.PHONY: lock
lock: ## Resolve pyproject.toml into requirements.lock, and the images' part of it (ARGS=--upgrade for newer versions)
	@[ -x var/uv/bin/uv ] || { $(PYTHON) -m venv var/uv; var/uv/bin/pip install -q uv==$(UV_VERSION); }
	@$(COMPILE) --all-extras --output-file requirements.lock $(ARGS)
	@$(COMPILE) --constraint requirements.lock --output-file deploy/docker/services.lock
	@$(COMPILE) --constraint requirements.lock --extra operators --output-file deploy/docker/operators.lock
	@grep -c == requirements.lock deploy/docker/*.lock

.venv/.built: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Baton needs Python 3.11 or newer")'
	@echo "Setting up .venv: 1/3 the environment"
	@$(PYTHON) -m venv .venv
	@echo "Setting up .venv: 2/3 $$(grep -c == requirements.lock) locked packages (about a minute the first time)"
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@echo "Setting up .venv: 3/3 baton"
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	@echo "Setting up the web's packages"
	@cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error > /dev/null && mkdir -p node_modules
	@touch $@

$(PARSER)/node_modules/.installed: $(PARSER)/package.json $(PARSER)/package-lock.json
	@echo "Setting up AsyncAPI's own parser"
	@cd $(PARSER) && npm ci --no-audit --no-fund --loglevel=error > /dev/null
	@touch $@

$(WEB)/node_modules/.built: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	@echo "Compiling the web's assets"
	@cd $(WEB) && npm run --silent build
	@touch $@
