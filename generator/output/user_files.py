"""Tells which files in a bundle's folder belong to the user or to Terraform. `generate` never touches those."""

from __future__ import annotations

from fnmatch import fnmatchcase

INIT_FILES = (".terraform", ".terraform.lock.hcl")
"""What `terraform init` makes in a bundle's `terraform/`, and can make again."""

_STATE = ("*.tfstate", "*.tfstate.*", "terraform.tfstate.d")
_USERS = (*_STATE, *INIT_FILES, "*.tfvars", "*.tfvars.json", "*.tfplan")


def is_users(path: str) -> bool:
    """Whether a file in a bundle is the user's or Terraform's: state, lock, variables, plans, `.terraform/`."""
    return _matches(path, _USERS)


def is_state(path: str) -> bool:
    """Whether a file in a bundle is Terraform's state, its backup or lock, or says where the state is."""
    return _matches(path, _STATE)


def is_made_by_init(path: str) -> bool:
    """Whether `terraform init` can make a file in a bundle again."""
    return any(part in INIT_FILES for part in path.split("/"))


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(part, pattern) for part in path.split("/") for pattern in patterns)
