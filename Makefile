# Leaderboards from YAML. `make` lists the targets.

PYTHON ?= python3
TERRAFORM ?= terraform
ENV ?= *
TEAM ?= *
BOARD ?= *
ARGS ?=
TIMES ?= 10

BIN := .venv/bin
# The page's code and its settings. deno keeps its cache in the repository and asks no host for a newer deno.
DENO := DENO_DIR=.deno_cache DENO_NO_UPDATE_CHECK=1 $(BIN)/deno
PAGE := --config blueprints/deno.json blueprints/standard/dashboard blueprints/index blueprints/console
# One worker per core. What a file's tests share (an embedded AWS, a scan, a browser) is started by one worker; the files
# are dealt out in the order that tests/conftest.py puts them in.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder
QUIETLY := --quiet --disable-pip-version-check
# Where Terraform keeps the providers that it downloads, for all bundles; Terraform's own variable may name another folder.
PLUGIN_CACHE := $(or $(TF_PLUGIN_CACHE_DIR),$(HOME)/.terraform.d/plugin-cache)
# What `make test-clients` needs of each language, in a folder of its own. Where a language's own tool is missing, its
# folder is not made, and the tests say what to install.
CLIENTS := .clients/python/ready \
	$(if $(shell command -v npm;),.clients/node/ready) \
	$(if $(shell command -v go;),.clients/go/ready) \
	$(if $(shell command -v mvn;),.clients/java/ready)
# One bundle per board: build/TEAM/BOARD, or build/ENV/TEAM/BOARD where environments are configured.
FOUND = $(sort $(wildcard build/$(TEAM)/$(BOARD)/terraform build/$(ENV)/$(TEAM)/$(BOARD)/terraform))
# A feed is there before the boards that count it, and goes after them.
FEEDS = $(foreach bundle,$(FOUND),$(if $(findstring /feed-,$(bundle)),$(bundle)))
BUNDLES = $(strip $(FEEDS) $(filter-out $(FEEDS),$(FOUND)))

.DEFAULT_GOAL := help
.PHONY: help setup demo generate check test test-long test-apply test-clients gameday soak smoke bench bench-peers lint lint-page lock fmt init plan apply destroy outputs simulate clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  BOARD=NAME (and TEAM=, ENV=) choose bundles for check, init, plan, apply, destroy, outputs, simulate; default all.'
	@echo '  ARGS="..." is passed on to the command, e.g. make demo ARGS="--simulate 20"'

setup: .venv/dev .venv-checkov/ready .axe/ready ## Install everything into .venv, .venv-checkov and .axe

demo: .venv/ready ## Run every board on an embedded AWS on this machine, with pages to open
	@$(BIN)/leaderboards local $(if $(findstring --simulate,$(ARGS)),,--simulate 10) $(ARGS)

generate: .venv/ready ## Write build/ from leaderboards.yaml
	@$(BIN)/leaderboards generate $(ARGS)

check: setup ## Say whether build/ may be applied: the YAML, drift, terraform fmt, checkov, our policies
	@$(BIN)/leaderboards check $(foreach only,ENV TEAM BOARD,$(call option,$(only))) $(ARGS)

test: setup lint ## Run the tests, on every core
	@$(PYTEST) $(ARGS)

test-long: setup ## Let the tests that try things at random try TIMES as many (default 10)
	@LEADERBOARDS_TEST_TIMES=$(TIMES) $(PYTEST) -m 'long or hypothesis' $(ARGS)

test-apply: setup ## Let Terraform take every bundle from init to destroy, on emulators of AWS; some minutes
	@$(BIN)/python -m pytest --numprocesses auto -m apply tests/terraform $(ARGS)

test-clients: setup $(CLIENTS) ## Let generated clients read a board, and linters the openapi.yaml; some minutes
	@$(BIN)/python -m pytest -m clients tests/clients $(ARGS)

gameday: .venv/dev ## Break each part of a board on the embedded AWS, and follow the runbook; some minutes
	@$(BIN)/python -m tests.gameday $(ARGS)

