"""What `leaderboards local` deploys is what Terraform plans: both are asked of an emulator, and compared.

The two have readers of their own for the bundle's Terraform: Terraform itself, and generator/terraform/.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.board.board import Board
from generator.board.feed import Feed
from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import PipeSettings
from generator.local.emulator.process import Emulator
from tests.support.bundles import bundle_of, everything
from tests.support.programs import need
from tests.terraform.deployed import read_state
from tests.terraform.judging import read_module
from tests.terraform.judging.plan import MADE_UP_ACCOUNT
from tests.terraform.stand_in.running import ACCOUNT, Stage

pytestmark = pytest.mark.apply

BOARDS = [board for board in everything().boards if board.name in ("arena", "partners")]
FUNCTION = ("Environment", "Timeout", "MemorySize", "Handler", "Runtime", "Architectures", "DeadLetterConfig", "Layers")
MAPPING = ("BatchSize", "MaximumBatchingWindowInSeconds", "ScalingConfig", "FunctionResponseTypes", "FilterCriteria")
SCHEDULE = ("ScheduleExpression", "FlexibleTimeWindow", "Target", "State", "ScheduleExpressionTimezone")


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.folder)
def test_what_local_deploys_is_what_terraform_plans(board: Board, tmp_path: Path) -> None:
    files, account = bundle_of(board), board.account_id or ACCOUNT
    with Stage(board.region, account) as stage:
        workspace = stage.workspace(tmp_path, files, need("terraform"))
        workspace.init()
        workspace.plan()
        workspace.apply()
        planned, planned_pipe = read_settings(stage.aws), read_state(workspace.state())
    with Emulator(board.region, account) as aws:
        deployment = Resources(aws).apply(files, schedule=True)
        assert read_settings(aws) == planned
    assert describe_pipe(deployment.pipe) == describe_pipe(planned_pipe.pipe)
    assert (deployment.page, deployment.api) == (planned_pipe.page, planned_pipe.api)
    assert (deployment.activities_table, deployment.bucket) == (planned_pipe.activities_table, planned_pipe.bucket)


@pytest.mark.parametrize("one", [*BOARDS, *everything().feeds], ids=lambda one: one.folder)
def test_our_reader_evaluates_what_terraform_does(one: Board | Feed, tmp_path: Path) -> None:
    """Every argument of every resource that is known before the apply."""
    files = bundle_of(one)
    with Stage(one.region, one.account_id or MADE_UP_ACCOUNT) as stage:
        workspace = stage.workspace(tmp_path, files, need("terraform"))
        workspace.init()
        planned = {
            # Terraform writes a key as a template would be: with `$${` for `${`, and `%%{` for `%{`.
            each["address"].replace("$${", "${").replace("%%{", "%{"): each["values"]
            for each in workspace.plan()["planned_values"]["root_module"]["resources"]
            if each["mode"] == "managed"
        }
    read = {each.address: each for each in read_module(files).resources}
    assert set(read) == set(planned)
    pairs = {
        (address, name): (_normalise(value), _normalise(planned[address][name]))
        for address, resource in read.items()
        for name, value in resource.values.items()
        if isinstance(value, str | int | float | bool)
        and planned[address].get(name) is not None
        and name not in ("filename", "source")  # the two run in different folders
    }
    assert len(pairs) > 2 * len(read)
    assert {place: pair for place, pair in pairs.items() if pair[0] != pair[1]} == {}


def read_settings(aws: Emulator) -> dict[str, Any]:
    """What an emulator says of functions, event source mappings and schedules, without what differs between two."""
    functions, scheduler = aws.client("lambda"), aws.client("scheduler")
    found: dict[str, Any] = {}
    for function in functions.list_functions()["Functions"]:
        name = function["FunctionName"]
        concurrency = functions.get_function_concurrency(FunctionName=name)
        found[name] = {key: function.get(key) for key in FUNCTION}
        found[name]["concurrency"] = concurrency.get("ReservedConcurrentExecutions")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        found[mapping["EventSourceArn"]] = {key: mapping.get(key) for key in MAPPING}
    for each in scheduler.list_schedules()["Schedules"]:
        schedule = scheduler.get_schedule(Name=each["Name"])
        found[each["Name"]] = {key: schedule.get(key) for key in SCHEDULE}
    # A key and a stream have another id each time.
    cleaned: dict[str, Any] = _clean(found)
    return cleaned


def _normalise(value: Any) -> Any:
    """A policy as what it says: the provider writes a list of one as that one."""
    return _unwrap(json.loads(value)) if isinstance(value, str) and value.startswith("{") else value


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unwrap(one) for name, one in value.items()}
    if isinstance(value, list):
        return _unwrap(value[0]) if len(value) == 1 else sorted((_unwrap(one) for one in value), key=repr)
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items() if name != "CodeSize"}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return re.sub(r"(key/[0-9a-f-]{36}|stream/[0-9T:.-]+)", "ID", value) if isinstance(value, str) else value


def describe_pipe(pipe: PipeSettings | None) -> dict[str, Any]:
    """A pipe's settings without its addresses; of its filters, which of some records they let through."""
    assert pipe
    settings = {
        name: getattr(pipe, name) for name in ("from_start", "batch_size", "retry_attempts", "record_age_seconds")
    }
    kinds = ("kill", "boss_kill", "lap", "chat", "emote")
    images: list[Any] = [{"type": {"S": kind}} for kind in kinds] + [{"type": {"N": "1"}}, {}]
    records = [
        {"eventName": event, "dynamodb": {"NewImage": image}} for event in ("INSERT", "MODIFY") for image in images
    ]
    settings["passed"] = [any(matches(record) for matches in pipe.filters) for record in records]
    return settings
