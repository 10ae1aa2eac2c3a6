"""The alarms of every bundle: what they look at exists, whom they tell, and what they cost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from runtime import metrics
from tests.support.bundles import everything
from tests.support.cloudwatch import Alarm, alarms_of
from tests.support.paths import REPOSITORY
from tests.support.resources import BUNDLES, resources

FEEDS = [bundle for bundle in BUNDLES if "/feed-" in bundle]
BUNDLE = "sample/nebula/weekly-kills"
OWN = "Leaderboards"
PAGES = (
    *("activities_dead_letters", "feed_dead_letters", "pipe_dead_letters", "oldest_activity", "snapshot_age"),
    "api_errors",
    "feed_losses",
)
"""The alarms that page, by the names of their resources."""
NAMED_BY = {
    "QueueName": ("aws_sqs_queue", "name"),
    "FunctionName": ("aws_lambda_function", "function_name"),
    "TableName": ("aws_dynamodb_table", "name"),
    "PipeName": ("aws_pipes_pipe", "name"),
    "RuleName": ("aws_cloudwatch_event_rule", "name"),
    "StateMachineName": ("aws_sfn_state_machine", "name"),
    "DistributionId": ("aws_cloudfront_distribution", "id"),
}
"""What names the value of each dimension."""


def alarms(bundle: str) -> dict[str, Alarm]:
    """The metric alarms of a bundle, by the names of their resources."""
    return alarms_of(resources(bundle))


def graphs(bundle: str) -> Iterator[list[Any]]:
    """The metrics of the graphs on a bundle's dashboard."""
    body = json.loads(resources(bundle)["aws_cloudwatch_dashboard.board"]["dashboard_body"])
    for widget in body["widgets"]:
        yield from widget["properties"].get("metrics", [])


def test_the_alarms_of_a_feed_look_at_what_exists() -> None:
    [bundle] = FEEDS
    made = resources(bundle)
    names = {arguments["name"] for arguments in made.values() if "name" in arguments}
    looked_at = [
        value for alarm in alarms(bundle).values() for each in alarm.metrics for value in each["dimensions"].values()
    ]
    looked_at += [metric[3] for metric in graphs(bundle) if isinstance(metric[0], str)]
    assert len(looked_at) > 30
    assert set(looked_at) <= names


@pytest.mark.parametrize("bundle", [bundle for bundle in BUNDLES if bundle not in FEEDS])
def test_alarms_and_graphs_look_at_what_exists(bundle: str) -> None:
    made = resources(bundle)
    names = {
        dimension: {arguments[name] for address, arguments in made.items() if address.startswith(f"{kind}.")}
        for dimension, (kind, name) in NAMED_BY.items()
    }
    service = made["aws_lambda_function.processor"]
    if feed := made.get("aws_cloudwatch_event_rule.activities"):
        source = feed["event_bus_name"]
        names["PipeName"] = names["EventBusName"] = {source}
        names["TableName"] |= {source}
    names["StateMachineArn"] = {
        arn
        for metric in graphs(bundle)
        if metric[0] == "AWS/States"
        and (arn := metric[3]).endswith(tuple(f":{each}" for each in names["StateMachineName"]))
    }
    names["service"] = {service["environment"][0]["variables"]["POWERTOOLS_SERVICE_NAME"]}
    looked_at = [
        (metric["namespace"], metric["metric_name"], *dimension)
        for alarm in alarms(bundle).values()
        for metric in alarm.metrics
        for dimension in metric["dimensions"].items()
    ]
    looked_at += [tuple(metric[:4]) for metric in graphs(bundle) if isinstance(metric[0], str)]
    assert len(looked_at) > 50
    for namespace, name, dimension, value in looked_at:
        assert value in names[dimension], (namespace, name, dimension, value)
        assert (namespace == OWN) == (dimension == "service")
        assert namespace != OWN or name in metrics.NAMES, name
    expressions = [metric[0]["expression"] for metric in graphs(bundle) if not isinstance(metric[0], str)]
    searches = [each for each in expressions if each.startswith("SEARCH")]
    found = [re.search(r'\{Leaderboards,reason,service\} MetricName="(\w+)"', each) for each in searches]
    assert {match and match[1] for match in found} == set(metrics.NAMES_BY_REASON)


def test_every_own_metric_is_written_and_looked_at() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "runtime").rglob("*.py"))
    text = "".join(map(str, graphs(BUNDLE)))
    for name in (*metrics.NAMES, *metrics.NAMES_BY_REASON):
        [constant] = [key for key, value in vars(metrics).items() if value == name]
        assert f"metrics.{constant}" in code, name
        assert name in text, name


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_alarm_tells_people_and_only_this_board_s_may(bundle: str) -> None:
    made = resources(bundle)
    topics = {
        name: made[f"aws_sns_topic.{name}"]["arn"] for name in ("alarms", "page") if f"aws_sns_topic.{name}" in made
    }
    composite = made["aws_cloudwatch_composite_alarm.unhealthy"]
    assert composite["ok_actions"] == list(topics.values())
    assert "alarm_actions" not in composite
    tells = {name: {composite["arn"]} for name in topics}
    for name, alarm in alarms(bundle).items():
        told = topics if name in PAGES and "page" in topics else {"alarms": topics["alarms"]}
        for actions in ("alarm_actions", *(("insufficient_data_actions",) if name == "oldest_activity" else ())):
            assert alarm.arguments[actions] == list(told.values()), name
        assert "ok_actions" not in alarm.arguments
        assert f"ALARM({alarm.arguments['alarm_name']})" in composite["alarm_rule"]
        for topic in told:
            tells[topic].add(alarm.arguments["arn"])
    for topic, own in tells.items():
        policy = json.loads(made[f"aws_sns_topic_policy.{topic}"]["policy"])
        [allowed] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
        assert allowed["Resource"] == [topics[topic]]
        assert set(allowed["Condition"]["ArnEquals"]["aws:SourceArn"]) == own


