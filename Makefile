# Two commands: make demo, make test. Everything runs in .venv; BlazePose in .venv-blazepose, its packages being at odds.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := -m pip --disable-pip-version-check -q

.PHONY: install demo test lint check serve bench clean

install: .venv/installed .venv-blazepose/installed .venv/compiled

.venv/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) install -e ".[dev]"
	touch $@

.venv-blazepose/installed: Makefile
	test -x .venv-blazepose/bin/python || $(PYTHON) -m venv .venv-blazepose
	.venv-blazepose/bin/python $(PIP) install "ray[serve]==2.60.0" "protobuf==6.33.0" "grpcio-reflection==1.76.0" \
		numpy absl-py flatbuffers opencv-python-headless matplotlib
	.venv-blazepose/bin/python $(PIP) install --no-deps "mediapipe==0.10.21"
	touch $@

.venv/compiled: .venv/installed $(wildcard deployments/*/*.py)
	$(BIN)/python -m serve.warmup
	touch $@

demo: install
	$(BIN)/contrapposto demo

test: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

serve: install
	$(BIN)/contrapposto serve

bench: install
	$(BIN)/contrapposto bench latency

clean:
	rm -rf .venv .venv-blazepose out build
