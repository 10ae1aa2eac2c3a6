"""Metrics and alarms are read alike, from CloudWatch and from a run on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import validate_parameters

from generator.alarms.alarm import Alarms, Metric, Statistic
from generator.alarms.datapoints import Datapoints
from generator.alarms.reading import read_alarms
from generator.errors import OperationError
from generator.local.doors.metrics_door import make_metric_commands
from generator.operations.measuring import on_this_machine
from generator.operations.measuring.in_aws import MeasuredInAws
from generator.operations.measuring.measured import AlarmReading, Measured
from generator.operations.measuring.on_this_machine import MeasuredOnThisMachine
from tests.support.bundles import bundle_of, everything

BEGIN = 1_800_000_000
MODEL = ServiceModel(Loader().load_service_model("cloudwatch", "service-2"))


def metric(name: str, **dimensions: str) -> Metric:
    """A metric of a board's functions."""
    return Metric.of("Leaderboards", name, dimensions)


@dataclass
class FakeCloudWatch:
    """A boto3 client for CloudWatch that answers from datapoints, one page after another of one result each."""

    datapoints: Datapoints
    alarms: list[dict[str, Any]]
    asked: list[str] = field(default_factory=list)
    refuses: bool = False

    def _check(self, operation: str, request: Mapping[str, Any]) -> None:
        self.asked.append(operation)
        model: Any = MODEL.operation_model(operation).input_shape
        validate_parameters(dict(request), model)
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not for you"}}, operation)

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        """As AWS does: an alarm that is not there is not in the answer."""
        self._check("DescribeAlarms", request)
        assert len(request["AlarmNames"]) <= 100
        found = [alarm for alarm in self.alarms if alarm["AlarmName"] in request["AlarmNames"]]
        is_composite = [alarm["AlarmName"].endswith("-unhealthy") for alarm in found]
        return {
            "MetricAlarms": [alarm for alarm, composite in zip(found, is_composite, strict=True) if not composite],
            "CompositeAlarms": [alarm for alarm, composite in zip(found, is_composite, strict=True) if composite],
        }

    def list_metrics(self, **request: Any) -> dict[str, Any]:
        """As AWS does, with one metric on each page."""
        self._check("ListMetrics", request)
        wanted = (request["Namespace"], request["MetricName"])
        found = [one for one in self.datapoints.metrics if (one.namespace, one.name) == wanted]
        number = int(request.get("NextToken", 0))
        dimensions = [{"Name": name, "Value": value} for name, value in found[number].dimensions]
        more = {"NextToken": str(number + 1)} if number + 1 < len(found) else {}
        return {"Metrics": [{"Dimensions": dimensions}], **more}

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        """As AWS does, with one query on each page."""
        self._check("GetMetricData", request)
        number = int(request.get("NextToken", 0))
        query = request["MetricDataQueries"][number]
        stat = query["MetricStat"]
        dimensions = {one["Name"]: one["Value"] for one in stat["Metric"]["Dimensions"]}
        of = Metric.of(stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], dimensions)
        begin, end = (int(request[name].timestamp()) for name in ("StartTime", "EndTime"))
        series = self.datapoints.read_series(Statistic(of, stat["Stat"], stat["Period"]), begin, end)
        times = [datetime.fromtimestamp(at, UTC) for at in series]
        result = {"Id": query["Id"], "Timestamps": times, "Values": [*series.values()]}
        more = {"NextToken": str(number + 1)} if number + 1 < len(request["MetricDataQueries"]) else {}
        return {"MetricDataResults": [result], **more}


