"""Every role of every kind of board may do what it does, no more and no less; and the test would see if not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.terraform.judging import judge_plan, read_module
from tests.terraform.permissions.boards import BOARDS, PLACE, make_board
from tests.terraform.permissions.calls import OPERATIONS, Need
from tests.terraform.permissions.grants import Grant, compare, merge, read_grants
from tests.terraform.permissions.life import Life
from tests.terraform.permissions.services import find_key_needs, find_service_needs

MARKED = '"dynamodb:BatchGetItem", "dynamodb:PutItem"'
"""What the processor may do with marks, as its policy lists it to the end."""


@cache
def find_needs(kind: str) -> dict[str, set[Need]]:
    """What every role of a board needs: for its functions, for AWS's services, and for what these ask the key."""
    board, files = make_board(kind)
    plan = read_module(files)
    life = Life(plan, board, PLACE)
    life.live()
    needs = merge(life.needs, find_service_needs(plan, PLACE))
    return merge(needs, find_key_needs(plan, PLACE, needs))


def judge(kind: str, change: Callable[[bytes], bytes] | None = None) -> list[str]:
    """What is wrong with the permissions of a board's roles, with a change in the Terraform."""
    files = dict(make_board(kind)[1])
    if change:
        changed = {path: change(data) if path.endswith(".tf") else data for path, data in files.items()}
        assert changed != files, "a mistake that is not made cannot be found"
        files = changed
    needs = find_needs(kind)
    grants = read_grants(read_module(files))
    assert set(grants) == set(needs), "every role does something, and nothing is done without a role"
    return [fault for role, own in grants.items() for fault in compare(role, own, needs[role])]


@pytest.mark.parametrize("kind", BOARDS)
def test_every_role_may_do_what_it_does_and_nothing_else(kind: str) -> None:
    assert judge(kind) == []


def replace(old: str, new: str) -> Callable[[bytes], bytes]:
    """A change of the Terraform."""
    return lambda text: re.sub(old.encode(), new.encode(), text)


def test_a_permission_removed_is_found() -> None:
    table = "arn:aws:dynamodb:eu-central-1:111111111111:table/arcade-kills-marks"
    without = replace(rf"{MARKED}\]", '"dynamodb:BatchGetItem"]')
    [fault] = judge("everything", without)
    assert fault.startswith(f"processor may not dynamodb:PutItem on {table} ")


def test_one_permission_too_many_is_found() -> None:
    table = "arn:aws:dynamodb:eu-central-1:111111111111:table/arcade-kills-marks"
    more = replace(rf"{MARKED}\]", f'{MARKED}, "dynamodb:Scan"]')
    assert judge("everything", more) == [
        f"processor may dynamodb:Scan on {table} if dynamodb:LeadingKeys is not #audit or #corrections or #grants, "
        "but never does"
    ]


def test_a_resource_too_wide_or_too_many_is_found() -> None:
    more = replace(
        r"resources = \[aws_sqs_queue\.activities\.arn\]",
        "resources = [aws_sqs_queue.activities.arn, aws_sqs_queue.pipe_dead_letters.arn]",
    )
    assert [fault for fault in judge("a total", more) if "pipe-dead-letters, but never does" in fault]


def test_the_rebuilder_writes_no_activity_of_a_player() -> None:
    """A condition by the partition key holds it to probes and heartbeats."""
    needs = find_needs("everything")["rebuilder"]
    grants = read_grants(read_module(make_board("everything")[1]))["rebuilder"]
    activities = PLACE.table("arcade-kills-activities")
    own = {need for need in needs if need.resource == activities}
    assert {dict(need.context)["dynamodb:LeadingKeys"][0].split("-")[0] for need in own} == {"#heartbeat", "#probe"}
    forged = Need("dynamodb:PutItem", activities, (("dynamodb:LeadingKeys", ("ann",)),))
    assert not any(grant.allows(forged) for grant in grants)


def test_a_condition_that_is_never_true_is_found() -> None:
    other = replace(
        r'variable = "events:source"\n      values   = \["arcade-kills"\]',
        'variable = "events:source"\n      values   = ["other"]',
    )
    faults = judge("everything", other)
    assert "rebuilder may not events:PutEvents" in faults[0]
    assert "if events:source is other, but never does" in faults[1]


def test_a_condition_key_that_does_not_exist_is_found() -> None:
    _, files = make_board("a total")
    text = files["terraform/rebuilder.tf"].replace(b'"events:source"', b'"events:sources"')
    faults = judge_plan(read_module({**files, "terraform/rebuilder.tf": text}))
    assert any("events:PutEvents has no condition key events:sources" in fault for fault in faults)


def test_an_action_that_takes_no_such_resource_is_found() -> None:
    _, files = make_board("a total")
    text = files["terraform/pipeline.tf"].replace(b'"dynamodb:GetShardIterator"', b'"dynamodb:ListStreams"')
    faults = judge_plan(read_module({**files, "terraform/pipeline.tf": text}))
    assert any("dynamodb:ListStreams takes no such resource, only *" in fault for fault in faults)


def test_a_grant_is_compared_by_resource_and_condition() -> None:
    need = Need("s3:ListBucket", "arn:aws:s3:::b", (("s3:prefix", ("snapshots/x",)),))
    for test, fits in (("StringLike", True), ("StringLikeIfExists", True), ("StringEquals", True)):
        assert Grant(need.action, need.resource, ((test, "s3:prefix", ("snapshots/*",)),)).allows(need) is fits
    assert not Grant(need.action, need.resource, (("StringLike", "s3:prefix", ("dashboard/*",)),)).allows(need)
    assert not Grant(need.action, "arn:aws:s3:::c").allows(need)
    without = Need("s3:ListBucket", "arn:aws:s3:::b")
    assert Grant(need.action, need.resource, (("StringLikeIfExists", "s3:prefix", ("x",)),)).allows(without)
    assert not Grant(need.action, need.resource, (("StringLike", "s3:prefix", ("x",)),)).allows(without)


def test_a_request_that_nobody_has_mapped_fails() -> None:
    assert "dynamodb.DescribeTable" not in OPERATIONS
