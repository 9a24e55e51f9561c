# make run    sets everything up and runs the sign on this machine
# make test   sets everything up and runs the tests
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run setup setup-dev test lint lock openapi bundle bench soak clean
.DEFAULT_GOAL := run

$(BIN)/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q playout drivers/playout_drivers
	touch $@

$(BIN)/.dev: $(BIN)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	touch $@

setup: $(BIN)/.runtime
setup-dev: $(BIN)/.dev

run: setup
	$(BIN)/playout run

test: setup-dev
	sh tests/peers.sh
	$(BIN)/pytest -q -n auto --dist worksteal tests/unit tests/golden
	$(BIN)/pytest -m "not soak" --durations=15 tests/drivers tests/system

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

soak: setup-dev
	PLAYOUT_KILLS=$${PLAYOUT_KILLS:-1000} $(BIN)/pytest -m soak

bench: setup-dev
	$(BIN)/python -m benchmarks

bundle: setup
	PYTHON=$(BIN)/python sh config/bundle.sh

openapi: setup
	$(BIN)/python -m playout.api.openapi docs/openapi.json

lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock pyproject.toml
	echo hatchling editables | tr ' ' '\n' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -c requirements.lock -o requirements-build.lock -
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -c requirements.lock --group dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist var
