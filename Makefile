# Most people need only two commands: make demo, make test.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
LOWEST := .venv-lowest
PIN := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-annotate --custom-compile-command "make pins"

.PHONY: demo test faults fuzz bench bench-full audit sbom test-cluster test-8 test-lowest lint format coverage pins clean

demo: $(INSTALLED)
	@$(BIN)/mlsr-es demo

# Three processes, each with a node of its own: on two cores a third finds work while others wait. The tests of one file
# stay together, since they share what they set up.
test: $(INSTALLED)
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# What a cluster, a network or a file can do wrong, the slow cases too, with figures: about ten minutes.
faults: $(INSTALLED)
	MLSR_ES_SLOW=1 $(BIN)/pytest tests/abuse tests/faults tests/system/test_patience.py tests/elastic/bulk \
	  tests/elastic/client tests/indexing/test_killed.py tests/indexing/enriching/test_killed.py \
	  tests/indexing/engines

# Files that chance makes, thousands of each kind: about ten minutes.
fuzz: $(INSTALLED)
	MLSR_ES_EXAMPLES=3000 $(BIN)/pytest --timeout 3600 tests/abuse/test_fuzz.py

# Peers beside us, in turns; writes benchmarks/RESULTS.md: about a quarter of an hour.
bench: $(INSTALLED)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/peers.txt
	$(BIN)/python benchmarks/run.py

# How an index grows to a million documents, and queries over a million: about an hour. docs/scale.md quotes it.
bench-full: $(INSTALLED)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/peers.txt
	$(BIN)/python benchmarks/growth.py --json benchmarks/growth.json --plot benchmarks/results/growth.svg
	$(BIN)/python benchmarks/run.py queries-million

# The tests, and which lines they reach.
coverage: $(INSTALLED)
	$(BIN)/pytest --cov --cov-report=term:skip-covered

# Run the system tests against an existing cluster: MLSR_ES_TEST_URL=http://localhost:9200 make test-cluster
test-cluster: $(INSTALLED)
	@test -n "$(MLSR_ES_TEST_URL)" || { echo "set MLSR_ES_TEST_URL to the cluster's address" >&2; exit 2; }
	$(BIN)/pytest -m system

# The tests of sparse_vector fields on the last Elasticsearch 8: two minutes. It needs a JDK 21 or newer.
test-8: $(INSTALLED)
	MLSR_ES_NEWER=8.19.3 $(BIN)/pytest tests/commands/test_verify.py tests/embedded/test_node.py \
	  tests/system/test_field_kinds.py tests/system/test_owners_index.py

# The tests on the lowest versions that pyproject.toml allows. Such versions warn of what newer ones took away.
test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/pytest -n 2 --dist loadfile -W default

$(LOWEST)/.installed: pyproject.toml $(INSTALLED)
	@echo "Setting up $(LOWEST): about 6 GB on disk."
	@rm -rf $(LOWEST)
	@$(BIN)/uv venv -q --python $(BIN)/python $(LOWEST)
	@$(BIN)/uv pip compile -q --all-extras --python-version 3.11 --resolution lowest-direct --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links -o $(LOWEST)/lowest.txt pyproject.toml
	@$(BIN)/uv pip install -q --python $(LOWEST)/bin/python --compile-bytecode -r $(LOWEST)/lowest.txt
	@$(BIN)/uv pip install -q --python $(LOWEST)/bin/python --no-deps --no-build-isolation -e .
	@touch $@

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Write pins with hashes and without index URLs, for every platform that the packages support.
pins: $(INSTALLED)
	$(PIN) --upgrade --all-extras -o requirements/all.txt pyproject.toml
	$(PIN) -c requirements/all.txt -o requirements/serve.txt requirements/serve.in
	$(PIN) -c requirements/all.txt -o requirements/peers.txt requirements/peers.in

# pip installs uv first, from the same pins; uv installs the rest in a fraction of pip's time. Bytecode is compiled here,
# because on systems where Python writes none, each import of torch and transformers would take seconds longer.
$(INSTALLED): pyproject.toml requirements/all.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mlsr-es needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Setting up .venv: some minutes at first. torch brings its CUDA libraries; about 6 GB on disk."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@awk '/^uv==/{uv=1} uv{print} uv&&!/\\$$/{exit}' requirements/all.txt > .venv/uv.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/all.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# Known weaknesses of the pinned packages. It asks the package index, and so needs one that answers such questions.
audit: $(INSTALLED)
	$(BIN)/uv tool run pip-audit==2.9.0 --disable-pip --require-hashes -r requirements/all.txt

# What the pinned packages are: a software bill of materials in CycloneDX.
sbom: $(INSTALLED)
	@mkdir -p dist
	$(BIN)/uv tool run --from cyclonedx-bom==7.0.0 cyclonedx-py requirements requirements/all.txt -o dist/sbom.cdx.json

clean:
	rm -rf .venv $(LOWEST) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