class FakeRun:
    """A run whose door answers from the same datapoints."""

    def __init__(self, datapoints: Datapoints, alarms: list[dict[str, Any]]) -> None:
        self._alarms = alarms
        cloudwatch: Any = type("CloudWatch", (), {"datapoints": datapoints})
        self._commands = make_metric_commands(cloudwatch)

    def call(self, command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do a command as the run would."""
        if command == "alarms":
            return {"alarms": self._alarms}
        return self._commands[command](arguments)


def bundle_alarms() -> Alarms:
    """The alarms of a board."""
    [board] = [board for board in everything().boards if board.names.prefix == "tiny-wins"]
    return read_alarms(bundle_of(board))


def make_both(datapoints: Datapoints) -> list[Measured]:
    """The same in AWS and on this machine: an alarm is on, another one is gone."""
    states = {"tiny-wins-unhealthy": "ALARM", "tiny-wins-throttles": "OK"}
    in_aws = [
        {"AlarmName": name, "StateValue": state, "StateTransitionedTimestamp": datetime.fromtimestamp(BEGIN, UTC)}
        for name, state in states.items()
    ]
    here = [{"name": name, "description": "", "state": state, "since": BEGIN} for name, state in states.items()]
    run: Any = FakeRun(datapoints, here)
    return [
        MeasuredInAws(FakeCloudWatch(datapoints, in_aws), bundle_alarms()),
        MeasuredOnThisMachine(run, bundle_alarms()),
    ]


@pytest.mark.parametrize("number", [0, 1], ids=["AWS", "this machine"])
def test_alarms_metrics_and_values(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_this_machine, "POINTS", 2)
    datapoints = Datapoints()
    for minute, value in ((0, 1), (1, 2), (7, 5)):
        datapoints.put(metric("Counted", service="wins"), BEGIN + 60 * minute, value)
    datapoints.put(metric("Counted", service="wins", reason="late"), BEGIN, 9)
    datapoints.put(metric("Other", service="wins"), BEGIN, 9)
    measured = make_both(datapoints)[number]
    alarms = {alarm.name: alarm for alarm in measured.read_alarms()}
    assert [*alarms] == [alarm.name for alarm in bundle_alarms().every]
    assert (alarms["tiny-wins-unhealthy"].state, alarms["tiny-wins-unhealthy"].since) == ("ALARM", BEGIN)
    assert alarms["tiny-wins-throttles"].state == "OK"
    gone = alarms["tiny-wins-rejected"]
    assert gone == AlarmReading(gone.name, gone.description, None)
    assert measured.list_metrics("Leaderboards", "Counted") == (
        metric("Counted", service="wins", reason="late"),
        metric("Counted", service="wins"),
    )
    sums = [
        Statistic(metric(name, service="wins"), "Sum", period) for name, period in (("Counted", 60), ("Counted", 300))
    ]
    none = Statistic(metric("None", service="wins"), "Maximum", 60)
    found = measured.read([*sums, none], BEGIN, BEGIN + 600)
    assert found == {sums[0]: {BEGIN: 1, BEGIN + 60: 2, BEGIN + 420: 5}, sums[1]: {BEGIN: 3, BEGIN + 300: 5}, none: {}}


def test_more_than_one_request_takes() -> None:
    datapoints = Datapoints()
    statistics = [Statistic(metric("Counted", service=f"{number:03}"), "Sum", 60) for number in range(501)]
    datapoints.put(statistics[500].metric, BEGIN, 7)
    client = FakeCloudWatch(datapoints, [])
    found = MeasuredInAws(client, bundle_alarms()).read(statistics, BEGIN, BEGIN + 60)
    assert [series for series in found.values() if series] == [{BEGIN: 7}]
    assert found[statistics[500]] == {BEGIN: 7}


def test_what_cannot_be_had() -> None:
    measured = MeasuredInAws(FakeCloudWatch(Datapoints(), [], refuses=True), bundle_alarms())
    statistic = Statistic(metric("Counted"), "Sum", 60)
    for ask in (
        measured.read_alarms,
        lambda: measured.list_metrics("Leaderboards", "Counted"),
        lambda: measured.read([statistic], BEGIN, BEGIN + 60),
    ):
        with pytest.raises(OperationError, match="not for you"):
            ask()
    other: Any = type("Run", (), {"call": lambda self, command, arguments: {}})()
    with pytest.raises(OperationError, match="answers what this version does not know"):
        MeasuredOnThisMachine(other, bundle_alarms()).read_alarms()
