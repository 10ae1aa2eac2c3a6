"""The stand-in for the AWS provider: its schema, and how attributes become parameters and come back."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest

from tests.support.bundles import everything
from tests.terraform.judging.deprecated import DEPRECATED, find_deprecated
from tests.terraform.stand_in.cloud import Cloud, RefusedError
from tests.terraform.stand_in.kinds import KINDS
from tests.terraform.stand_in.members import UnknownMemberError, from_members, to_members
from tests.terraform.stand_in.planning import plan
from tests.terraform.stand_in.schema import TIME, read_aws

TEXT = b"\n".join(data for path, data in everything().files.items() if path.endswith(".tf")).decode()
SCHEDULE = read_aws()["resources"]["aws_scheduler_schedule"]


def shape(service: str, operation: str) -> object:
    """The shape of an operation's parameters."""
    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape


def test_the_schema_is_the_one_of_the_pinned_provider() -> None:
    pinned = set(re.findall(r'source\s+= "hashicorp/aws"\n\s+version = "([\d.]+)"', TEXT))
    assert pinned == {read_aws()["version"]}


def test_every_type_of_a_bundle_is_made_somewhere() -> None:
    resources = set(re.findall(r'^resource "(\w+)"', TEXT, re.MULTILINE))
    assert resources - set(KINDS) - set(TIME["resources"]) == set()
    data = set(re.findall(r'^data "(\w+)"', TEXT, re.MULTILINE))
    assert data - set(read_aws()["data"]) == set()


def test_the_table_names_attributes_of_the_schema() -> None:
    for name, kind in KINDS.items():
        block = read_aws()["resources"][name]
        known = {*block["attributes"], *block["blocks"]}
        named = {*kind.replaces.split(), *kind.local.split(), *kind.keeps.split(), *kind.computed, *kind.created}
        named |= {each for part in kind.parts for each in part.takes}
        named |= {each for computed, causes in kind.changing.items() for each in f"{computed} {causes}".split()}
        assert (name, named - known) == (name, set())


def test_attributes_become_members_and_come_back() -> None:
    values = {
        "schedule_expression": "rate(1 minute)",
        "target": [{"arn": "a", "retry_policy": [{"maximum_retry_attempts": 5}], "input": None}],
    }
    members = to_members(SCHEDULE, values, shape("scheduler", "CreateSchedule"), {})
    assert members == {
        "ScheduleExpression": "rate(1 minute)",
        "Target": {"Arn": "a", "RetryPolicy": {"MaximumRetryAttempts": 5}},
    }
    members["Target"]["RetryPolicy"]["MaximumRetryAttempts"] = 6
    found = from_members(SCHEDULE, values, shape("scheduler", "CreateSchedule"), members, {})
    assert found["target"] == [{"arn": "a", "retry_policy": [{"maximum_retry_attempts": 6}], "input": None}]


def test_an_attribute_without_a_member_is_not_dropped_silently() -> None:
    with pytest.raises(UnknownMemberError, match="name_prefix is no member"):
        to_members(SCHEDULE, {"name_prefix": "x"}, shape("scheduler", "CreateSchedule"), {})


def test_a_change_of_the_name_replaces_and_one_of_the_rate_does_not() -> None:
    prior = {"name": "a", "schedule_expression": "rate(1 minute)", "region": "eu-west-1"}
    changed = {**prior, "schedule_expression": "rate(5 minutes)"}
    assert plan("aws_scheduler_schedule", prior, changed, changed, {}, "eu-west-1")[1] == []
    assert plan("aws_scheduler_schedule", prior, {**changed, "name": "b"}, {}, {}, "eu-west-1")[1] == ["name"]


def test_a_block_that_is_optional_and_computed_stays_when_it_is_left_out() -> None:
    prior: dict[str, Any] = {"name": "t", "point_in_time_recovery": [{"enabled": True}], "tags": None, "tags_all": {}}
    proposed = {**prior, "point_in_time_recovery": []}
    new, replaced = plan("aws_dynamodb_table", prior, proposed, proposed, {}, "eu-west-1")
    assert (new["point_in_time_recovery"], replaced) == ([{"enabled": True}], [])


def test_the_deprecated_arguments_are_in_the_schema() -> None:
    for kind, arguments in DEPRECATED.items():
        for path in arguments:
            block = read_aws()["resources"][kind]
            *outer, last = path.split(".")
            for name in outer:
                block = block["blocks"][name][-1]
            assert last in {**block["attributes"], **block["blocks"]}, path


def test_a_deprecated_argument_is_found_where_it_is_set() -> None:
    index = [{"name": "by_score", "hash_key": "board", "range_key": None}]
    table = {"hash_key": "player_id", "global_secondary_index": index}
    assert list(find_deprecated("aws_dynamodb_table", table)) == [
        "global_secondary_index.hash_key is deprecated (terraform-provider-aws#46197)"
    ]
    assert list(find_deprecated("aws_dynamodb_table", {**table, "global_secondary_index": []})) == []
    assert list(find_deprecated("aws_iam_role", {"managed_policy_arns": ["arn"], "inline_policy": []})) == [
        "managed_policy_arns is deprecated (terraform-provider-aws#39203, #39718)"
    ]


class Buses:
    """An emulator of event buses that deletes whatever it is told to."""

    def __init__(self) -> None:
        self.rules: dict[str, list[str]] = {"strays": ["queue"], "board": []}
        self.deleted: list[str] = []

    def list_rules(self, EventBusName: str) -> Any:  # noqa: N803
        return {"Rules": [{"Name": name} for name in self.rules]}

    def list_targets_by_rule(self, Rule: str, EventBusName: str) -> Any:  # noqa: N803
        return {"Targets": [{"Id": each} for each in self.rules[Rule]]}

    def delete_rule(self, Name: str, EventBusName: str) -> None:  # noqa: N803
        del self.rules[Name]

    def delete_event_bus(self, Name: str) -> None:  # noqa: N803
        self.deleted.append(Name)


def test_a_bus_with_rules_and_a_rule_with_targets_are_not_deleted() -> None:
    buses = Buses()
    cloud = Cloud(lambda *_: buses, lambda *_: [])

    def delete(kind: str, **parameters: str) -> None:
        [part, *_] = KINDS[kind].parts
        cloud.call(KINDS[kind], part, part.delete, "eu-central-1", parameters)

    rule = {"Name": "strays", "EventBusName": "bus"}
    with pytest.raises(RefusedError, match="has rules: strays, board"):
        delete("aws_cloudwatch_event_bus", Name="bus")
    with pytest.raises(RefusedError, match="has targets"):
        delete("aws_cloudwatch_event_rule", **rule)
    buses.rules["strays"].clear()
    delete("aws_cloudwatch_event_rule", **rule)
    delete("aws_cloudwatch_event_rule", **rule | {"Name": "board"})
    delete("aws_cloudwatch_event_bus", Name="bus")
    assert (buses.rules, buses.deleted) == ({}, ["bus"])
