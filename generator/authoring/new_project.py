"""The text of a new project's files, for a repository of one's own: what `leaderboards init` writes."""

from __future__ import annotations

import re

from generator import __version__
from generator.authoring.starter import make_starter
from generator.pipeline import MAIN
from generator.source.scalars import to_yaml
from generator.spec.documents import json_schema

SCHEMA = "leaderboards.schema.json"
WORKFLOW = ".github/workflows/leaderboards.yml"
BOARD = "weekly-wins"
"""The name of the board that a new project has."""
PACKAGE = f"leaderboards-from-yaml[local]=={__version__}"
"""What to install. A later version may write other bundles, so that the same one is for everybody."""

_MAIN = """\
# yaml-language-server: $schema={schema}
# Every key: `leaderboards schema --format markdown`. What is wrong: `leaderboards validate`.
version: 1
# What every name in AWS starts with. It cannot change later.
project: {project}
region: {region}
teams:
  # Alarms go to the owner's address.
  {team}: {{owner: {owner}}}
boards:
{board}
"""

_GITIGNORE = """\
# What `leaderboards generate` writes, at any time anew from leaderboards.yaml. Terraform keeps its state in there too,
# unless an environment has a `backend:`. State is not for git: it may hold secrets, and two people would overwrite it.
/build/
/.leaderboards_cache/
node_modules/
.terraform/
*.tfstate
*.tfstate.*
"""

_MAKEFILE = """\
# Leaderboards from YAML. `make` lists the targets.

LEADERBOARDS ?= leaderboards
TERRAFORM ?= terraform
BOARD ?= *
ARGS ?=

# One bundle per board: build/TEAM/BOARD, or build/ENVIRONMENT/TEAM/BOARD.
FOUND = $(sort $(wildcard build/*/$(BOARD)/terraform build/*/*/$(BOARD)/terraform))
# A feed is there before the boards that count it, and goes after them.
FEEDS = $(foreach bundle,$(FOUND),$(if $(findstring /feed-,$(bundle)),$(bundle)))
BUNDLES = $(strip $(FEEDS) $(filter-out $(FEEDS),$(FOUND)))
ONLY = $(if $(filter-out *,$(BOARD)),--board $(BOARD))

.DEFAULT_GOAL := help
.PHONY: help setup local validate generate check init plan apply destroy outputs

help: ## List the targets
	@awk 'BEGIN {{FS = ":.*## "}} /^[a-z-]+:.*## / {{printf "  %-10s %s\\n", $$1, $$2}}' $(MAKEFILE_LIST)
	@echo '  BOARD=NAME chooses a board; ARGS="..." is passed on, as in make local ARGS="--simulate 10"'

# Until PyPI has this version: leaderboards-from-yaml[local] @ git+https://... with the address of its repository.
setup: ## Install the pinned version of the tool
	pipx install --force '{package}'

local: ## Run the boards on this machine, with pages to open
	@$(LEADERBOARDS) local $(ONLY) $(ARGS)

validate: ## Say what is wrong with leaderboards.yaml
	@$(LEADERBOARDS) validate $(ARGS)

generate: ## Write build/ from leaderboards.yaml
	@$(LEADERBOARDS) generate $(ONLY) $(ARGS)

check: ## Say whether build/ may be applied
	@$(LEADERBOARDS) check $(ONLY) $(ARGS)

init: generate ## terraform init
	@$(call each,init -input=false)

plan: ## terraform plan
	@$(call each,plan)

apply: ## terraform apply (asks for each board)
	@$(call each,apply)

destroy: BUNDLES = $(strip $(filter-out $(FEEDS),$(FOUND)) $(FEEDS))
destroy: ## terraform destroy (asks for each board; needs `protect: false` applied first)
	@$(call each,destroy)

outputs: ## terraform output: the page, the API, the tables
	@$(call each,output)

# $(call each,COMMAND): terraform COMMAND in every chosen bundle; stops at the first that fails.
define each
$(if $(BUNDLES),,echo 'no such bundle in build/: run make generate, or look at BOARD='; exit 2;) \\
for bundle in $(BUNDLES); do \\
	echo "== $${{bundle%/terraform}}"; $(TERRAFORM) -chdir=$$bundle $(1) $(ARGS) || exit $$?; \\
done
endef
"""

_WORKFLOW = """\
# Says whether leaderboards.yaml is valid, and whether what it makes may be applied. Applies nothing.
name: leaderboards
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
{where}    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - uses: hashicorp/setup-terraform@v3
        with:
          terraform_version: {terraform}
          terraform_wrapper: false
      # Until PyPI has this version: leaderboards-from-yaml[local] @ git+https://... with the address of its repository.
      - run: pipx install '{package}'
      - run: pipx install 'checkov=={checkov}'
      - run: leaderboards validate --format github{file}   # each mistake beside its line in the pull request
      - run: leaderboards generate{file}
      - run: leaderboards check{file}
"""


def make_project(
    project: str, region: str, team: str, owner: str, checkov: str, terraform: str, below: str = ""
) -> dict[str, str]:
    """Make the files of a new project with one board, by path. `checkov` and `terraform` are versions.

    `below`: where its folder is in its repository, for the workflow, which runs at the top; empty for the top itself.
    """
    # The starter's own comment names pages of this repository.
    board = "\n".join(f"  {line}" for line in make_starter(BOARD, team) if not line.startswith("#"))
    names = {"project": to_yaml(project), "region": to_yaml(region), "team": to_yaml(team), "owner": to_yaml(owner)}
    pins = {"package": PACKAGE, "terraform": terraform, "checkov": checkov}
    where = f"    env:\n      FILE: {to_yaml(f'{below}/{MAIN}')}\n" if below else ""
    place = {"where": where, "file": ' --file "$FILE"' if below else ""}
    return {
        MAIN: _MAIN.format(schema=SCHEMA, board=board, **names),
        SCHEMA: json_schema.schema_text(),
        ".gitignore": _GITIGNORE,
        "Makefile": _MAKEFILE.format(**pins),
        WORKFLOW: _WORKFLOW.format(**pins, **place),
    }


def make_project_name(folder: str) -> str:
    """Make a project's name out of a folder's: lower-case letters, digits and dashes, 16 at most."""
    name = re.sub("[^a-z0-9]+", "-", folder.lower()).strip("-0123456789")[:16].strip("-")
    return name or "arcade"
