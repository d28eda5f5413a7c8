# make app     set up and open the dashboard      make test    set up and run every test
# make check   ruff and mypy                      make clean   remove .venv
# make bench   measure what the README promises: on a machine with nothing else to do, at most 15 minutes
PORT ?= 8501
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
# Tests start a hundred processes: what one of them has compiled, even tests with their asserts, serves the others.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: app test test-all ci computed beside browser ray bare bench check style types format clean
.DELETE_ON_ERROR:

app: $(VENV)/.runtime
	@$(BIN)/python -m dashboard --port $(PORT)

# `make test ARGS="tests/core/test_config.py -x"` runs just that. Without ARGS one part follows another, for each fills the
# cores; one that fails stops no other.
EACH := --no-print-directory --keep-going
test: $(VENV)/.dev
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	@$(MAKE) $(EACH) computed browser ray
endif

test-all: $(VENV)/.dev
	@$(MAKE) $(EACH) computed browser ray bare

ci: style
	@$(MAKE) $(EACH) computed beside ray bare

computed: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(addprefix --ignore=,$(JOURNEYS) $(RAY))

# A browser waits as long as it computes; mypy, on one core, takes what that leaves. Each prints once it has ended.
beside:
	@$(MAKE) $(EACH) $(if $(filter output-sync,$(.FEATURES)),--jobs=2 --output-sync=target) browser types

# Each process of tests has one server and one browser.
JOURNEYS := tests/journeys
browser: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(JOURNEYS)

RAY := tests/core/runs/remote/test_ray_jobs.py
ray: $(VENV)/.dev
	$(BIN)/python -m pytest $(RAY)

# What may differ from machine to machine once more: without WordNet, sums by a processor that has AVX2 only.
bare: $(VENV)/.dev
	LAB_WORDNET=builtin ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 MKL_ENABLE_INSTRUCTIONS=AVX2 \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -k "not fresh_process and not within_ten_seconds" \
		$(addprefix tests/pages/test_augmentation.py::test_,example_is_shown_with_its_edits_and_pieces \
			sample_shows_figures_of_every_method what_is_asked_for_stands_beside_what_is_done words_that_change_between_two_epochs_light_up \
			wordnet_is_fetched_by_a_click_and_what_came_of_it_is_said with_wordnet_there_is_no_notice \
			the_first_sight_shows_every_method_twice) \
		$(addprefix tests/core/augment/,english/test_dictionary.py methods/test_context.py test_policy.py) \
		$(addprefix tests/core/analysis/test_,preview.py augment_sample.py votes.py) tests/core/model \
		$(addprefix --ignore=tests/core/model/test_,files.py latency.py memory.py expected_notes.py parameters.py pieces.py source.py) \
		$(addprefix tests/core/train/test_,losses.py optimizer.py batches.py defaults.py)

# Each prints one table; the exit code says whether all promises hold.
BENCHMARKS := $(basename $(notdir $(wildcard $(patsubst %,tests/benchmarks/%.py,start step crowded trainer inference watch pages))))
bench: $(VENV)/.dev
	@missed=; for name in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$name || missed="$$missed $$name"; done; \
		[ -z "$$missed" ] || { echo "not all promises hold:$$missed"; exit 1; }

check: style types

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
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
