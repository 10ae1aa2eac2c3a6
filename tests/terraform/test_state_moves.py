"""The commands by which Terraform's state follows a board, as `leaderboards changed` prints them, run one by one.

In each bundle one resource that Terraform itself has stands for the board's: what is planned shows whether its state is
found. `aws` is a few lines here, so that no AWS CLI is needed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import pipeline
from generator.board.board import Board
from generator.changes.comparing import compare_bundle
from generator.changes.facts import facts_of
from generator.local.emulator.process import Emulator
from tests.support.bundles import bundle_of
from tests.support.programs import need

pytestmark = pytest.mark.apply

AWS = f"""#!{sys.executable}
import sys
import boto3
words, s3 = sys.argv[3:], boto3.client("s3")
first, *more = [word.removeprefix("s3://").partition("/") for word in words]
source = dict(Bucket=first[0], Key=first[2])
if sys.argv[2] == "rm":
    s3.delete_object(**source)
elif words[1].startswith("s3://"):
    s3.copy_object(Bucket=more[0][0], Key=more[0][2], CopySource=source)
else:
    open(words[1], "wb").write(s3.get_object(**source)["Body"].read())
"""
RESOURCE = 'resource "terraform_data" "board" {\n  input = "scores"\n}\n'
MOVES = {
    "team": ((None, "nebula"), (None, "quasar")),
    "team with a backend": (("first", "nebula"), ("first", "quasar")),
    "bucket": (("first", "nebula"), ("second", "nebula")),
    "into a bucket": ((None, "nebula"), ("first", "nebula")),
    "out of a bucket": (("first", "nebula"), (None, "nebula")),
    "team, into a bucket": ((None, "nebula"), ("first", "quasar")),
}
"""The bucket of the state and the team, before and after."""


def decide(bucket: str | None, team: str) -> Board:
    """The board of a team whose state is in a bucket, or in its bundle."""
    backend = f"backend: {{s3: {{bucket: {bucket}, region: eu-central-1}}}}" if bucket else ""
    text = f"""version: 1
project: arcade
region: eu-central-1
environments: {{prod: {{account_id: "222222222222", {backend}}}}}
teams: {{nebula: {{owner: n@example.com}}, quasar: {{owner: q@example.com}}}}
boards:
  - {{name: kills, team: {team}, scoring: {{rules: [{{activity: kill, points: 1}}]}}, window: {{every: all_time}}}}
"""
    [board] = pipeline.validate({"leaderboards.yaml": text.encode()}).boards
    return board


class Shell:
    """A person in the project's folder, with Terraform and `aws`."""

    def __init__(self, folder: Path, aws: Emulator, terraform: str) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "bin/aws").write_text(AWS)
        (folder / "bin/aws").chmod(0o755)
        (folder / "bin/terraform").symlink_to(terraform)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
        self.environment = kept | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_ACCESS_KEY_ID": aws.access_key_id,
            "AWS_SECRET_ACCESS_KEY": aws.secret_access_key,
            "AWS_REGION": aws.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }

    def generate(self, board: Board) -> str:
        """Write the bundle's backend, and the resource that stands for all others. Returns its folder."""
        main = bundle_of(board)["terraform/main.tf"].decode()
        backend = re.search(r'  backend "s3" \{\n.*?\n  \}\n', main, re.DOTALL)
        # Whatever answers at a port of this machine has no name for each bucket.
        block = backend[0].replace("use_lockfile", "use_path_style = true\n    use_lockfile") if backend else ""
        path = self.folder / f"build/{board.folder}/terraform"
        path.mkdir(parents=True, exist_ok=True)
        (path / "main.tf").write_text(f"terraform {{\n{block}}}\n{RESOURCE}")
        return f"build/{board.folder}/terraform"

    def run(self, command: str) -> str:
        """Run a command as it is printed, and answer yes to what it asks."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            input="yes\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """An embedded AWS, of which S3 is used."""
    with Emulator("eu-central-1") as running:
        yield running


@pytest.mark.parametrize("move", MOVES)
def test_state_follows_a_board_by_the_commands_that_are_printed(move: str, aws: Emulator, tmp_path: Path) -> None:
    shell, s3 = Shell(tmp_path, aws, need("terraform")), aws.client("s3")
    for bucket in ("first", "second"):
        if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})
        for left in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=left["Key"])
    old, new = (decide(*place) for place in MOVES[move])
    former = shell.generate(old)
    shell.run(f"terraform -chdir={former} init -no-color && terraform -chdir={former} apply -no-color -auto-approve")
    present = shell.generate(new)
    [edit] = [edit for edit in compare_bundle(facts_of(old), facts_of(new), 0) if edit.commands]
    for command in edit.commands:
        said = shell.run(command)
        if " plan " in command:
            assert "No changes." in said, said
    assert "No changes." in shell.run(f"terraform -chdir={present} plan -no-color"), "the former state is not needed"
