# Two commands are all a newcomer needs: `make sandbox` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Some tests wait, for a lease that runs out or for a browser: three for two cores keep these busy.
WORKERS = $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 ))
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# What needs neither a network, a browser nor a second engine, so that it can run while one works.
QUICK = tests/config tests/domain tests/intake tests/operations tests/views tests/test_*.py
# Without compiled modules each worker, and each bot that a test starts, compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

# Where `make install` puts a production installation; its units are written for it.
PREFIX ?= /opt/muster

.PHONY: install setup sandbox check check-style test proofs run bench lock clean screenshots

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Muster needs Python 3.11 or newer. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) and everything that runs and tests Muster: once, up to two minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

setup: $(READY)

sandbox: $(READY)  ## the bot and a local Slack, in the browser
	$(BIN)/muster sandbox $(ARGS)

run: $(READY)  ## the bot in a real workspace
	$(BIN)/muster run $(ARGS)

check: check-style  ## while working: style, types, layers, rules, views, and operations on SQLite
	$(PYTEST) -m "not proof" -k "not postgres" $(QUICK) $(ARGS)

test: $(READY)  ## everything but the proofs
	$(PYTEST) -m "not proof" $(ARGS)

proofs: $(READY)  ## what takes long: crash sweeps, hundreds of simulated worlds, processes that are killed
	$(PYTEST) -m proof $(ARGS)

check-style: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@.ci/audit

install:  ## for production: what it runs on alone, in PREFIX, for a user who owns nothing there
	@case "$(PREFIX)" in /*[!A-Za-z0-9._+@/-]*|[!/]*|""|/) \
		echo "PREFIX is '$(PREFIX)', expected an absolute path without spaces, such as /opt/muster"; exit 1;; esac
	@$(PYTHON) .ci/usable
	$(PYTHON) -m venv --clear "$(PREFIX)/.venv"
	"$(PREFIX)/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	"$(PREFIX)/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps .
	install -d "$(PREFIX)/systemd"
	for unit in docs/systemd/*; do sed 's|/opt/muster|$(PREFIX)|g' "$$unit" > "$(PREFIX)/systemd/$${unit##*/}"; done
	ln -sfn .venv/share/muster "$(PREFIX)/share"
	chmod -R a+rX "$(PREFIX)"
	@"$(PREFIX)/.venv/bin/muster" --version
	@echo "Units are in $(PREFIX)/systemd, the example and the documents in $(PREFIX)/share."

bench: $(READY)  ## figures, against the same Slack calls made by a bare script
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(READY)  ## the README's pictures
	$(BIN)/python -m tests.browser.screenshots

lock: $(READY)  ## write the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --extra postgres --extra calendars --extra alerts --extra web -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --group dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis
