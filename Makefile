# make run       set up, index DOCS (a file or a folder; the sample unless given) and open the page
# make test      set up and run the tests, one process for each core (at most four: each loads a model)
# make test-all  install what some tests need (Chromium, fonts, LibreOffice; Debian), then run the tests
# make coverage  run the tests and print how much of the code they cover
# make check     format, lint and types: Python, then the scripts and styles of the page (needs Node.js with npm)
# make bench     compare speed and size with txtai and with plain sentence-transformers on the BEIR folder FOLDER
# make torture   run the reliability tests in full, about twenty minutes; their figures go to docs/reliability.md
# make lock      write the versions of a fresh installation to requirements.lock

PYTHON ?= python3
DOCS ?= samples
INDEX ?= .zhangju
PORT ?= 7860
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable

.PHONY: run test test-all coverage bench bench-folder torture check check-python check-page lock clean

run: .venv/.installed
	$(BIN)/zhangju serve "$(DOCS)" --index "$(INDEX)" --port $(PORT) --open

test: .venv/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

coverage: .venv/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --cov --cov-report=term

test-all:
	.ci/install
	$(MAKE) test

bench: bench-folder .venv/.installed .venv-bench/.installed
	$(BIN)/python -m scripts.benchmarks.comparison.compare "$(FOLDER)" --other .venv-bench/bin/python

bench-folder:
	@test -f "$(FOLDER)/corpus.jsonl" || { echo "make bench needs a BEIR folder, which has a corpus.jsonl, and $(or $(FOLDER),nothing) was given: make bench FOLDER=DIR" >&2; exit 2; }

torture: .venv/.installed-dev
	ZHANGJU_TORTURE=1 ZHANGJU_FIGURES=docs/reliability.md $(BIN)/python -m pytest tests/reliability --timeout=7200

check: check-python check-page

check-python: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check-page: node_modules/.installed
	npm run --silent check

# A stamp is older than what it was made from only if an installation is due, so the second time is quick.
.venv/.installed: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; choose one with: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@echo "installing, once: about 1.5 GB, a few minutes"
	$(INSTALL) '.[ocr]'
	$(BIN)/python -c 'from index.models.location import locate; locate(report=print)'
	touch $@

.venv/.installed-dev: .venv/.installed
	$(INSTALL) '.[dev,ocr]'
	touch $@

# txtai has no place among the dependencies; everything that both environments have is of the same version in both.
.venv-bench/.installed: requirements.lock
	$(PYTHON) -m venv .venv-bench
	@echo "installing txtai and what it is compared with, once: about 1.5 GB, a few minutes"
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock txtai==9.14.0 sentence-transformers faiss-cpu torch
	touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "make check needs Node.js 18 or newer with npm for the page's scripts and styles; on Debian: apt-get install nodejs npm" >&2; exit 1; }
	npm ci --silent
	touch $@

# Local parts of versions (2.13.0+cpu) name a build that other machines do not have.
lock:
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,ocr]'
	.venv-lock/bin/python -m pip freeze --exclude zhangju | sed 's/+cpu$$//; /^pip==/d; /^setuptools==/d' > requirements.lock
	rm -rf .venv-lock build

clean:
	rm -rf .venv .venv-lock .venv-bench .zhangju build node_modules *.egg-info
