# The commands of this project. It needs make and Python 3.11 or newer; everything else is put into .venv, from the lock files.
#
#   make run        start Touchpoint (and set it up first)      make lint      style, strict types, import rules
#   make test       the whole test suite                        make bench     requests per second, beside a bare Bolt app
#   make fast       the three inner rings' tests only           make pictures  take all pictures again, and the gallery
#   make crash      kill it 100 times: is anything lost?        make lock      choose the newest dependencies, and pin them
#   make year       play a year again, and write it down    make rounds    two sign, edit and close at once, 1,000 times

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test fast lint bench crash rounds pictures year lock clean

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3.13 python3.12 python3.11 python3 python
CHROMIUMS := chromium chromium-browser google-chrome
CHROMIUM := $(firstword $(foreach name,$(CHROMIUMS),$(shell command -v $(name) 2>/dev/null)))

# Two stamps, so that a second run starts at once: `run` needs what production needs, all else needs the tools as well.
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

help:
	@sed -n '3,7s/^# \{0,1\}//p' Makefile

run: $(READY)
	@$(BIN)/touchpoint db upgrade
	@exec $(BIN)/touchpoint serve

# Chromium is the one thing that cannot come out of a wheel. Without it the suite still runs, and says what it left out.
test: $(READY_DEV)
ifneq ($(CHROMIUM),)
	@$(BIN)/pytest -n 2 $(PYTEST)
else
	@$(BIN)/pytest -n 2 -m "not browser" $(PYTEST); outcome=$$?; \
	echo; echo "LEFT OUT, because there is no Chromium on this machine:"; \
	$(BIN)/pytest --collect-only -m browser 2>/dev/null | sed -n 's/^tests/  tests/p'; \
	echo "To run them too: apt-get install chromium (Debian, Ubuntu), dnf install chromium (Fedora),"; \
	echo "brew install --cask chromium (macOS), then make test again."; \
	exit $$outcome
endif

fast: $(READY_DEV)
	@$(BIN)/pytest tests/agenda tests/storage tests/bot -m "not postgres" $(PYTEST)

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(READY_DEV)
	@$(BIN)/python -m bench $(BENCH)

crash: $(READY_DEV)
	@$(BIN)/python -W ignore::UserWarning -m crash $(CRASH)

rounds: $(READY_DEV)
	@TOUCHPOINT_ROUNDS=1000 TOUCHPOINT_PATHS=200 $(BIN)/pytest \
		tests/bot/test_decision_rounds.py tests/bot/test_decision_machine.py tests/bot/test_acceptance_machine.py $(PYTEST)

year: $(READY_DEV)
	@$(BIN)/python -m docs.simulate_year

pictures: $(READY_DEV)
	@$(BIN)/python -m docs.take_pictures $(URL)

# --no-emit-index-url: a lock file names packages and hashes, and never where somebody happened to fetch them from.
LOCK = $(VENV)-lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header --quiet
lock: $(VENV)-lock/bin/uv
	$(LOCK) -o requirements.lock
	$(LOCK) --extra dev -o requirements-dev.lock

$(VENV)-lock/bin/uv:
	@$(FIND_PYTHON); "$$python" -m venv --clear $(VENV)-lock
	@$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check uv

$(READY): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Touchpoint needs into $(VENV) (once; about a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing Touchpoint and its tools into $(VENV) (once; about a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(READY)

$(BIN)/python:
	@$(FIND_PYTHON); "$$python" -m venv --clear $(VENV)

# The first Python that is new enough and can make a virtual environment; says which of the two is missing where none is.
# A name on the PATH is not enough: version managers put names there that only explain that the version is not installed.
define FIND_PYTHON
python=; bare=; \
for name in $(PYTHONS); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	if "$$name" -c 'import ensurepip, venv' 2>/dev/null; then python=$$name; break; fi; \
	bare=$${bare:-$$name}; \
done; \
if [ -z "$$python" ] && [ -n "$$bare" ]; then \
	echo "$$bare cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv, then try again." >&2; exit 1; \
fi; \
if [ -z "$$python" ]; then \
	echo "Touchpoint needs Python 3.11 or newer, and none was found (looked for: $(PYTHONS))." >&2; \
	echo "Debian 12, Ubuntu 24.04 and newer: apt-get install python3 python3-venv. Others: https://www.python.org/downloads/" >&2; exit 1; \
fi
endef

clean:
	rm -rf $(VENV) $(VENV)-lock build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
