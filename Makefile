# Needs only Python 3.11 or newer and make. `make help` lists what there is.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
START = @$(PYTHON) site/config/start.py

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: run
run: ## Set everything up and serve the library on http://127.0.0.1:8000/ (PORT=9000, HOST=0.0.0.0)
	$(START) run --host $(HOST) --port $(PORT)

.PHONY: dev
dev: ## The same, with debug pages and reload
	$(START) dev --host $(HOST) --port $(PORT)

.PHONY: worker
worker: ## Do what stands behind a web server that was started otherwise: tasks, and what falls due (docs/running.md)
	$(START) manage work

.PHONY: admin
admin: ## Make the first administrator (the site's own desk is at /admin/)
	$(START) manage createsuperuser

.PHONY: demo
demo: ## Make a contributor, a trusted one and two moderators to try the site as
	$(START) manage demo

.PHONY: index
index: ## Build the search index anew
	$(START) manage index

.PHONY: meaning
meaning: ## Find by meaning as well (installs another 110 MB; nothing that is typed leaves the machine)
	$(START) meaning

.PHONY: test
test: ## Set up what the tests need and run all of them (ARGS="-k name" for some, DATABASE=postgres for all on that)
	$(START) test $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

.PHONY: soak
soak: export SOAK := $(or $(SOAK),20)
soak: ## Kill, damage and crowd index and editing for long, and say how often (SOAK=50 for longer)
	$(START) test -q -n 0 tests/search/test_under_fire.py tests/contributions/test_under_load.py tests/contributions/test_states.py tests/contributions/test_many_people.py tests/contributions/test_merging.py tests/search/test_elasticsearch_fails.py tests/search/soak_cluster.py

.PHONY: elasticsearch
elasticsearch: ## Put a real Elasticsearch together, with a JDK and Maven, and run it until Ctrl-C: to try the site with
	@PYTHONPATH=. $(PYTHON) -m backing.elasticsearch

.PHONY: bench
bench: ## Measure the site on made-up libraries, and print one table (ARGS="--sizes 1000", ENGINE="local elasticsearch")
	$(START) bench $(if $(ENGINE),--engines $(ENGINE)) $(if $(DATABASE),--databases $(DATABASE)) $(ARGS)

.PHONY: judge
judge: ## Judge the answers of the search by queries with known answers (ARGS=--brief for the figures alone)
	$(START) judge $(ARGS)

.PHONY: lint
lint: ## Format, then check style, types, templates and imports
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .
	$(START) test -q -n 0 tests/test_architecture.py

.PHONY: migrations
migrations: ## Write the migrations that the models ask for
	$(START) manage makemigrations

.PHONY: clean
clean: ## Remove the virtual environment (var/ with the library stays)
	rm -rf .venv
