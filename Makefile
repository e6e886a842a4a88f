# The commands of this project. Each sets up what it needs (packaging/setup.sh) and can be repeated.
SHELL := /bin/bash
PY := .venv/bin/python

.PHONY: help demo run desk test check bench campaign setup setup-test lock format openapi

help:
	@echo "make demo      the main job on this machine, from camera pixels to the owner's numbers"
	@echo "make run       the kiosk on a real webcam and display, against a cloud API on this PC"
	@echo "make desk      the admin desktop on this display, against that cloud API"
	@echo "make test      all tests"
	@echo "make check     format, lint, types, import contracts, Dockerfile"
	@echo "make bench     the speed table"
	@echo "make campaign  the long test campaigns (about an hour)"
	@echo "make openapi   write docs/openapi anew from the routes"
	@echo "make lock      pin the dependencies anew"

setup:
	@packaging/setup.sh

setup-test:
	@packaging/setup.sh test

demo: setup
	@$(PY) packaging/demo/demo.py

run: setup
	@$(PY) packaging/demo/run.py

desk: setup
	@$(PY) packaging/demo/desk.py

test: setup-test
	@$(PY) -m pytest -n 3 --dist loadgroup $(ORDER)

check: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/hadolint packaging/docker/Dockerfile

bench: setup-test
	@$(PY) -m tests.bench

campaign: setup-test
	@$(PY) -m tests.campaign

format: setup
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

openapi: setup
	@$(PY) -m cloud_api.operate.describing docs/openapi

lock: setup
	@$(PY) -m pip install --quiet uv
	@for extra in kiosk desk cloud; do .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --extra $$extra pyproject.toml -o packaging/lock/$$extra.txt; done
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --all-extras pyproject.toml -o packaging/lock/dev.txt
