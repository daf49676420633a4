# `make demo` plans a region; `make test` checks everything. Both set up what they need, once.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
# as many test processes as there are cores, up to four
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	if [ "$$n" -gt 4 ]; then echo 4; else echo "$$n"; fi)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    plan Zeeland, save the plan in runs/demo and verify it"
	@echo "make test    check style and types, and run all tests"
	@echo "make clean   remove what the two above have made"

demo: $(VENV)/ready
	$(BIN)/coverage-opt solve zeeland --policy modular --time-limit 10m --overwrite --out runs/demo
	$(BIN)/coverage-opt verify runs/demo

# Every check runs, so that all that is wrong is said at once; the tests' own summary comes last.
# Without a browser the tests of the report in one are skipped, which pytest says with how to get
# it; where CI=true they fail.
test: $(VENV)/ready-to-test
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || echo \
		"There is no chromium to test the report in: as root, apt-get update && apt-get install chromium" >&2
	@failed=0; \
	$(BIN)/ruff check || failed=1; \
	$(BIN)/ruff format --check || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/pytest -n $(WORKERS) --dist worksteal || failed=1; \
	exit $$failed

clean:
	rm -rf $(VENV) runs/demo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests derivation benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		f"Python 3.11 or newer is needed, not {sys.version.split()[0]}: make PYTHON=... demo")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/ready: pyproject.toml | $(VENV)/made
	@echo "Installing the package and what it needs into $(VENV) ..."
	$(PIP) --editable '.[report]'
	@touch $@

$(VENV)/ready-to-test: pyproject.toml | $(VENV)/ready
	@echo "Installing what the tests need into $(VENV) ..."
	$(PIP) --editable '.[test]'
	@touch $@
