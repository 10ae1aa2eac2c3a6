"""What a board deploys, read from its Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cost.deployed import read_deployed
from generator.cost.estimate import BundleCost, estimate_board
from generator.errors import TerraformError
from generator.pipeline import validate
from generator.rendering import feed_files, text_files
from generator.source import inputs
from generator.terraform import hcl
from tests.support.paths import GOLDEN, GOLDEN_CASES
from tests.support.projects import board_yaml, boards_of, project_yaml

GOLDEN_PROJECTS = [validate(inputs.read_files(GOLDEN / case / "leaderboards.yaml").files) for case in GOLDEN_CASES]
GOLDEN_BOARDS = [board for project in GOLDEN_PROJECTS for board in project.boards]
GOLDEN_FEEDS = [feed for project in GOLDEN_PROJECTS for feed in project.feeds]


@pytest.mark.parametrize("board", GOLDEN_BOARDS, ids=lambda board: board.folder)
def test_what_is_counted_stands_in_the_bundle(board: Board) -> None:
    deployed = read_deployed(board)
    files = text_files.render_text_files(board)
    text = "".join(content for path, content in files.items() if path.endswith(".tf"))
    assert deployed.counts["aws_dynamodb_table"] == (2 if board.feed else 3)
    for kind in ("aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard", "aws_kms_key", "aws_pipes_pipe"):
        assert deployed.counts[kind] == len(re.findall(rf'^resource "{kind}"', text, re.M))
    metrics = re.findall(r"^ +metric_name ", "".join(re.findall(r"^resource.*?^}", text, re.M | re.S)), re.M)
    assert deployed.alarm_metrics == len(metrics)
    assert deployed.memory_mb["rebuilder"] == board.rebuilder.memory_mb
    assert {each.name for each in deployed.schedules} >= {"rebuild"}
    assert deployed.recoverable
    assert deployed.has_bucket_key


@pytest.mark.parametrize("feed", GOLDEN_FEEDS, ids=lambda feed: feed.folder)
def test_what_is_counted_of_a_feed_stands_in_its_bundle(feed: Feed) -> None:
    deployed = read_deployed(feed)
    text = "".join(content for path, content in feed_files.render_feed(feed).items() if path.endswith(".tf"))
    for kind in ("aws_cloudwatch_composite_alarm", "aws_dynamodb_table", "aws_kms_key", "aws_pipes_pipe"):
        assert deployed.counts[kind] == len(re.findall(rf'^resource "{kind}"', text, re.M))
    assert deployed.alarm_metrics == len(re.findall(r"^ +metric_name ", text, re.M)) > 0


@pytest.mark.parametrize("board", GOLDEN_BOARDS, ids=lambda board: board.folder)
def test_splitting_a_file_gives_the_blocks_that_parsing_gives(board: Board) -> None:
    for path, text in text_files.render_terraform(board).items():
        assert [head for head, _ in hcl.split_blocks(text)] == [
            (block.kind, *block.labels) for block in hcl.parse_hcl(text, path)
        ]


def test_a_resource_whose_price_is_not_known_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    (board,) = boards_of(project_yaml(board_yaml()))
    before = text_files.render_terraform
    added = 'resource "aws_nat_gateway" "late" {\n  subnet_id = "x"\n}\n'
    monkeypatch.setattr(text_files, "render_terraform", lambda board: {**before(board), "terraform/zz.tf": added})
    with pytest.raises(TerraformError, match=r"what does aws_nat_gateway\.late cost"):
        read_deployed(board)


def test_what_belongs_to_its_feed_is_no_cost_of_a_board() -> None:
    feeds = "feeds:\n  - {name: matches, team: nebula, types: [kill]}\n"
    alone, counting = (
        estimate_board(*boards_of(text))
        for text in (project_yaml(board_yaml()), project_yaml(board_yaml(feed="matches")) + feeds)
    )
    assert {*_list_terms(alone)} - {*_list_terms(counting)} == {
        ("activities", "activities, written"),
        ("activities", "pipe"),
        ("storage", "activities, stored"),
        ("pipe", "reads of the table's stream, 4 a second for each of 4 shards"),
    }
    assert not {*_list_terms(counting)} - {*_list_terms(alone)}


def _list_terms(cost: BundleCost) -> Iterator[tuple[str, str]]:
    for term in (*cost.traffic[1], *cost.uncertain):
        yield term.part, term.what


def test_a_shared_key_is_not_counted() -> None:
    shared = {"kms_key_arn": '"arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-4cd5-8ef6-1234567890ab"'}
    own, others = boards_of(project_yaml(board_yaml("own"), board_yaml("others", **shared)))
    assert (read_deployed(own).counts["aws_kms_key"], read_deployed(others).counts["aws_kms_key"]) == (1, 0)
