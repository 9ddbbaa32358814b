# Unrolled. `make app` serves it, `make test` runs every test; `make help` lists the rest.
# A stamp file in .venv remembers what is installed, so that the second time starts at once.

PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
VISITORS ?= 10 50 100
OUTPUT ?= runs/$(RECIPE)
TEST_PROCESSES ?= 2

VENV := .venv
RUN := $(VENV)/bin/python
PYTEST := $(RUN) -m pytest --durations 10
# One thread each: torch's threads of several processes take each other's cores, and cost a third more processor time.
ONE_THREAD := OMP_NUM_THREADS=1
SIDE_BY_SIDE := -n $(TEST_PROCESSES) --dist loadfile
# For tests Python compiles a module when it is first imported: most of the 17,000 never are.
LAZILY = $(if $(filter check test,$(MAKECMDGOALS)),--no-compile)
READY := $(VENV)/.run-time-packages-installed
TEST_READY := $(VENV)/.test-packages-installed
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
APT_INSTALL := $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends
CAN_APT = command -v apt-get >/dev/null && { test -z "$(AS_ROOT)" || command -v sudo >/dev/null; }

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# What is imported is compiled once and kept, also where the environment says otherwise: a run starts a hundred
# processes, and without it each compiles pandas, Streamlit and the rest for itself, up to six seconds.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help app host check test load faults attacks chromium train results screenshots

help:
	@echo "make app [PORT=8501]                 install what the app needs into .venv and serve it"
	@echo "make host [PORT=8501] [HOST=0.0.0.0] serve it for many: warmed up before /readyz says yes, limits as under About"
	@echo "make check                           lint, formatting, types and the rules of the design, within a minute or two"
	@echo "make test                            install what the tests need (Chromium too), make check, and run them all"
	@echo "make train RECIPE=... [OUTPUT=DIR] [OPTIONS=--resume]   train a model by its recipe; without RECIPE they are listed"
	@echo "make results [RECIPE=shipped]        run the comparison again; runs found in data/results are kept"
	@echo "make load [VISITORS='10 50 100']      let crowds in and keep what they met in data/results/load.parquet"
	@echo "make faults, make attacks            what breaks, and what a stranger tries, at length"
	@echo "make screenshots                     take the pictures in docs/screenshots again"

app: $(READY)
	@echo "Unrolled is served on http://localhost:$(PORT) (Ctrl+C ends it)"
	@exec $(RUN) -m streamlit run app.py --server.port $(PORT)

# Behind a proxy that is not on this machine: FORWARDED_ALLOW_IPS=its address; names it is asked by: UNROLLED_HOSTS=a,b.
host: $(READY)
	@exec env OMP_NUM_THREADS=1 $(RUN) asgi.py --host $(HOST) --port $(PORT)

load: $(TEST_READY)
	UNROLLED_AT_LENGTH=1 $(PYTEST) -s tests/load
	$(RUN) -m tests.load.crowd --keep --visitors $(VISITORS)

faults attacks: $(TEST_READY)
	UNROLLED_AT_LENGTH=1 $(PYTEST) -s tests/$@

check: $(TEST_READY)
	@$(RUN) -m mypy & types=$$!; status=0; \
	$(RUN) -m ruff check . || status=1; \
	$(RUN) -m ruff format --check . || status=1; \
	$(RUN) -m pytest -q tests/test_architecture.py || status=1; \
	wait $$types || status=1; \
	exit $$status

# In turn, as a browser test needs several processes. Timings count processor time, two at once; those that go by the
# clock or use every core (`whole_machine`) have nothing beside them. The rules of the design have been tried by `check`.
test: $(TEST_READY) chromium check
	@status=0; \
	$(ONE_THREAD) $(PYTEST) $(SIDE_BY_SIDE) -m "not browser and not benchmark" --ignore tests/test_architecture.py || status=1; \
	$(ONE_THREAD) $(PYTEST) $(SIDE_BY_SIDE) tests/browser || status=1; \
	$(ONE_THREAD) $(PYTEST) $(SIDE_BY_SIDE) -m "not whole_machine" tests/benchmarks || status=1; \
	$(PYTEST) -m whole_machine tests/benchmarks || status=1; \
	exit $$status

train: $(READY)
	$(if $(RECIPE),$(RUN) -m engine train --recipe $(RECIPE) --output $(OUTPUT) $(OPTIONS),@$(RUN) -c \
	"from engine.recipes import RECIPES; print('Say which: make train RECIPE=' + '|'.join(RECIPES.names()))")

results: RECIPE ?= shipped
results: $(READY)
	$(RUN) -m engine compare --recipe $(RECIPE)

screenshots: $(TEST_READY) chromium
	$(RUN) -m tests.browser.screenshots

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Unrolled needs Python 3.11 or newer as $(PYTHON); name another one: make app PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ $(CAN_APT) && $(AS_ROOT) apt-get update -q && $(APT_INSTALL) python3-venv && $(PYTHON) -c 'import ensurepip, venv'; } || \
		{ echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.txt | $(RUN)
	$(RUN) -m pip install $(LAZILY) -r requirements.txt
	@touch $@

$(TEST_READY): requirements-dev.txt $(READY)
	$(RUN) -m pip install $(LAZILY) -r requirements-dev.txt
	@touch $@

chromium:
	@command -v chromium >/dev/null || \
		{ $(CAN_APT) && $(AS_ROOT) apt-get update -q && $(APT_INSTALL) chromium fonts-liberation fonts-dejavu-core; } || \
		{ echo "The browser tests need Chromium as 'chromium' on the path, and apt-get could not install it." >&2; exit 1; }
