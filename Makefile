# Two commands do everything on a machine with python3 and make: `make run` and `make test`.
UV := .tools/bin/uv
VENV := .venv/bin
INSTALLED := .venv/.installed
PYTHON := $(shell cat .python-version)

.PHONY: run test lint check train bench eval journeys chaos install

run: $(INSTALLED)
	@exec $(VENV)/amends up

# First all that needs no running product, file by file on every core, the longest first, while the assistant is trained;
# then the product itself.
test: $(INSTALLED)
	@RASA_TELEMETRY_ENABLED=false $(VENV)/python -m tests.train_ahead & \
	$(VENV)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder -m "not product and not chaos"; status=$$?; wait; exit $$status
	$(VENV)/python -m pytest -q -n 2 --dist loadgroup -m "product and not chaos"

lint: $(INSTALLED)
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy bot actions

check: lint
	$(VENV)/python -m pytest -q tests/unit

train: $(INSTALLED)
	RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 $(VENV)/python -m rasa train

bench: $(INSTALLED)
	$(VENV)/python -m tests.bench

eval: $(INSTALLED)
	$(VENV)/python -m tests.evaluate

# CHANNEL=telegram (sms, whatsapp, messenger, email, mastodon, reviews, all) has them over a messaging channel.
journeys: $(INSTALLED)
	$(VENV)/python -m tests.journeys $(if $(CHANNEL),--channel $(CHANNEL))

# Two hundred kills under load, follow-ups through kills, and four thousand ways through the ledger; about half an hour. KILLS=40 for a look.
chaos: $(INSTALLED)
	$(VENV)/python -m tests.chaos --kills $(or $(KILLS),200)
	$(VENV)/python -m pytest -q -m chaos
	LEDGER_RUNS=4000 $(VENV)/python -m pytest -q tests/properties/test_ledger_machine.py

install: $(INSTALLED)

# Only when something that is installed has changed. An interpreter that is here already is used; else uv brings one.
$(INSTALLED): uv.lock pyproject.toml .python-version | $(UV)
	@echo "Installing the packages of uv.lock; the first time this takes a few minutes."
	@$(UV) python find $(PYTHON) >/dev/null 2>&1 || $(UV) python install $(PYTHON)
	$(UV) sync --frozen --python $(PYTHON)
	@touch $@

$(UV):
	@echo "Bringing uv into .tools"
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
