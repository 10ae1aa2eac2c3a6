"""What `explain` says of how long rebuilds and assemblies take is arithmetic that comes to what it says."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from generator.aws.rebuilding import MOST_PROCESSORS, RankedBoard
from generator.board.decisions import Decision
from generator.pipeline import validate
from tests.support.projects import RULES, board_yaml, project_yaml

ATTACHING = "{rules: [{activity: kill, points: 10}], attach: [photo]}"
WINDOWS = ("{every: week}", "[{every: week}, {every: hour}]", "[{every: all_time}, {every: rolling, days: 7}]")
SEGMENTS = ("[]", "[]", "[{name: country}]", "[{name: country, values: [a, b]}]")
ASIDE = r" of [0-9,]+ (reads|parts), [0-9]+ at once,| for 2,500,000 players| of one of [0-9]+ days| each time.*"
"""What stands between the numbers and says which they are, with numbers of its own."""


def work_out(text: str) -> Fraction:
    """The sum of the products in a text."""
    text = re.sub(r"([0-9,]+) read per second by each of ([0-9]+)", r"\1 / \2", re.sub(ASIDE, "", text))
    total = Fraction(0)
    for term in text.split(" + "):
        first, *rest = re.findall(r"(x |/ |)([0-9][0-9,]*)", term)
        product = Fraction(first[1].replace(",", ""))
        for sign, number in rest:
            value = Fraction(number.replace(",", ""))
            product = product / value if sign == "/ " else product * value
        total += product
    return total


def check(decision: Decision) -> None:
    """Check that the arithmetic comes to the value."""
    how = decision.how.partition(";")[0]
    text, said = re.split(r", rounded up to | = ", how)
    assert said.replace(",", "") == str(decision.value)
    # A rebuild of less than a millisecond more is not said to take a second more.
    assert decision.value in (ceil(work_out(text)), ceil(work_out(text) - Fraction(1, 1000))), how


@given(
    players=st.integers(1, 100_000_000),
    rate=st.integers(1, 3000),
    minutes=st.sampled_from((1, 5, 60)),
    window=st.sampled_from(WINDOWS),
    segments=st.sampled_from(SEGMENTS),
    scoring=st.sampled_from((RULES, ATTACHING)),
)
def test_what_rebuilds_take_is_what_the_arithmetic_comes_to(
    players: int, rate: int, minutes: int, window: str, segments: str, scoring: str
) -> None:
    traffic = f"{{players: {players}, activities_per_second: {{average: {rate}, peak: {rate}}}}}"
    rebuild = f"rate({minutes} minute{'s' * (minutes > 1)})"
    keys = {"window": window, "segments": segments, "scoring": scoring, "traffic": traffic, "rebuild": rebuild}
    for board in validate({"leaderboards.yaml": project_yaml(board_yaml(**keys)).encode()}).boards:
        check(board.sizing.rebuild)
        if "that a function holds" not in board.sizing.follow.how:
            check(board.sizing.follow)
        if board.sizing.assembly:
            check(board.sizing.assembly.seconds)


def test_as_many_players_as_just_end_in_time_are_ranked_by_one_function() -> None:
    ranked = RankedBoard(8_437_500, 4, 10, attaches=False, segments=0, searches_names=False, averages=False)
    assert (ranked.most_players(), ranked.full_seconds(MOST_PROCESSORS)) == (8_437_500, 900)


def test_a_rebuild_has_memory_for_the_attached_fields_of_lines_that_wait() -> None:
    for players, scoring, memory in ((99_999, RULES, 512), (9_999, ATTACHING, 512), (99_999, ATTACHING, 768)):
        text = project_yaml(board_yaml(scoring=scoring, traffic=f"{{players: {players}}}"))
        [board] = validate({"leaderboards.yaml": text.encode()}).boards
        assert board.rebuilder.memory_mb == memory
        assert ("256 MB itself" in board.sizing.rebuilder_memory.how) is (scoring == RULES)
