"""The operations dashboard: CloudWatch takes its body, it answers five questions, and it names only what there is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from generator.alarms.metric_math import Scope, compute
from generator.aws.prices import PRICES
from generator.board.board import Board
from generator.rendering.watching.dashboard import render_dashboard
from generator.rendering.watching.queries import OF_LAMBDA
from runtime import logs
from tests.support.bundles import everything
from tests.support.cloudwatch import alarms_of
from tests.support.dashboards import body, check_body, metrics_of, rows
from tests.support.projects import board_yaml, boards_of, project_yaml
from tests.support.resources import resources

BOARDS = (
    "every-feature/prod/nebula/arena",
    "every-feature/prod/quasar/partners",
    "shared-feed/nebula/kills",
    "smallest/solo/wins",
)
"""A board with all that there is, one without a page, one on a feed, and one whose YAML names no account."""
BUNDLE = "every-feature/prod/nebula/arena"
QUESTIONS = ["Is it fresh?", "Is it keeping up?", "Is anything lost?", "Is it fast?", "What does it cost?"]


def render(board: Board) -> list[dict[str, Any]]:
    return list(json.loads(render_dashboard(board))["widgets"])


@pytest.mark.parametrize("bundle", BOARDS)
def test_each_widget_has_what_cloudwatch_takes(bundle: str) -> None:
    check_body(body(bundle))


@pytest.mark.parametrize("bundle", BOARDS)
def test_five_questions_have_a_figure_first_and_a_query_each(bundle: str) -> None:
    found = dict(rows(body(bundle)))
    assert list(found) == QUESTIONS
    for widgets in found.values():
        first = widgets[0]
        assert (first["x"], first["properties"]["view"]) == (0, "singleValue")
        assert len([options for _, options in metrics_of(first) if options.get("visible", True)]) == 1
        assert [widget["type"] for widget in widgets].count("log") == 1


def test_thresholds_are_those_of_the_yaml() -> None:
    drawn = {
        each["label"]: each["value"]
        for widget in body(BUNDLE)
        for each in widget["properties"].get("annotations", {}).get("horizontal", [])
    }
    thresholds = {name: alarm.arguments["threshold"] for name, alarm in alarms_of(resources(BUNDLE)).items()}
    assert drawn == {
        "snapshot-age": 100_000,
        "rebuild-overrun": thresholds["rebuild_overrun"],
        "oldest-activity": 120,
        "processing-errors": 3,
        "dead letters": 2,
        "api-latency": 500,
        "pipe-failures": 1,
        "rejected": 10,
        "throttles": 20,
        "api-errors": 2,
    }


@pytest.mark.parametrize("bundle", BOARDS)
@pytest.mark.parametrize("name", ["processing_errors", "rejected", "throttles", "api_errors"])
def test_what_a_threshold_is_drawn_over_is_what_its_alarm_reads(bundle: str, name: str) -> None:
    """So it goes over the line when the alarm goes off: the expression, its metrics, and their period."""
    alarm = alarms_of(resources(bundle))[name].arguments
    [graph] = [widget for widget in body(bundle) if name.replace("_", "-") in thresholds_of(widget)]
    drawn = {options["id"]: texts for texts, options in metrics_of(graph) if texts}
    [expression] = [options["expression"] for texts, options in metrics_of(graph) if not texts]
    read = {}
    for query in alarm["metric_query"]:
        if "metric" in query:
            [metric] = query["metric"]
            assert (metric["stat"], metric["period"]) == ("Sum", graph["properties"]["period"])
            [dimension] = metric["dimensions"].items()
            read[query["id"]] = [metric["namespace"], metric["metric_name"], *dimension]
        else:
            assert query["expression"] == expression
    assert drawn == read
    assert graph["properties"]["stat"] == "Sum"


def thresholds_of(widget: dict[str, Any]) -> list[str]:
    """The labels of the thresholds in a graph."""
    drawn = widget["properties"].get("annotations", {}).get("horizontal", [])
    return [str(each["label"]) for each in drawn]


@pytest.mark.parametrize("bundle", BOARDS)
def test_every_alarm_is_shown_with_what_to_do_whether_or_not_the_yaml_has_an_account(bundle: str) -> None:
    made = resources(bundle)
    region = next(board.region for board in everything().boards if bundle.endswith(board.folder))
    names = [alarm.arguments["alarm_name"] for alarm in alarms_of(made).values()]
    names.insert(0, made["aws_cloudwatch_composite_alarm.unhealthy"]["alarm_name"])
    widgets = body(bundle)
    [shown] = [widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm"]
    assert shown == [f"arn:aws:cloudwatch:{region}:222222222222:alarm:{name}" for name in names]
    runbook = widgets[-1]["properties"]["markdown"]
    for name, alarm in alarms_of(made).items():
        command = alarm.arguments["alarm_description"].rpartition("\n\n    ")[2]
        [row] = [line for line in runbook.splitlines() if line.startswith(f"| [{name.replace('_', '-')}]")]
        assert row.endswith(f"| `{command}` |")
        assert row.count("|") == 5
        assert f"#alarmsV2:alarm/{alarm.arguments['alarm_name']})" in row
    assert "${" not in resources(bundle)["aws_cloudwatch_dashboard.board"]["dashboard_body"].replace("${PROP(", "")


@pytest.mark.parametrize("bundle", BOARDS)
def test_queries_name_fields_that_logs_have_and_logs_that_there_are(bundle: str) -> None:
    groups = {
        arguments["name"] for address, arguments in resources(bundle).items() if "cloudwatch_log_group" in address
    }
    queries = [widget["properties"]["query"] for widget in body(bundle) if widget["type"] == "log"]
    for query in queries:
        assert set(re.findall(r"SOURCE '([^']+)'", query)) <= groups
        steps = re.sub(r"SOURCE '[^']+' \| ", "", query)
        assert re.fullmatch(r"filter .+(\n\| (fields|stats|sort|limit) .+)+", steps)
        words = re.sub(r'"[^"]*"|\b\w+\(|\bas \w+|\b\d+m?\b', " ", steps)
        named = set(re.findall(r"@?[a-zA-Z_]\w*", words)) - {"filter", "fields", "stats", "sort", "limit", "by", "desc"}
        assert named, query
        assert named <= {*logs.FIELDS, *OF_LAMBDA}, (query, named)
    assert any("activity_ids" in query for query in queries)


def test_dead_letters_that_nobody_has_measured_yet_are_still_there() -> None:
    """In the newest period SQS has told nothing so far; and a queue that never had one has no value at all."""
    for bundle in BOARDS:
        [figure, _] = [widget for widget in body(bundle) if widget["properties"].get("title") == "Dead letters"]
        [expression] = [options["expression"] for texts, options in metrics_of(figure) if not texts]
        series = {"q0": {0: 2.0}, "q1": {300: 1.0}, "q2": {}, "always": {0: 7.0}}
        assert compute(expression, Scope(series, [0, 300, 600])) == {0: 2, 300: 3, 600: 3}
        nothing = {name: dict[int, float]() for name in ("q0", "q1", "q2")}
        assert compute(expression, Scope({**nothing, "always": {0: 7.0}}, [0, 300])) == {0: 0, 300: 0}


def test_a_title_that_looks_like_what_terraform_puts_in_stays_as_it_is() -> None:
    (board,) = boards_of(project_yaml(board_yaml()))
    hostile = replace(board, config=replace(board.config, title='${account} ${distribution} "%{x}" </b>\\'))
    text = render_dashboard(hostile)
    assert text.count("${account}") == 13
    assert "${distribution} " not in text
    assert render(hostile)[0]["properties"]["markdown"].startswith(r"# $\{account\}".replace("$", r"\$"))


def test_dollars_are_what_was_counted_at_its_price() -> None:
    """In a period each metric has a million: of 8,760 such periods in a month."""
    (board,) = boards_of(project_yaml(board_yaml()))
    [number] = [widget for widget in render(board) if widget["properties"].get("title") == "US dollars a month"]
    found = metrics_of(number)
    assert [options["expression"] for _, options in found[:1]] == ["TIME_SERIES(AVG(total))"]
    series = {options["id"]: {300: 1e6} for texts, options in found if texts}
    dollars = compute(found[1][1]["expression"], Scope(series, [300]))[300]

    def price(name: str, units: Decimal = Decimal(10**6)) -> Decimal:
        return PRICES[name].of(units, board.region)

    memory = sum(size.memory_mb for size in (board.processor, board.rebuilder, board.api))
    expected = (
        *(3 * price("lambda_request"), price("lambda_gb_second", Decimal(10**6) * memory / 1024 / 1000)),
        *(3 * price("write_unit"), 3 * price("read_unit"), 4 * price("sqs_request"), price("pipe_request")),
    )
    assert dollars == pytest.approx(float(sum(expected)) * 8760, rel=1e-3)


def test_what_is_written_stands_beside_what_became_of_it() -> None:
    [graph] = [widget for widget in body(BUNDLE) if widget["properties"].get("title") == "Written, and decided on"]
    names = [texts[1] for texts, _ in metrics_of(graph) if texts]
    [expression] = [options["expression"] for texts, options in metrics_of(graph) if not texts]
    assert names[:2] == ["EventCount", "NumberOfMessagesSent"]
    assert names[2:] == ["ActivitiesCounted", "ActivitiesRejected", "ActivitiesIgnored", "ActivitiesDuplicate"]
    series = {"counted": {60: 5.0}, "rejected": {60: 3.0}, "ignored": {}, "duplicate": {60: 2.0}}
    assert compute(expression, Scope(series, [60])) == {60: 10.0}


def test_a_board_without_a_page_has_nothing_of_cloudfront_and_one_on_a_feed_has_no_pipe_of_its_own() -> None:
    signed = json.dumps(body("every-feature/prod/quasar/partners"))
    assert "CloudFront" not in signed
    assert "us-east-1" in signed  # its region
    [graph] = [
        widget
        for widget in body("shared-feed/nebula/kills")
        if widget["properties"].get("title") == "Written, and decided on"
    ]
    assert "EventCount" not in [texts[1] for texts, _ in metrics_of(graph) if texts]
    for widget in body(BUNDLE):
        cdn = [options["region"] for texts, options in metrics_of(widget) if texts and texts[0] == "AWS/CloudFront"]
        assert set(cdn) <= {"us-east-1"}
        assert not cdn or widget["properties"]["region"] == "us-east-1"
