"""A board of each kind that has permissions of its own."""

from __future__ import annotations

from functools import cache

from generator.board.board import Board
from generator.pipeline import generate
from tests.support.projects import board_yaml, project_yaml
from tests.terraform.permissions.calls import Place

PLACE = Place("eu-central-1", "111111111111")
HOURLY = "[{every: hour, keep: 1}, {every: all_time}]"
KEY = f"arn:aws:kms:{PLACE.region}:{PLACE.account_id}:key/1234abcd-12ab-4cd5-8ef6-1234567890ab"
LAP = "rules: [{activity: lap, points: 0, per: {field: ms, points: 1}}]"

BOARDS = {
    "everything": board_yaml(
        scoring="{rules: [{activity: kill, points: 10}], limits: {activities_per_minute: 100}}",
        window=HOURLY,
        milestones="[10]",
        simulator="true",
    ),
    "a total": board_yaml(window=HOURLY),
    "the best run": board_yaml(scoring=f"{{aggregate: best, {LAP}}}", window=HOURLY),
    "an average for ever": board_yaml(scoring=f"{{aggregate: average, {LAP}}}", window="{every: all_time}"),
    "rolling days": board_yaml(window="{every: rolling, days: 7}"),
    "the last run of a season": board_yaml(
        scoring=f"{{aggregate: last, {LAP}}}",
        window="{every: season, seasons: [{name: autumn, starts: 2026-10-01, ends: 2026-12-01}]}",
    ),
    "another key than before": board_yaml(window=HOURLY, kms_key_arn=KEY, kms_previous_keys="[board]"),
    "windows that are assembled": board_yaml(
        window="[{every: hour, keep: 1}, {every: rolling, days: 2}]", traffic="{players: 60000000}"
    ),
    "signed requests": board_yaml(
        window=HOURLY,
        api=f'{{access: iam, principals: ["arn:aws:iam::{PLACE.account_id}:role/reader"]}}',
    ),
}
"""A board of each kind that has permissions of its own."""


@cache
def make_board(kind: str) -> tuple[Board, dict[str, bytes]]:
    """A board of a kind, and its bundle."""
    generated = generate({"leaderboards.yaml": project_yaml(BOARDS[kind]).encode()}, "leaderboards.yaml")
    assert not [each for each in generated.diagnostics if each.severity == "error"], generated.diagnostics
    [board] = generated.boards
    start = f"{board.folder}/"
    files = {path.partition(start)[2]: data for path, data in generated.files.items() if start in path}
    return board, files
