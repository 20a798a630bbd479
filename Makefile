# What a working copy can do: `make help`.
# A recipe that starts processes is one command that takes the shell's place, so that make itself is
# its parent: when make dies, however it dies, the command notices and ends all that it started.

python = .venv/bin/python
embedded = $(python) -m config.embedded
uv_compile = $(python) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

# Some machines forbid Python to keep what it has compiled. Each process then compiles all it imports
# anew: three of the five seconds that one takes to start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo smoke test contract lint audit bench faults lock clean

help: ## This list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1	/p' Makefile

# Without Node the client's test says so and is left out.
.venv/clevertap/.installed: tests/contract/clevertap/package-lock.json
	@mkdir -p $(@D) && cp $(<D)/package.json $< $(@D) && if command -v npm >/dev/null; then npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent; fi && touch $@

setup: .venv/.installed ## .venv with the pinned dependencies
	@:

.venv/.installed: requirements.txt requirements-dev.txt
	@exec sh .ci/with_python -m config.embedded.virtual_environment

.venv/%/.installed: requirements-%.txt
	@$(python) -m uv pip install --quiet --target .venv/$* --require-hashes -r $< && touch $@

demo: setup ## The whole product on this machine, its data kept under .local; Ctrl-C ends it
	@exec $(embedded) demo

smoke: setup ## The demo without a person, on data of its own; fails if any number is wrong
	@exec $(embedded) smoke

test: setup ## All tests; some with ARGS="tests/campaigns -k paused"
	@exec $(embedded) run -- $(python) -m tests $(ARGS)

contract: setup .venv/contract/.installed .venv/clevertap/.installed ## The API against its own document, a client made of it, and CleverTap's own client
	@exec env PYTHONPATH=.venv/contract $(embedded) run -- $(python) -m pytest -q $(addprefix tests/contract/,against_document.py made_client.py with_its_client.py) $(ARGS)

lint: setup ## Style and types
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy

audit: setup .venv/audit/.installed ## Known weaknesses of the pinned packages, or their age
	@PYTHONPATH=.venv/audit $(python) -m config.embedded.auditing

bench: setup .venv/bench/.installed ## Benchmarks; some with ONLY=sending,launch, smaller with SIZE=10000
	@exec $(embedded) run --durable -- $(python) -m tests.benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE))

faults: setup ## Kills, outages and stops of real processes: SEEDS=10, ONLY=redis_flushed,…, SIZE=400
	@exec $(embedded) run -- $(python) -m tests.faults $(if $(ONLY),--only $(ONLY)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) $(if $(SIZE),--size $(SIZE))

lock: setup ## Newer versions into requirements*.txt: UPGRADE=--upgrade, or UPGRADE="-P django"
	@$(uv_compile) $(UPGRADE) requirements.in -o requirements.txt
	@$(uv_compile) $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	@$(uv_compile) $(UPGRADE) requirements-bench.in -o requirements-bench.txt
	@$(uv_compile) $(UPGRADE) requirements-audit.in -o requirements-audit.txt
	@$(uv_compile) $(UPGRADE) requirements-contract.in -o requirements-contract.txt

clean: ## Removes what these targets made, but not the demo's data in .local
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles test-artifacts
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
