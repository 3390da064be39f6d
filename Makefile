# `make demo` and `make test` are all that a newcomer needs: both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-services test-image lint types pytest bench bench-image generate evidence evidence-check \
	evidence-sample clean

$(READY): pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e '.[dev]'
	$(BIN)/python -m compileall -q s6kit
	touch $(READY)

demo: $(READY)
	@sh .ci/demo $(BIN)/s6kit

test: lint types pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n auto --dist loadgroup

# Skeletons as they run, in a root of Debian (root on Linux, mmdebstrap). FULL=1: each in every environment.
test-services: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n 6 --dist worksteal $(addprefix tests/services/,harness.py matrix.py hostile.py)

# The base image, built and run: buildah, podman, runc and mmdebstrap. S6KIT_IMAGE=… proves one that is there,
# S6KIT_BUILD_ARGS="SKARNET_URL=… …" builds it with such arguments.
test-image: $(READY)
	$(BIN)/python -m pytest tests/image/proof_*.py

bench: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench
	$(BIN)/python -m bench.probe

# What the knowledge base claims, run on Debian in throw-away roots (root, mmdebstrap; an hour): the files get what
# was seen. `make evidence-check DAEMON=nginx` runs one and writes nothing, the sample is what CI runs.
evidence: $(READY)
	$(BIN)/python -m tests.evidence $(DAEMON)
	$(MAKE) generate

evidence-check: $(READY)
	$(BIN)/python -m tests.evidence --check $(DAEMON)

evidence-sample: $(READY)
	$(BIN)/python -m tests.evidence --check --sample --watch 3

# The image: sizes, memory and times beside Debian's s6, runit and tini. S6KIT_BUILD_ARGS as for test-image.
bench-image: $(READY)
	$(BIN)/python -m bench.image

# What is made from something else, and compared with it by a test.
generate: $(READY)
	$(BIN)/python -m tests.evidence --mark
	$(BIN)/python -m s6kit.daemons.compile
	$(BIN)/python -m tests.evidence.document
	$(BIN)/python -m s6kit.rules.document >docs/.rules.md
	mv docs/.rules.md docs/rules.md
	mkdir -p docs/skeletons
	for skeleton in $$($(BIN)/python -m s6kit.scaffold.page); do \
	    $(BIN)/python -m s6kit.scaffold.page $$skeleton >docs/skeletons/$$skeleton.md || exit; done
	$(BIN)/python -m tests.examples
	for image in base-image base-image/examples/*/; do (cd $$image && PYTHONPATH=$(CURDIR) $(abspath $(BIN))/python -m s6kit sync) || exit; done

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
