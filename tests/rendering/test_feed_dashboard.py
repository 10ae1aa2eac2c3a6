"""A feed's operations dashboard: CloudWatch takes it, and it answers what a feed can answer."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from generator.alarms.metric_math import Scope, compute
from generator.aws.prices import PRICES
from generator.rendering.watching.queries import OF_ANY_LOG
from tests.support.bundles import everything
from tests.support.cloudwatch import alarms_of
from tests.support.dashboards import body, check_body, metrics_of, rows
from tests.support.resources import resources

BUNDLE = "shared-feed/nebula/feed-matches"
QUESTIONS = ["Is it keeping up?", "Is anything lost?", "What does it cost?"]


def test_cloudwatch_takes_it_and_each_question_has_a_figure_first() -> None:
    check_body(body(BUNDLE))
    found = dict(rows(body(BUNDLE)))
    assert list(found) == QUESTIONS
    for widgets in found.values():
        assert (widgets[0]["x"], widgets[0]["properties"]["view"]) == (0, "singleValue")
        assert len([options for _, options in metrics_of(widgets[0]) if options.get("visible", True)]) == 1


def test_every_alarm_is_shown_with_what_to_do() -> None:
    made = resources(BUNDLE)
    names = [alarm.arguments["alarm_name"] for alarm in alarms_of(made).values()]
    names.insert(0, made["aws_cloudwatch_composite_alarm.unhealthy"]["alarm_name"])
    widgets = body(BUNDLE)
    [shown] = [widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm"]
    assert shown == [f"arn:aws:cloudwatch:eu-west-1:222222222222:alarm:{name}" for name in names]
    runbook = widgets[-1]["properties"]["markdown"]
    assert re.findall(r"^\| \[([a-z-]+)\]", runbook, re.M) == [
        name.removeprefix("fleet-feed-matches-") for name in names[1:]
    ]
    assert "leaderboards strays feed-matches" in runbook
    assert "${account}" not in json.dumps(widgets)


def test_thresholds_are_those_of_the_yaml() -> None:
    thresholds = {name: alarm.arguments["threshold"] for name, alarm in alarms_of(resources(BUNDLE)).items()}
    drawn = {
        each["label"]: each["value"]
        for widget in body(BUNDLE)
        for each in widget["properties"].get("annotations", {}).get("horizontal", [])
    }
    assert drawn == {
        "pipe-failures": thresholds["pipe_failures"],
        "throttles": thresholds["throttles"],
        "dead letters": thresholds["pipe_dead_letters"],
        "strays": 10,
    }


def test_it_names_only_what_the_feed_has() -> None:
    text = json.dumps(body(BUNDLE))
    groups = {made["name"] for address, made in resources(BUNDLE).items() if "cloudwatch_log_group" in address}
    queries = [widget["properties"]["query"] for widget in body(BUNDLE) if widget["type"] == "log"]
    assert [set(re.findall("SOURCE '([^']+)'", query)) for query in queries] == [groups]
    assert set(re.findall(r"@\w+", queries[0])) <= {*OF_ANY_LOG}
    bus = resources(BUNDLE)["aws_cloudwatch_event_bus.activities"]["name"]
    assert text.count("SEARCH(") == text.count(f'EventBusName=\\"{bus}\\"') == 3
    assert "Leaderboards" not in text
    assert "AWS/Lambda" not in text


def test_dollars_are_what_was_counted_at_its_price() -> None:
    """In a period each metric has a million: of 8,760 such periods in a month."""
    [feed] = [feed for feed in everything().feeds if feed.name == "feed-matches"]
    [number] = [widget for widget in body(BUNDLE) if widget["properties"].get("title") == "US dollars a month"]
    found = metrics_of(number)
    series = {options["id"]: {300: 1e6} for texts, options in found if texts}
    dollars = compute(found[1][1]["expression"], Scope(series, [300]))[300]
    names = ("write_unit", "pipe_request", "event", "sqs_request")
    expected = sum(PRICES[name].of(Decimal(10**6), feed.region) for name in names)
    assert dollars == pytest.approx(float(expected) * 8760, rel=1e-3)
