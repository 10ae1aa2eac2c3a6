"""The alarms of every bundle are read from its Terraform and evaluated; what nobody understands is refused."""

from __future__ import annotations

import re

import pytest

from generator.alarms.alarm import Alarms
from generator.alarms.comparing import COMPARISONS
from generator.alarms.datapoints import Datapoints
from generator.alarms.evaluation import Evaluation
from generator.alarms.reading import read_alarms
from generator.alarms.rules import list_children, parse_rule
from generator.errors import TerraformError
from tests.support.bundles import everything
from tests.support.resources import BUNDLES, resources


def files_of(bundle: str) -> dict[str, bytes]:
    """The files of a bundle of the tests, by their path in it."""
    prefix = f"{bundle}/"
    return {path.removeprefix(prefix): data for path, data in everything().files.items() if path.startswith(prefix)}


def changed(old: str, new: str) -> Alarms:
    """The alarms of a bundle in whose Terraform a text is replaced once."""
    files = files_of("smallest/solo/wins")
    text = files["terraform/alarms.tf"].decode()
    assert old in text
    return read_alarms({**files, "terraform/alarms.tf": text.replace(old, new, 1).encode()})


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_alarm_of_every_bundle_is_read_and_evaluated(bundle: str) -> None:
    alarms = read_alarms(files_of(bundle))
    emitted = {address: each for address, each in resources(bundle).items() if address.startswith("aws_cloudwatch_")}
    kinds = ("aws_cloudwatch_metric_alarm.", "aws_cloudwatch_composite_alarm.")
    wanted = {address for address in emitted if address.startswith(kinds)}
    for alarm in alarms.every:
        assert alarm.name == emitted[alarm.address]["alarm_name"]
        assert alarm.description == emitted[alarm.address]["alarm_description"]
        assert alarm.actions["ALARM"] or alarm.actions["OK"]
    assert {alarm.address for alarm in alarms.every} == wanted
    for one in alarms.metric:
        assert one.comparison in COMPARISONS
        assert one.threshold == float(emitted[one.address]["threshold"])
        assert all(action.startswith("aws_sns_topic.") for action in one.actions["ALARM"])
    names = {alarm.name for alarm in alarms.metric}
    assert {name for alarm in alarms.composite for name in list_children(alarm.rule)} <= names
    evaluation = Evaluation(alarms, Datapoints().read)
    evaluation.evaluate(1_800_000_000)
    # Where nothing has ever run, nothing is in alarm: what needs data has none, the rest is well.
    assert {evaluation.states[alarm.name] for alarm in alarms.composite} == {"OK"}
    assert {evaluation.states[name] for name in names} <= {"OK", "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    "bundle", ["smallest/solo/wins", "shared-feed/nebula/kills", "shared-feed/nebula/feed-matches"]
)
def test_each_metric_alarm_goes_off_where_its_metrics_are_high(bundle: str) -> None:
    """And with one that is on, the composite alarm is."""
    alarms = read_alarms(files_of(bundle))
    for alarm in alarms.metric:
        datapoints = Datapoints()
        begin = 1_800_000_000 // 86_400 * 86_400
        for statistic in alarm.statistics:
            for period in range(1, alarm.evaluation_periods + 1):
                datapoints.put(statistic.metric, begin - period * statistic.period, 1e9)
        evaluation = Evaluation(alarms, datapoints.read)
        evaluation.evaluate(begin)
        if alarm.address.endswith((".api_errors", ".rejected", ".throttles")):
            continue  # A part of all, or something beside a heartbeat, is high only where another one is low.
        assert {name for name, state in evaluation.states.items() if state == "ALARM"} >= {
            alarm.name,
            alarms.composite[0].name,
        }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("SUM([FILL(handled, 0), FILL(processor, 0)])", "RATE(handled)", "processing_errors: .*function RATE"),
        ("SUM([FILL(handled, 0), FILL(processor, 0)])", "handled + x", "processing_errors: no query has the id x"),
        ('statistic           = "Maximum"', 'statistic           = "tm90"', "dead_letters: .*statistic `tm90`"),
        ('"notBreaching"', '"whatever"', "activities_dead_letters: .*`whatever`"),
        ('"GreaterThanOrEqualToThreshold"', '"LessThanLowerThreshold"', "`LessThanLowerThreshold`"),
        ("period              = 60", "period              = 30", r"the periods \[30\]"),
        ("threshold           = 1", "threshold_metric_id = 1", "the argument `threshold_metric_id`"),
        ('"evaluate"', '"ignore"', "api_latency: .*wait for more values"),
        ("return_data = true", "return_data = false", "0 of its queries return data"),
        ('"ALARM(${', '"ALARMED(${', r"unhealthy: the rule cannot be read at `ALARMED\("),
        ("aws_cloudwatch_metric_alarm.throttles.alarm_name", "aws_cloudwatch_metric_alarm.throttles.x", "has no x"),
        ("aws_sns_topic.alarms.arn", "local.topic", "nothing is known of local.topic"),
    ],
)
def test_what_nobody_understands_is_refused_by_name(old: str, new: str, told: str) -> None:
    with pytest.raises(TerraformError, match=re.compile(told)):
        changed(old, new)


def test_dynamodb_ignores_missing_data_whatever_an_alarm_says() -> None:
    """(Amazon CloudWatch API reference, "PutMetricAlarm".)"""
    [throttles] = [alarm for alarm in read_alarms(files_of(BUNDLES[0])).metric if alarm.address.endswith(".throttles")]
    assert throttles.treat_missing == "ignore"


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("ALARM(a)", True),
        ("ALARM(b)", False),
        ("OK(b) AND NOT ALARM(a)", False),
        ("ALARM(b) OR OK(b) AND ALARM(a)", True),
        ("(ALARM(a) OR OK(b)) AND ALARM(b)", False),
        ('INSUFFICIENT_DATA("c d") AND TRUE', True),
        ("NOT NOT (FALSE OR ALARM('a'))", True),
        ("NOT ALARM(a) OR OK(b)", True),
    ],
)
def test_rules_of_composite_alarms(rule: str, holds: bool) -> None:
    assert parse_rule(rule)({"a": "ALARM", "b": "OK", "c d": "INSUFFICIENT_DATA"}) is holds


@pytest.mark.parametrize(
    "rule", ["", "ALARM(a) OR", "ALARM(a) ALARM(b)", "(ALARM(a)", "ALARM()", "XOR(a)", "ALARM(a))"]
)
def test_rules_that_are_none(rule: str) -> None:
    with pytest.raises(ValueError, match="the rule"):
        parse_rule(rule)


def test_composite_alarms_come_after_those_that_they_name() -> None:
    composite = 'resource "aws_cloudwatch_composite_alarm" "{0}" {{\n  alarm_name = "{0}"\n  alarm_rule = "{1}"\n}}\n'
    text = composite.format("first", "ALARM(second)") + composite.format("second", "ALARM(third) OR TRUE")
    alarms = read_alarms({"terraform/alarms.tf": (text + composite.format("third", "FALSE")).encode()})
    assert [alarm.name for alarm in alarms.composite] == ["third", "second", "first"]
    evaluation = Evaluation(alarms, Datapoints().read)
    changes = evaluation.evaluate(60)
    assert [(change.alarm, change.after) for change in changes] == [
        ("third", "OK"),
        ("second", "ALARM"),
        ("first", "ALARM"),
    ]
    circle = composite.format("first", "ALARM(second)") + composite.format("second", "ALARM(first)")
    with pytest.raises(TerraformError, match="in a circle: first, second"):
        read_alarms({"terraform/alarms.tf": circle.encode()})
