"""Every role of a feed, and of a board that counts it, may do what it does, no more and no less."""

from __future__ import annotations

from functools import cache

import pytest

from tests.terraform.permissions.boards import PLACE
from tests.terraform.permissions.calls import Need
from tests.terraform.permissions.feeds import read_files, read_plan
from tests.terraform.permissions.grants import compare, merge, read_grants
from tests.terraform.permissions.life import Life
from tests.terraform.permissions.services import find_key_needs, find_service_needs

TABLE = PLACE.table("arcade-feed-matches-activities")


@cache
def find_needs() -> dict[str, set[Need]]:
    """What every role needs: for the board's functions, for AWS's services, and for what these ask the keys."""
    whole, board, feed = read_files()
    plan = read_plan(board, feed)
    life = Life(plan, whole, PLACE)
    life.live()
    needs = merge(life.needs, find_service_needs(plan, PLACE))
    return merge(needs, find_key_needs(plan, PLACE, needs))


def judge(path: str = "", old: str = "", new: str = "") -> list[str]:
    """What is wrong with the roles' permissions, with a change in a file of the feed or, if it has none such, of the
    board."""
    _, board, feed = read_files()
    changed = [dict(board), dict(feed)]
    if path:
        files = changed[1] if path in feed else changed[0]
        assert old in files[path].decode()
        files[path] = files[path].replace(old.encode(), new.encode())
    grants = read_grants(read_plan(*changed))
    needs = find_needs()
    assert set(grants) == set(needs)
    return [fault for role, own in grants.items() for fault in compare(role, own, needs[role])]


def test_every_role_may_do_what_it_does_and_nothing_else() -> None:
    assert judge() == []


PIPE, PRODUCER, REBUILDER = ("terraform/pipeline.tf", "terraform/producers.tf", "terraform/rebuilder.tf")
FEED_TABLE = "data.aws_dynamodb_table.feed"


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        (PIPE, '"events:PutEvents"', '"sqs:SendMessage"', "pipe may not events:PutEvents"),
        (PIPE, "bus.activities.arn]", "bus.activities.arn, aws_sqs_queue.strays.arn]", "never does"),
        (PRODUCER, '"dynamodb:PutItem"', '"dynamodb:Scan"', f"producer may not dynamodb:PutItem on {TABLE}"),
        (REBUILDER, f"{FEED_TABLE}.arn", "aws_dynamodb_table.marks.arn", "rebuilder may not dynamodb:PutItem"),
        (
            REBUILDER,
            f"[{FEED_TABLE}.server_side_encryption[0].kms_key_arn]",
            "[aws_kms_key.board.arn]",
            "rebuilder may not kms:Decrypt",
        ),
    ],
)
def test_a_permission_that_lacks_or_is_too_many_is_found(path: str, old: str, new: str, fault: str) -> None:
    assert any(fault in each for each in judge(path, old, new)), judge(path, old, new)


def test_game_servers_write_no_ids_of_boards_and_boards_none_of_players() -> None:
    _, board, feed = read_files()
    grants = read_grants(read_plan(board, feed))
    for role, own, other in (("producer", "ann", "#probe-1"), ("rebuilder", "#probe-1", "ann")):
        wanted = [Need("dynamodb:PutItem", TABLE, (("dynamodb:LeadingKeys", (key,)),)) for key in (own, other)]
        may = [any(grant.allows(need) for grant in grants[role]) for need in wanted]
        assert (role, may) == (role, [True, False])
