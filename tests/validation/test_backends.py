"""What `terraform init` of the real S3 backend refuses, `leaderboards validate` refuses first.

Terraform checks the backend's values before it calls AWS. Here it then finds nobody at the end of the line, and says
so in other words than for a wrong value.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from generator.aws import regions
from generator.pipeline import validate
from tests.support.bundles import everything
from tests.support.effort import seeds
from tests.support.folders import write_folder
from tests.support.programs import need
from tests.support.projects import board_yaml, project_yaml

NOBODY = {
    "skip_credentials_validation": "true",
    "skip_requesting_account_id": "true",
    "skip_metadata_api_check": "true",
    "use_path_style": "true",
    "max_retries": "1",
    "access_key": "nobody",
    "secret_key": "nobody",
    "endpoints": '{s3="http://127.0.0.1:9"}',
}
"""Settings with which the backend calls nobody but a port of this machine where nobody listens."""

CALLED = "Unable to list objects in S3 bucket"
"""What Terraform says when the backend's values were right, and the first call failed."""

RIGHT = {
    "bucket": "arcade-tfstate",
    "region": "eu-central-1",
    "kms_key_id": "arn:aws:kms:eu-central-1:111111111111:key/0d7c3f52-9a1e-4b86-8f25-6c2b7e9d4a10",
}
_KEY = "arn:aws:kms:eu-central-1:111111111111:"
WRONG = (
    *(("bucket", value) for value in ("", " ", "a", "a..b", "192.168.5.4", "xn--state", "state-s3alias", "State")),
    *(("region", value) for value in ("", "eu-central-9", "eu_central_1", "Frankfurt", "EU-CENTRAL-1", "us-east-1a")),
    *(
        ("kms_key_id", value)
        for value in (
            *("", "alias/state", "0d7c3f52-9a1e-4b86-8f25-6c2b7e9d4a10", f"{_KEY}key/state", f"{_KEY}key/1234abcd"),
            f"{_KEY}key/12345678-1234-1234-1234-123456789012",
            f"{_KEY}key/0D7C3F52-9A1E-4B86-8F25-6C2B7E9D4A10",
            f"{_KEY}key/0d7c3f52-9a1e-4b86-8f25-6c2b7e9d4a1",
            f"{_KEY}key/0d7c3f529a1e4b868f256c2b7e9d4a10",
            f"{_KEY}key/mrk-0d7c3f529a1e4b868f256c2b7e9d4a1",
            "arn:aws:s3:::arcade-tfstate",
        )
    ),
)
ALSO_RIGHT = (
    *(("bucket", value) for value in ("abc", "a.b-c", "1a" + "b" * 61)),
    *(("region", value) for value in regions.BACKEND),
    ("kms_key_id", f"{_KEY}key/mrk-0d7c3f529a1e4b868f256c2b7e9d4a10"),
)


def terraform_takes(program: str, folder: Path) -> bool:
    """Whether the values of the backend in a folder are right in Terraform's eyes."""
    settings = [f"-backend-config={name}={value}" for name, value in NOBODY.items()]
    done = subprocess.run(
        [program, f"-chdir={folder}", "init", "-input=false", "-no-color", *settings],
        capture_output=True,
        text=True,
        env={"CHECKPOINT_DISABLE": "1", "HOME": str(folder)},
        check=False,
    )
    assert done.returncode == 1
    assert (CALLED in " ".join(done.stderr.split())) != (" on main.tf line " in done.stderr), done.stderr
    return CALLED in " ".join(done.stderr.split())


def takes(program: str, folder: Path, backend: Mapping[str, str]) -> bool:
    """Whether Terraform takes the values of a backend."""
    lines = [f"    {name} = {json.dumps(value)}\n" for name, value in backend.items()]
    write_folder(
        folder, {"main.tf": f'terraform {{\n  backend "s3" {{\n    key = "k"\n{"".join(lines)}  }}\n}}\n'.encode()}
    )
    return terraform_takes(program, folder)


def we_take(backend: Mapping[str, str]) -> bool:
    """Whether `leaderboards validate` takes the values of a backend."""
    environments = json.dumps({"dev": {"backend": {"s3": backend}}})
    data = project_yaml(board_yaml(), environments=environments).encode()
    found = validate({"leaderboards.yaml": data}).diagnostics
    assert all(each.path.startswith("environments.dev.backend.s3.") and each.line for each in found)
    return not found


def backends(changes: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Right backends, each with one value changed."""
    for key, value in changes:
        changed = RIGHT | {key: value}
        if key == "region":  # the key would be in another
            del changed["kms_key_id"]
        yield changed


def test_we_refuse_what_terraform_refuses(tmp_path: Path) -> None:
    program = need("terraform")
    refused = 0
    for number, backend in enumerate(backends(WRONG)):
        assert not we_take(backend), backend
        refused += not takes(program, tmp_path / str(number), backend)
    # Terraform leaves most of a bucket's name to S3, takes an alias, and tries its luck with the ARN of anything.
    assert refused >= 14


def test_terraform_takes_what_we_take(tmp_path: Path) -> None:
    program = need("terraform")
    for number, backend in enumerate((RIGHT, *backends(ALSO_RIGHT))):
        assert we_take(backend), backend
        assert takes(program, tmp_path / str(number), backend), backend


@seeds(2)
def test_terraform_takes_what_we_take_of_slips(seed: int, tmp_path: Path) -> None:
    """One character dropped, doubled, or replaced by another, at random."""
    program, chance = need("terraform"), random.Random(seed)
    taken = 0
    for number in range(20):
        key = chance.choice(tuple(RIGHT))
        value, at = RIGHT[key], chance.randrange(len(RIGHT[key]))
        other = chance.choice(("", value[at] * 2, *"a0-.:/ A_"))
        (backend,) = backends([(key, value[:at] + other + value[at + 1 :])])
        if we_take(backend):
            taken += 1
            assert takes(program, tmp_path / str(number), backend), backend
    assert taken


BUNDLES = sorted(
    path.partition("/terraform/")[0]
    for path, data in everything().files.items()
    if path.endswith("/terraform/main.tf") and b'backend "s3"' in data
)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_terraform_takes_the_backend_of_a_bundle(bundle: str, tmp_path: Path) -> None:
    files = {path: data for path, data in everything().files.items() if path.startswith(f"{bundle}/terraform/")}
    write_folder(tmp_path, files)
    assert terraform_takes(need("terraform"), tmp_path / bundle / "terraform")
