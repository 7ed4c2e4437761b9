# Every target works in a fresh clone: it sets up what it needs first. The work is done by small scripts.
SHELL := /bin/bash
BIN := .venv/bin
PACKAGES := feedback crawlers nlp index api config demo cli
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-full lint format docs bench lock clean

help:            ## show this
	@sed -n 's/^\([a-z-]*\): *[^#]*## \(.*\)/make \1	\2/p' Makefile | expand -t 20

setup:           ## environment with everything for development
	@scripts/setup dev

demo:            ## crawl the demo store, tag, index, print what was found
	@scripts/setup base
	@$(BIN)/huisheng demo

serve:           ## the service on http://127.0.0.1:8000 until Ctrl-C
	@scripts/setup base
	@$(BIN)/huisheng demo --serve

test: setup      ## fast tests, in parallel
	@$(BIN)/python -m pytest -n auto -m "not full"

test-full: setup ## every suite
	@$(BIN)/python -m pytest -n auto

lint: setup      ## format, lint, types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy $(PACKAGES)

format: setup    ## format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: setup      ## write the generated pages again
	@$(BIN)/python -m config.reference > docs/configuration.md

bench: setup     ## print the tables of docs/benchmarks.md (minutes); DATA=folder of review files
	@for script in benchmarks/*.py; do $(BIN)/python $$script $(DATA) || exit 1; done

lock:            ## write constraints.txt anew with the newest versions
	@scripts/lock

clean:           ## remove the environment and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