def test_a_team_that_is_paged_has_a_topic_for_it_and_others_have_none() -> None:
    """Each address of `page` is subscribed, though one of them stands in `notify` as well."""
    made = resources("every-feature/prod/nebula/arena")
    assert made["aws_sns_topic.page"]["name"] == "arcade-prod-arena-page"
    assert {each["endpoint"] for each in made["aws_sns_topic_subscription.page"].values()} == {
        "https://pager.example.com/alarms?team=nebula&x=%{if}",
        "nebula-oncall@example.com",
    }
    assert all(
        each["topic_arn"] == made["aws_sns_topic.page"]["arn"]
        for each in made["aws_sns_topic_subscription.page"].values()
    )
    assert [bundle for bundle in BUNDLES if "aws_sns_topic.page" in resources(bundle)] == [
        "every-feature/prod/nebula/arena"
    ]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_dead_letter_queue_has_an_alarm(bundle: str) -> None:
    kind = "aws_sqs_queue."
    queues = {
        arguments["name"]
        for address, arguments in resources(bundle).items()
        if address.startswith(kind) and address.endswith(("_dead_letters", ".strays"))
    }
    metrics = [metric for alarm in alarms(bundle).values() for metric in alarm.metrics]
    assert len(queues) >= 3
    assert queues == {metric["dimensions"].get("QueueName") for metric in metrics} - {None}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_alarms_have_periods_that_cloudwatch_takes(bundle: str) -> None:
    for alarm in alarms(bundle).values():
        for metric in alarm.metrics:
            assert metric["period"] % 60 == 0
            assert metric["period"] * alarm.arguments["evaluation_periods"] <= 86_400


@pytest.mark.parametrize("bundle", BUNDLES)
def test_alarms_of_a_board_cost_at_most_three_dollars_and_ten_cents(bundle: str) -> None:
    """$0.10 a month for each metric that an alarm reads, $0.50 for the composite alarm (Amazon CloudWatch pricing)."""
    metrics = sum(len(alarm.metrics) for alarm in alarms(bundle).values())
    assert 10 * metrics + 50 <= 310


def test_the_page_about_alarms_has_each_of_them_as_it_is() -> None:
    text = (REPOSITORY / "docs" / "alarms.md").read_text(encoding="utf-8")
    own, feeds = text.split("## Feeds")
    of_boards, of_feeds = feeds.split("| alarm of a feed |")
    own, of_large = own.split("| alarm of a large board |")
    real, large = compare_with_rows(own, alarms(BUNDLE)), alarms("large-board/solo/steps")
    compare_with_rows(of_large, {name: large[name] for name in large if name not in real})
    metrics = sum(len(alarm.metrics) for alarm in real.values())
    assert f"read {metrics} metrics:\n${metrics / 10:.2f}" in text
    on_feed, [feed] = alarms("shared-feed/nebula/kills"), FEEDS
    compare_with_rows(of_feeds, alarms(feed))
    compare_with_rows(of_boards, {name: on_feed[name] for name in on_feed if name not in alarms(BUNDLE)})
    assert [name for name in alarms(BUNDLE) if name not in on_feed] == ["pipe_dead_letters", "pipe_failures"]


def compare_with_rows(text: str, real: Mapping[str, Alarm]) -> Mapping[str, Alarm]:
    """The rows of a part of the page, held to the alarms that they are about."""
    rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in text.splitlines() if line[:3] == "| `"]
    described = {name.strip("`"): (re.findall(r"`(\w+)`", looks_at), missing) for name, looks_at, *_, missing in rows}
    assert list(described) == [name.replace("_", "-") for name in real]
    for name, alarm in real.items():
        looks_at, missing = described[name.replace("_", "-")]
        assert looks_at == [metric["metric_name"] for metric in sorted(alarm.metrics, key=_order(looks_at))], name
        assert missing.startswith(f"`{alarm.arguments['treat_missing_data']}`"), name
    return real


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_readme_says_of_each_alarm_what_to_do(bundle: str) -> None:
    text = everything().files[f"{bundle}/README.md"].decode()
    [part] = re.findall(r"\n\| Alarm `[^\n]*\n\|[^\n]*\n(.*?)\n\n", text, re.DOTALL)
    said = re.findall(r"^\| `([\w-]+)`(?:, which pages)? \| .{10,} \| .{10,} \| .{10,}: `.+` \|$", part, re.MULTILINE)
    assert sorted(said) == sorted(name.replace("_", "-") for name in alarms(bundle))


def _order(names: list[str]) -> Callable[[Mapping[str, Any]], int]:
    """Sort metrics as a row names them."""
    return lambda metric: names.index(metric["metric_name"]) if metric["metric_name"] in names else -1
