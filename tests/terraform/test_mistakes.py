"""Mistakes made on purpose in a bundle's Terraform: each is caught before a person would notice it.

Those of plans are in test_judging.py, those of permissions and policies in test_judging_requests.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import FunctionError
from tests.end_to_end.game import activity
from tests.support.bundles import bundle_of, everything
from tests.support.paths import REPOSITORY
from tests.support.programs import need
from tests.terraform.deployed import DeployedBoard
from tests.terraform.judging import judge_plan, read_module, read_show
from tests.terraform.lost import find_lost
from tests.terraform.stand_in.running import ACCOUNT, Stage
from tests.terraform.workspace import TerraformError, Workspace

BOARD = next(board for board in everything().boards if board.name == "wins")
POWERTOOLS = {"POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"}
"""Variables that Powertools reads by itself."""


def bundle_with(file: str, right: str, wrong: str, *, protect: bool = False) -> dict[str, bytes]:
    """The bundle of a small board with a mistake in one of its files."""
    files = bundle_of(replace(BOARD, protect=protect))
    text = files[f"terraform/{file}"].decode()
    assert right in text
    return {**files, f"terraform/{file}": text.replace(right, wrong).encode()}


@contextmanager
def terraform(files: dict[str, bytes], folder: Path) -> Iterator[tuple[Stage, Workspace]]:
    """A stage, and Terraform in a bundle that is initialised."""
    program = need("terraform")
    with Stage(BOARD.region, ACCOUNT) as stage:
        workspace = stage.workspace(folder, files, program)
        workspace.init()
        yield stage, workspace


def test_every_function_has_the_variables_that_its_handler_reads() -> None:
    """Neither more nor less: a misspelt one is both."""
    for board in everything().boards:
        for function in read_module(bundle_of(board)).of("aws_lambda_function"):
            handler = REPOSITORY / "runtime" / f"{function['handler'].split('.')[1]}.py"
            read = set(re.findall(r'aws\.setting\("(\w+)"\)', handler.read_text(encoding="utf-8")))
            if board.assembler is None:
                read.discard("ASSEMBLY_ARN")
            [environment] = function.blocks("environment")
            assert set(environment["variables"]) == read | POWERTOOLS, function.address


def test_no_other_module_reads_a_variable() -> None:
    """So that the test above sees them all."""
    # A worker process gets all variables of the function, whatever they are.
    handlers = {"api.py", "assembler.py", "aws.py", "processor.py", "rebuilder.py", "simulator.py", "processes.py"}
    others = [path for path in (REPOSITORY / "runtime").rglob("*.py") if path.name not in handlers]
    assert [path.name for path in others if re.search(r"aws\.setting\(|os\.environ", path.read_text("utf-8"))] == []


@pytest.mark.apply
def test_a_misspelt_environment_variable(tmp_path: Path) -> None:
    files = bundle_with("rebuilder.tf", "AGGREGATES_TABLE  ", "AGREGATES_TABLE   ")
    with terraform(files, tmp_path) as (stage, workspace):
        workspace.plan()
        workspace.apply()
        with (
            DeployedBoard(stage, workspace.state()) as deployed,
            pytest.raises(FunctionError, match="AGGREGATES_TABLE"),
        ):
            deployed.rebuild()


@pytest.mark.apply
def test_a_filter_that_drops_a_type_of_the_rules(tmp_path: Path) -> None:
    pattern = 'eventName = ["INSERT"]'
    files = bundle_with(
        "pipeline.tf", pattern, f'{pattern}\n dynamodb = {{ NewImage = {{ type = {{ S = ["loss"] }} }} }}'
    )
    with terraform(files, tmp_path) as (stage, workspace):
        workspace.plan()
        workspace.apply()
        with DeployedBoard(stage, workspace.state()) as deployed:
            deployed.write(activity("ada", "win"))
            deployed.wait_until_counted()
            deployed.rebuild()
            # Where the filter is right, test_apply.py reads the player's rank at this point.
            assert deployed.ranking() == []


@pytest.mark.apply
def test_a_table_renamed_without_moved(tmp_path: Path) -> None:
    with terraform(bundle_of(replace(BOARD, protect=True)), tmp_path) as (_, workspace):
        workspace.plan("-target=aws_dynamodb_table.marks")
        workspace.apply()
        renamed = {
            path: data.replace(b"aws_dynamodb_table.marks", b"aws_dynamodb_table.decisions").replace(
                b'resource "aws_dynamodb_table" "marks"', b'resource "aws_dynamodb_table" "decisions"'
            )
            for path, data in bundle_of(replace(BOARD, protect=True)).items()
            if path.endswith(".tf")
        }
        workspace.write(renamed)
        # prevent_destroy went with the block, so Terraform itself would not refuse.
        assert find_lost(workspace.plan()) == ["aws_dynamodb_table.marks: delete"]
        moved = b"moved {\n  from = aws_dynamodb_table.marks\n  to   = aws_dynamodb_table.decisions\n}\n"
        workspace.write({"terraform/renamed.tf": moved})
        assert find_lost(workspace.plan()) == []


@pytest.mark.apply
def test_an_alarm_on_a_queue_that_is_not_there(tmp_path: Path) -> None:
    queue = '{ QueueName = "tiny-wins-pipe-dead-letters" }'
    files = bundle_with("alarms.tf", queue, '{ QueueName = "tiny-wins-pipe-letters" }')
    with terraform(files, tmp_path) as (_, workspace):
        [fault] = [fault for fault in judge_plan(read_show(workspace.plan())) if "tiny-wins-pipe-letters" in fault]
        assert "pipe_dead_letters" in fault


@pytest.mark.apply
def test_a_value_that_the_model_of_aws_refuses(tmp_path: Path) -> None:
    files = bundle_with("rebuilder.tf", "memory_size      = 512", "memory_size      = 64")
    with terraform(files, tmp_path) as (stage, workspace):
        workspace.plan("-target=aws_lambda_function.rebuilder")
        with pytest.raises(TerraformError, match=r"CreateFunction\.MemorySize"):
            workspace.apply()
        assert ("lambda", "CreateFunction") not in stage.cloud.calls


@pytest.mark.apply
def test_a_deprecated_argument(tmp_path: Path) -> None:
    right = "assume_role_policy = data.aws_iam_policy_document.pipe_assume.json"
    files = bundle_with(
        "pipeline.tf", right, f'{right}\n  managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]'
    )
    with terraform(files, tmp_path) as (_, workspace):
        assert "managed_policy_arns is deprecated" in str(workspace.validate())