soak: .venv/dev ## Boards at the highest rate that this machine holds, while parts are killed; 30 minutes
	@$(BIN)/python -m tests.soak $(ARGS)

smoke: .venv/dev ## Try BOARD in your AWS account: apply a copy, play, read, destroy; asks first
	@case '$(BOARD)' in *'*'*) echo 'say which board: make smoke BOARD=NAME'; exit 2;; esac
	@$(BIN)/python -m tests.smoke $(BOARD) $(call option,ENV) --terraform $(TERRAFORM) $(ARGS)

bench: .venv/dev ## Time the commands against other generators, or what ARGS names; ARGS=--help lists it
	@$(BIN)/python -m tests.benchmarks $(ARGS)

# Without a description: what `make bench` asks for where it times other generators.
bench-peers: .venv-bench/ready $(if $(shell command -v npm;),.bench/ready)

lint: .venv/dev lint-page ## ruff and mypy; deno for the page
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { echo 'not formatted as ruff would; run make fmt'; exit 1; }
	@$(BIN)/mypy

# Without a description: a part of lint, which .pre-commit-config.yaml runs by itself.
lint-page: .venv/dev
	@$(DENO) lint --quiet $(PAGE)
	@$(DENO) fmt --check --quiet $(PAGE) || { echo 'the page is not formatted as deno would; run make fmt'; exit 1; }
	@$(DENO) check --quiet $(PAGE)

fmt: .venv/dev ## Format this repo's code, and the Terraform in build/
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format --quiet
	@$(DENO) fmt --quiet $(PAGE)
	@if [ -d build ]; then $(TERRAFORM) fmt -recursive build; fi

init: generate ## terraform init; downloads each provider once, into PLUGIN_CACHE
	@mkdir -p '$(PLUGIN_CACHE)'
	@export TF_PLUGIN_CACHE_DIR='$(PLUGIN_CACHE)'; $(call each,init -input=false,$(share_lock))

plan: ## terraform plan
	@$(call each,plan)

apply: ## terraform apply (asks for each board)
	@$(call each,apply)

destroy: BUNDLES = $(strip $(filter-out $(FEEDS),$(FOUND)) $(FEEDS))
destroy: ## terraform destroy (asks for each board; needs `protect: false` applied first)
	@$(call each,destroy)

outputs: ## terraform output
	@$(call each,output)

simulate: .venv/ready ## Make demo activity on deployed boards that have `simulator: true`
	@$(BIN)/leaderboards simulate $(foreach only,ENV TEAM BOARD,$(call option,$(only))) $(ARGS)

clean: ## Remove the virtual environments and caches (build/ stays: Terraform state may lie in it)
	@rm -rf .venv .venv-bench .venv-checkov .axe .bench .clients .deno_cache .leaderboards_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find blueprints generator runtime tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/ready ## Pin the newest versions that pyproject.toml allows
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra dev \
		--custom-compile-command 'make lock' pyproject.toml .requirements/local.in -o .requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra local \
		--constraint .requirements/dev.txt \
		--custom-compile-command 'make lock' pyproject.toml .requirements/local.in -o .requirements/local.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' .requirements/checkov.in -o .requirements/checkov.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' .requirements/bench.in -o .requirements/bench.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' .requirements/clients.in -o .requirements/clients.txt
	@for folder in node node-bench; do \
		(cd .requirements/$$folder && npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved=true); \
	done

# All bundles pin the same providers, so that one lock file serves them all: the one beside leaderboards.yaml, else that of
# any bundle. Terraform takes a provider from its cache only where a lock file has its checksum (Terraform CLI
# documentation, "Allowing the Provider Plugin Cache to break the dependency lock file").
LOCK := .terraform.lock.hcl
share_lock = for lock in $(LOCK) build/*/*/terraform/$(LOCK) build/*/*/*/terraform/$(LOCK); do \
	if [ -e $$lock ] && [ ! -e $$bundle/$(LOCK) ]; then cp $$lock $$bundle/$(LOCK); fi; \
done;

