# Needs Python (with venv), make and git. All else goes into .venv and .tox in this folder.

PYTHON ?= python3
PYTHON_NEEDED := 3.11

VENV := .venv
TOX := $(VENV)/bin/tox

.DEFAULT_GOAL := help
.PHONY: help demo test test-all bench clean

help:
	@echo 'make demo      run the main job: two programs whose logs join into one tree'
	@echo 'make test      lint, types, the suite with coverage, and the docs, on this Python'
	@echo 'make test-all  the same on every Python that is supported and found here, and more'
	@echo 'make bench     measure how fast it is'
	@echo 'make clean     remove what these have made'
	@echo
	@echo 'PYTHON=python3.13 (and the like) says which Python to use; now it is $(PYTHON).'
	@echo '$(TOX) list shows the single steps; the first of the above makes it.'

demo: $(TOX)
	@$(TOX) run -q -e demo

# What fails is printed whole; of the rest, what was covered.
test: $(TOX)
	$(TOX) run-parallel -m test

# pyenv shows but one Python at a time: the others are added behind what PATH names already.
test-all: $(TOX)
	PATH="$$PATH$$(printf ':%s' "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin)" $(TOX) run

bench: $(TOX)
	$(TOX) run -e bench

clean:
	rm -rf $(VENV) .tox build dist eliot.egg-info docs/_build
	rm -rf demo-logs .hypothesis .mypy_cache .pytest_cache .ruff_cache _trial_temp*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(TOX): Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < tuple(map(int, "$(PYTHON_NEEDED)".split("."))))' || { \
	    echo 'Python $(PYTHON_NEEDED) or newer is needed, and "$(PYTHON)" is not: name another with PYTHON=...' >&2; \
	    exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'tox>=4.40,<5'
	@touch $@
