"""Default quotas of an account: what boards take of them together."""

from __future__ import annotations

import pytest

from generator.pipeline import validate
from tests.support.projects import board_yaml, project_yaml

ACL = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/games/1234abcd-12ab-34cd-56ef-1234567890ab"


def warnings(number: int, **keys: str) -> list[str]:
    """What `validate` warns of for a number of equal boards."""
    boards = [board_yaml(f"board-{index}", **keys) for index in range(number)]
    found = validate({"leaderboards.yaml": project_yaml(*boards).encode()}).diagnostics
    assert all(each.severity == "warning" and each.line for each in found)
    return [each.message for each in found]


@pytest.mark.parametrize(("number", "expected"), [(50, 0), (51, 1)])
def test_origin_access_controls(number: int, expected: int) -> None:
    assert len(warnings(number)) == expected


def test_a_board_without_a_page_has_no_distribution() -> None:
    api = "{access: iam, principals: ['arn:aws:iam::111111111111:role/game']}"
    assert not warnings(60, api=api)


@pytest.mark.parametrize(("number", "expected"), [(100, False), (101, True)])
def test_boards_behind_one_web_acl(number: int, expected: bool) -> None:
    found = warnings(number, api=f"{{web_acl_arn: {ACL}, max_concurrency: 1}}")
    assert any("are behind the web ACL games" in each for each in found) == expected


@pytest.mark.parametrize(("at_once", "expected"), [("900", ""), ("901", "reserve 901 executions"), ("unreserved", "")])
def test_executions_that_are_reserved(at_once: str, expected: str) -> None:
    found = warnings(1, api=f"{{max_concurrency: {at_once}}}")
    assert expected in "".join(found)
    assert bool(found) == bool(expected)


def test_processors_count_too() -> None:
    traffic = "{activities_per_second: {peak: 99000}}"
    scoring = "{aggregate: last, rules: [{activity: kill, points: 1}]}"
    found = warnings(1, traffic=traffic, scoring=scoring, api="{max_concurrency: unreserved}")
    assert any("1,001 functions at once (990 processors + 10 of the API + 1 rebuilder)" in each for each in found)


def test_assemblers_count_too() -> None:
    traffic, api = "{players: 60000000}", "{max_concurrency: unreserved}"
    window = "[{every: week}, {every: month}]"
    assert warnings(15, traffic=traffic, api=api, window=window) == []
    [found] = warnings(17, traffic=traffic, api=api, window=window)
    assert "may run 1,037 functions at once (34 processors + 170 of the API + 17 rebuilders + 816 assemblers)" in found


@pytest.mark.parametrize(("number", "expected"), [(100, False), (101, True)])
def test_boards_that_other_sites_show_in_a_frame(number: int, expected: bool) -> None:
    found = warnings(number, dashboard="{embed_in: [https://game.example.com]}", api="{max_concurrency: 1}")
    assert any(f"take {number} CloudFront functions" in each for each in found) == expected
