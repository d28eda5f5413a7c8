# make app     set up and open the dashboard      make test    set up and run every test
# make check   ruff and mypy                      make clean   remove .venv
# make bench   measure what the README promises: on a machine with nothing else to do, at most 15 minutes
PORT ?= 8501
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: app test test-all check bench format clean
.DELETE_ON_ERROR:

app: $(VENV)/.runtime
	@$(BIN)/python -m dashboard --port $(PORT)

# Tests side by side first, those of a browser by file, for they share a server and a browser; then, one after the
# other, those of a Ray cluster, which fills the cores. `make test ARGS="tests/core/test_config.py -x"` runs just that.
JOURNEYS := tests/journeys
RAY := tests/core/runs/remote/test_ray_jobs.py
test: $(VENV)/.dev
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(addprefix --ignore=,$(JOURNEYS) $(RAY))
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(JOURNEYS)
	$(BIN)/python -m pytest $(RAY)
endif

# Once more what may differ from machine to machine: English without WordNet, sums with a processor that has AVX2 only.
test-all: test
	LAB_WORDNET=builtin $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/pages/test_augmentation.py \
		$(addprefix tests/core/augment/,english/test_dictionary.py methods/test_context.py test_policy.py) \
		$(addprefix tests/core/analysis/test_,preview.py augment_sample.py votes.py)
	ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 MKL_ENABLE_INSTRUCTIONS=AVX2 \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/core/model \
		$(addprefix --ignore=tests/core/model/test_,files.py latency.py memory.py outlook.py parameters.py pieces.py source.py) \
		$(addprefix tests/core/train/test_,losses.py optimizer.py batches.py defaults.py)

# Each prints one table; the exit code says whether all promises hold.
BENCHMARKS := $(basename $(notdir $(wildcard $(patsubst %,tests/benchmarks/%.py,start step trainer inference watch pages))))
bench: $(VENV)/.dev
	@missed=; for name in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$name || missed="$$missed $$name"; done; \
		[ -z "$$missed" ] || { echo "not all promises hold:$$missed"; exit 1; }

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-cluster.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV)
