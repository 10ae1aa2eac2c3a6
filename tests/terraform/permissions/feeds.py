"""A feed and a board that counts it, as one plan: together they have what a board with a table of its own has alone."""

from __future__ import annotations

from functools import cache

from generator.board.board import Board
from generator.pipeline import generate
from tests.support.projects import board_yaml, project_yaml
from tests.terraform.judging import Plan, read_module
from tests.terraform.judging.plan import Resource

FEED = "[{name: matches, team: nebula, types: [kill, lap]}]"
_NUMBER = "00000000-0000-4000-8000-"
"""What the ids of keys begin with that are made up for a plan: each module counts them from 0."""


@cache
def read_files() -> tuple[Board, dict[str, bytes], dict[str, bytes]]:
    """The board, its bundle, and the feed's."""
    window = "[{every: hour, keep: 1}, {every: all_time}]"
    text = project_yaml(board_yaml(window=window, simulator="true", feed="matches"), feeds=FEED)
    made = generate({"leaderboards.yaml": text.encode()}, "leaderboards.yaml")
    assert made.diagnostics == ()
    [board], [feed] = made.boards, made.feeds
    own, other = (
        {path.partition(f"{each.folder}/")[2]: data for path, data in made.files.items() if each.folder + "/" in path}
        for each in (board, feed)
    )
    return board, own, other


def read_plan(board: dict[str, bytes], feed: dict[str, bytes]) -> Plan:
    """The plan of a board's bundle and of its feed's."""
    fed = read_module(feed)
    key = next(each["arn"] for each in fed.of("aws_kms_key"))
    table = next(each["name"] for each in fed.of("aws_dynamodb_table"))
    # The board's bundle asks AWS for the key of the feed's table. Both plans count what they make up from 0.
    known = key.replace(_NUMBER, _NUMBER.replace("4000", "4001"))
    of_table = f"{key.partition('key/')[0]}key/of-{table}"
    own = [_replace(each, {of_table: known}) for each in read_module(board).resources]
    return Plan([*own, *(_replace(each, {key: known}) for each in fed.resources)])


def _replace(resource: Resource, texts: dict[str, str]) -> Resource:
    def walk(value: object) -> object:
        if isinstance(value, str):
            for old, new in texts.items():
                value = value.replace(old, new)
            return value
        if isinstance(value, dict):
            return {name: walk(one) for name, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list) else value

    return Resource(resource.address, resource.type, {name: walk(value) for name, value in resource.values.items()})
