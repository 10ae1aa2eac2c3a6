"""What a warning of a board's traffic says to write is taken without that warning, and makes a board that keeps up."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.aws import limits
from generator.board.board import Board
from generator.diagnostics.diagnostic import Diagnostic
from generator.pipeline import validate
from tests.support.projects import RULES, board_yaml, project_yaml

ATTACHING = "{rules: [{activity: kill, points: 10}], attach: [photo]}"
WINDOWS = ("{every: week}", "[{every: week}, {every: all_time}]", "{every: rolling, days: 90}")
VALUES = "values: [a, b]"
SEGMENTS = ("[]", "[{name: country}]", f"[{{name: country, {VALUES}}}, {{name: guild, {VALUES}}}]")
IAM = "access: iam, principals: ['arn:aws:iam::111111111111:root']"


def look(traffic: str, **keys: str) -> tuple[list[Diagnostic], list[Board]]:
    """What is found of a board, and the board where there is no mistake."""
    found = validate({"leaderboards.yaml": project_yaml(board_yaml(traffic=f"{{{traffic}}}", **keys)).encode()})
    return [*found.diagnostics], [*found.boards]


@example(12_000_000, 250, 20, WINDOWS[1], SEGMENTS[1], True, RULES)  # no shorter gap helps
@given(
    players=st.sampled_from((1, 100_000, 1_000_000, 5_500_000, 12_000_000, 30_000_000)),
    rate=st.integers(1, 5000),
    minutes=st.sampled_from((2, 5, 15, 20, 60, 720)),
    window=st.sampled_from(WINDOWS),
    segments=st.sampled_from(SEGMENTS),
    names=st.booleans(),
    scoring=st.sampled_from((RULES, ATTACHING)),
)
def test_a_schedule_that_is_told_is_kept(
    players: int, rate: int, minutes: int, window: str, segments: str, names: bool, scoring: str
) -> None:
    traffic = f"players: {players}, activities_per_second: {{average: {rate}, peak: {rate}}}"
    keys = {"window": window, "segments": segments, "api": f"{{search_names: {str(names).lower()}}}"}
    found, boards = look(traffic, scoring=scoring, rebuild=f"rate({minutes} minutes)", **keys)
    told = [each for each in found if each.code == "rebuild-gap"]
    for board in boards:
        assert told or board.sizing.follow.value <= min(limits.MAX_SECONDS, 60 * minutes)
    for each in told:
        schedule = re.search(r"rate\([0-9]+ minutes?\)", each.hint or "")
        assert schedule
        found, [board] = look(traffic, scoring=scoring, rebuild=schedule[0], **keys)
        assert "rebuild-gap" not in [each.code for each in found]
        assert board.sizing.follow.value <= limits.MAX_SECONDS


def test_more_changes_than_are_followed_in_time_are_said() -> None:
    """Two minutes later they are more than a function holds, and then it reads all players."""
    traffic = "players: 18000000, activities_per_second: {average: 138, peak: 138}"
    keys = {"api": "{search_names: true}", "window": WINDOWS[1]}
    found, _ = look(traffic, rebuild="rate(60 minutes)", **keys)
    [told] = [each for each in found if each.code == "rebuild-gap"]
    assert "takes 1,118 seconds on average, and a function runs 900 at most" in told.message
    minutes = re.search(r"rate\(([0-9]+) minutes\)", told.hint or "")
    assert minutes
    for number, is_said in ((int(minutes[1]), False), (int(minutes[1]) + 1, True), (62, False)):
        found, _ = look(traffic, rebuild=f"rate({number} minutes)", **keys)
        assert ("rebuild-gap" in [each.code for each in found]) is is_said


@pytest.mark.parametrize(
    ("api", "most", "needed"), [("", 10_000, 101), (IAM, 9000, 901)], ids=["behind CloudFront", "iam"]
)
def test_more_reads_than_the_api_answers_are_said(api: str, most: int, needed: int) -> None:
    assert look(f"reads_per_second: {most}", api=f"{{{api}}}")[0] == []
    [told], _ = look(f"reads_per_second: {most + 1}", api=f"{{{api}}}")
    assert (told.severity, told.code) == ("warning", "quota")
    enough = re.search(r"max_concurrency: ([0-9]+)}", told.hint or "")
    assert enough
    assert int(enough[1]) == needed
    found, [board] = look(f"reads_per_second: {most + 1}", api=f"{{{api and api + ', '}max_concurrency: {needed}}}")
    assert "reads" not in "".join(each.message for each in found)
    assert board.api_max_concurrency == needed
    # More than any board may reserve.
    [told], _ = look("reads_per_second: 200000", api=f"{{{api}}}")
    assert "max_concurrency: unreserved}` and ask AWS for more" in (told.hint or "")
    assert look("reads_per_second: 200000", api=f"{{{api and api + ', '}max_concurrency: unreserved}}")[0] == []