# $(call each,COMMAND,BEFORE): terraform COMMAND in every chosen bundle, after BEFORE; stops at the first that fails.
define each
$(if $(BUNDLES),,echo 'no such bundle in build/: run make generate, or look at BOARD='; exit 2;) \
command -v $(TERRAFORM) >/dev/null || { echo 'no $(TERRAFORM): install Terraform 1.11, or set TERRAFORM= to it'; exit 3; }; \
for bundle in $(BUNDLES); do \
	echo "== $${bundle%/terraform}"; $(2) \
	$(TERRAFORM) -chdir=$$bundle $(1) $(ARGS) || exit $$?; \
done
endef

# $(call option,NAME): --name VALUE, where the variable NAME chooses something.
option = $(if $(filter-out *,$($(1))),--$(shell echo $(1) | tr A-Z a-z) $($(1)))

# $(call own,FOLDER): stops where the folder is a link.
own = @test ! -L $(1) || { echo '$(1) is a link: what it leads to may serve others, so it is not changed here'; exit 3; }

# $(call environment,FOLDER,REQUIREMENTS): a virtual environment with exactly the pinned packages.
define environment
$(call own,$(1))
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo '$(PYTHON) is not Python 3.11 or later; name one that is: make setup PYTHON=python3.11'; exit 3; }
@echo 'setting up $(1) (once, about a minute)' >&2
@$(PYTHON) -m venv --clear $(1) || { echo 'Python cannot make virtual environments: on Debian, apt install python3-venv'; exit 3; }
@$(1)/bin/python -m pip install $(QUIETLY) --require-hashes -r $(2)
endef

# What runs the product comes first and alone, so that `make demo` need not wait for what tests it.
.venv/ready: .requirements/local.txt pyproject.toml
	$(call environment,.venv,.requirements/local.txt)
	@$(BIN)/python -m pip install $(QUIETLY) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .requirements/dev.txt .venv/ready
	$(call own,.venv)
	@echo 'adding the developer tools to .venv (once, one to four minutes)' >&2
	@$(BIN)/python -m pip install $(QUIETLY) --require-hashes -r .requirements/dev.txt
	@touch $@

.venv-checkov/ready: .requirements/checkov.txt
	$(call environment,.venv-checkov,.requirements/checkov.txt)
	@touch $@

.venv-bench/ready: .requirements/bench.txt
	$(call environment,.venv-bench,.requirements/bench.txt)
	@touch $@

# No package runs a script of its own as it is installed.
.bench/ready: .requirements/node-bench/package.json .requirements/node-bench/package-lock.json
	$(call copied,.bench,$^)
	@npm --prefix .bench ci --silent --ignore-scripts
	@touch $@

.clients/python/ready: .requirements/clients.txt
	$(call environment,.clients/python,.requirements/clients.txt)
	@touch $@

# No package runs a script of its own as it is installed.
.clients/node/ready: .requirements/node/package.json .requirements/node/package-lock.json
	$(call copied,.clients/node,$^)
	@npm --prefix .clients/node ci --silent --ignore-scripts
	@touch $@

.clients/go/ready: .requirements/go/go.mod .requirements/go/go.sum
	$(call copied,.clients/go,$^)
	@cd .clients/go && GOBIN="$$PWD/bin" go install tool
	@touch $@

.clients/java/ready: .requirements/java/pom.xml
	$(call copied,.clients/java,$^)
	@mvn --quiet --batch-mode --file .clients/java/pom.xml package
	@touch $@

# axe-core, which looks for what keeps people out of the page. deno brings it, so that no Node.js is needed.
.axe/ready: .requirements/axe/deno.json .requirements/axe/deno.lock .venv/dev
	$(call own,.axe)
	@rm -rf .axe && mkdir -p .axe && cp .requirements/axe/* .axe
	@cd .axe && DENO_DIR='$(CURDIR)/.deno_cache' DENO_NO_UPDATE_CHECK=1 '$(CURDIR)/$(BIN)/deno' install --quiet --frozen
	@touch $@

# $(call copied,FOLDER,FILES): a new folder with just these files.
define copied
$(call own,$(1))
@echo 'setting up $(1) (once, some minutes where nothing is cached)' >&2
@rm -rf $(1) && mkdir -p $(1) && cp $(2) $(1)
endef
