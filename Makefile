# meguri: `make demo` runs the main job, `make test` proves it. Both set up what they need first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.PHONY: setup demo demo-table test check crash crash-quick fuzz fuzz-quick docs clean help

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## Install meguri and its tools into .venv

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -c constraints.txt torch
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev,docs]'
	@touch $@

demo: setup  ## Run the polypropylene campaign with its virtual laboratory and write its report into demo/
	$(BIN)/python -m campaigns.polypropylene demo

demo-table: setup  ## Run a campaign over a computed table of compounds into demo-table/
	$(BIN)/python -m campaigns.compound demo-table

test: setup  ## Run every test but those that kill, stop and starve (make crash-quick)
	$(BIN)/python -m pytest -n $(JOBS) --ignore=tests/crash

check: setup  ## Look at form, types and structure
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/house

crash: setup  ## Kill campaigns at every crash point and 200 times at random on each database; write docs/crash-log.txt
	$(BIN)/python -m tests.crash --kills 200 --jobs $(JOBS) --log docs/crash-log.txt

crash-quick: setup  ## Kill, stop and starve: every crash point, 25 random kills on each database, and tests/crash; no log
	$(BIN)/python -m pytest -n $(JOBS) tests/crash
	$(BIN)/python -m tests.crash --kills 25 --jobs $(JOBS)

fuzz: setup  ## Throw 10,000 mutated files at each reader of instruments' files
	$(BIN)/python benchmarks/ingest/fuzz.py --n 10000 --seed 1

fuzz-quick: setup  ## The same with 300 files for each reader
	$(BIN)/python benchmarks/ingest/fuzz.py --n 300 --seed 2

docs: setup  ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

clean:  ## Remove what was made, but not .venv
	rm -rf demo demo-table docs/_build docs/reference/generated .mypy_cache .ruff_cache .pytest_cache
