"""What state data points make of an alarm: the tables of CloudWatch's user guide, and what follows from them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.alarms.alarm import STATES, Alarms, Metric, MetricAlarm, Missing, Query, State, Statistic
from generator.alarms.comparing import find_state
from generator.alarms.datapoints import Datapoints
from generator.alarms.evaluation import Evaluation

METRIC = Metric("AWS/SQS", "NumberOfMessagesSent", (("QueueName", "queue"),))
ALARM = MetricAlarm(
    address="aws_cloudwatch_metric_alarm.one",
    name="one",
    description="",
    queries=(Query("metric", Statistic(METRIC, "Sum", 300)),),
    returned="metric",
    period=300,
    evaluation_periods=3,
    datapoints_to_alarm=3,
    comparison="GreaterThanOrEqualToThreshold",
    threshold=10,
    treat_missing="missing",
    actions={"ALARM": ("aws_sns_topic.alarms",)},
)
WAYS: tuple[Missing, ...] = ("missing", "ignore", "breaching", "notBreaching")
OK, UP, NONE, KEPT = "OK", "ALARM", "INSUFFICIENT_DATA", "retain"

THREE_OF_THREE = [
    ("0 - X - X", OK, OK, OK, OK),
    ("0 - - - -", OK, OK, OK, OK),
    ("- - - - -", NONE, KEPT, UP, OK),
    ("0 X X - X", UP, UP, UP, UP),
    ("- - X - -", UP, KEPT, UP, OK),
    # "The alarm does not go immediately into ALARM state when the data is either": the text below the tables.
    ("- - - - X", OK, KEPT, UP, OK),
    ("- - - X -", OK, KEPT, UP, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", UP, UP, UP, UP),
    ("0 0 X 0 X", UP, UP, UP, UP),
    ("0 - X - -", OK, OK, UP, OK),
    ("- - - - 0", OK, OK, UP, OK),
    ("- - - X -", UP, KEPT, UP, OK),
]
"""Data points with the newest on the right, and the states by how the alarm treats missing data, in the order of WAYS.
(Amazon CloudWatch user guide, "How alarm state is evaluated when data is missing".)"""


def points_of(text: str) -> list[float | None]:
    """The data points of a row of the tables, the newest first."""
    return [{"0": 1.0, "X": 20.0, "-": None}[sign] for sign in reversed(text.split())]


@pytest.mark.parametrize(
    ("needed", "text", "states"),
    [(needed, text, states) for needed, rows in ((3, THREE_OF_THREE), (2, TWO_OF_THREE)) for text, *states in rows],
)
def test_the_tables_of_the_user_guide(needed: int, text: str, states: list[str]) -> None:
    for way, wanted in zip(WAYS, states, strict=True):
        for before in STATES:
            alarm = replace(ALARM, datapoints_to_alarm=needed, treat_missing=way)
            assert find_state(alarm, points_of(text), before) == (before if wanted == KEPT else wanted), (way, before)


@pytest.mark.parametrize(
    ("comparison", "up"),
    [
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("GreaterThanThreshold", [False, False, True]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
        ("LessThanThreshold", [True, False, False]),
    ],
)
def test_comparisons(comparison: str, up: list[bool]) -> None:
    alarm = replace(ALARM, comparison=comparison, evaluation_periods=1, datapoints_to_alarm=1)
    assert [find_state(alarm, [value], "OK") == "ALARM" for value in (9.0, 10.0, 11.0)] == up


@given(
    points=st.lists(st.sampled_from([None, 1.0, 20.0]), min_size=5, max_size=5),
    needed=st.integers(1, 3),
    before=st.sampled_from(STATES),
    way=st.sampled_from(WAYS),
)
@settings(max_examples=300)
def test_more_that_breaches_never_ends_an_alarm(
    points: list[float | None], needed: int, before: State, way: Missing
) -> None:
    """Where a good data point becomes a bad one, an alarm that was on stays on, however it takes what is missing."""
    alarm = replace(ALARM, datapoints_to_alarm=needed, treat_missing=way)
    if find_state(alarm, points, before) == "ALARM":
        for number, point in enumerate(points):
            worse = [20.0 if place == number and point is not None else one for place, one in enumerate(points)]
            # An alarm that ignores what is missing keeps its state where all that is there breaches.
            assert find_state(alarm, worse, "ALARM") == "ALARM"
    # What is enough decides alone.
    if sum(point is not None for point in points) >= 3:
        assert len({find_state(replace(alarm, treat_missing=other), points, before) for other in WAYS}) == 1


def test_periods_slide_by_the_minute_and_the_present_minute_does_not_count() -> None:
    """At the end of the fifth minute the first five count, and a minute later the second to the sixth.

    (Amazon CloudWatch user guide, "Alarm evaluation".)
    """
    datapoints = Datapoints()
    alarm = replace(ALARM, evaluation_periods=1, datapoints_to_alarm=1, treat_missing="notBreaching")
    evaluation = Evaluation(Alarms((alarm,), ()), datapoints.read)
    begin = 1_800_000_000
    for minute in range(30):
        datapoints.put(METRIC, begin + 60 * minute, 6 if minute in (0, 4) else 0)
    changes = [change for minute in range(30) for change in evaluation.evaluate(begin + 60 * minute)]
    assert [((change.at - begin) // 60, change.after, change.actions) for change in changes] == [
        (0, "OK", ()),
        (5, "ALARM", ("aws_sns_topic.alarms",)),
        (6, "OK", ()),
    ]


def test_an_alarm_looks_back_over_periods_without_data() -> None:
    """It finds what it has seen before ("How alarm state is evaluated when data is missing", the note)."""
    datapoints = Datapoints()
    alarm = replace(ALARM, evaluation_periods=1, datapoints_to_alarm=1, treat_missing="notBreaching")
    evaluation = Evaluation(Alarms((alarm,), ()), datapoints.read)
    datapoints.put(METRIC, 1_800_000_000, 20)
    changes = [change for minute in range(1, 60) for change in evaluation.evaluate(1_800_000_000 + 60 * minute)]
    assert [((change.at - 1_800_000_000) // 60, change.after) for change in changes] == [(1, "ALARM"), (16, "OK")]


def test_an_alarm_that_looks_back_for_more_than_a_day_is_evaluated_each_hour() -> None:
    datapoints = Datapoints()
    alarm = replace(ALARM, queries=(Query("metric", Statistic(METRIC, "Sum", 86_400)),), period=86_400)
    evaluation = Evaluation(Alarms((alarm,), ()), datapoints.read)
    begin = 1_800_000_000 // 86_400 * 86_400
    for day in range(1, 4):
        datapoints.put(METRIC, begin - day * 86_400, 20)
    assert [evaluation.evaluate(begin + 60 * minute) for minute in range(1, 60)] == [[]] * 59
    [change] = evaluation.evaluate(begin + 3600)
    assert (change.after, change.at) == ("ALARM", begin + 3600)
