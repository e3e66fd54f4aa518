# Two commands are all a newcomer needs: `make sandbox` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Some tests wait, for a lease that runs out or for a browser: three for two cores keep these busy.
WORKERS = $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 ))

.PHONY: setup sandbox test check-style run bench lock clean screenshots

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Muster needs Python 3.11 or newer. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

setup: $(READY)

sandbox: $(READY)  ## the bot and a local Slack, in the browser
	$(BIN)/muster sandbox $(ARGS)

run: $(READY)  ## the bot in a real workspace
	$(BIN)/muster run $(ARGS)

test: check-style  ## everything that has to hold
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check-style: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## figures, against the same Slack calls made by a bare script
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(READY)  ## the README's picture
	$(BIN)/python -m tests.browser.screenshots

lock: $(READY)  ## write the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --group dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis
