"""Reads the alarms of a bundle from its Terraform: there is no second list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast, get_args

from generator.alarms.alarm import Alarms, CompositeAlarm, Metric, MetricAlarm, Missing, Query, State, Statistic
from generator.alarms.comparing import COMPARISONS, is_statistic
from generator.alarms.metric_math import Scope, compute
from generator.alarms.rules import list_children, parse_rule
from generator.errors import TerraformError
from generator.terraform import hcl

METRIC_ALARM, COMPOSITE_ALARM = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"

ACCOUNT = "ACCOUNT"
"""What stands for the account in an ARN that a dimension has, where none is known."""

_ACTIONS: Mapping[State, str] = {
    "OK": "ok_actions",
    "ALARM": "alarm_actions",
    "INSUFFICIENT_DATA": "insufficient_data_actions",
}
_TOLD = ("alarm_name", "alarm_description", "actions_enabled", *_ACTIONS.values(), "lifecycle", "tags")
_METRIC = {"namespace", "metric_name", "dimensions", "period"}
_KNOWN = {
    *(*_TOLD, *_METRIC, "statistic", "extended_statistic", "metric_query", "evaluation_periods", "datapoints_to_alarm"),
    *("comparison_operator", "threshold", "treat_missing_data", "evaluate_low_sample_count_percentiles"),
}
"""Arguments of a metric alarm that are understood: of others, nobody could say what they mean to its state."""


def read_alarms(files: Mapping[str, bytes]) -> Alarms:
    """Read all alarms of a bundle. `files`: content by path in the bundle.

    Raises TerraformError, which names the alarm, for whatever is not understood.
    """
    texts = [files[path].decode() for path in sorted(files) if path.startswith("terraform/") and path.endswith(".tf")]
    return read_blocks("\n".join(block for text in texts for block in _find_alarms(text)))


@lru_cache(maxsize=64)
def read_blocks(text: str) -> Alarms:
    """Read the alarms in a Terraform file. What is kept: whoever asks again of the same bundle waits for nothing."""
    blocks = {block.address: block for block in hcl.parse_hcl(text, "alarms.tf")}
    evaluated: dict[str, dict[str, Any]] = {}

    def look_up(chain: tuple[str, ...]) -> Any:
        address = ".".join(chain)
        if address in blocks:
            if address not in evaluated:
                evaluated[address] = evaluator.evaluate_block(blocks[address])
            return {"arn": f"{address}.arn", "id": evaluated[address].get("alarm_name"), **evaluated[address]}
        if address == "data.aws_caller_identity.current":
            return {"account_id": ACCOUNT}
        if not chain[0].startswith("aws_"):
            raise KeyError(address)
        # What people are told by: the address of a topic says more than an ARN that is not known here.
        return {"arn": f"{address}.arn", "id": address, "name": address}

    evaluator = hcl.Evaluator(look_up, {"join": lambda separator, texts: separator.join(texts)})
    return read_resources({address: evaluator.evaluate_block(block) for address, block in blocks.items()})


def read_resources(resources: Mapping[str, Mapping[str, Any]]) -> Alarms:
    """Read alarms from the arguments of their resources, by address. Raises TerraformError as `read_alarms` does."""
    metric, composite = [], []
    for address, values in resources.items():
        if address.startswith(f"{COMPOSITE_ALARM}."):
            composite.append(_read_composite_alarm(address, values))
            continue
        unknown = sorted(values.keys() - _KNOWN)
        if unknown:
            raise TerraformError(f"{address}: nothing is known of the argument `{unknown[0]}` of an alarm")
        metric.append(read_metric_alarm(address, values))
    return Alarms(tuple(metric), _order(composite))


def _order(alarms: list[CompositeAlarm]) -> tuple[CompositeAlarm, ...]:
    """Composite alarms so that each comes after those that it names. Raises TerraformError for a circle of them."""
    by_name = {alarm.name: alarm for alarm in alarms}
    children = {alarm.name: [name for name in list_children(alarm.rule) if name in by_name] for alarm in alarms}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(children).static_order())
    except CycleError as error:
        raise TerraformError(
            f"alarms that name each other in a circle: {', '.join(sorted(set(error.args[1])))}"
        ) from None


def _find_alarms(text: str) -> Iterator[str]:
    """The blocks of a file that are alarms. The rest takes longer to parse, and none of it says when one goes off."""
    for (kind, *labels), block in hcl.split_blocks(text):
        if kind == "resource" and labels[0] in (METRIC_ALARM, COMPOSITE_ALARM):
            yield block


def read_metric_alarm(address: str, values: Mapping[str, Any]) -> MetricAlarm:
    """Read one alarm from the arguments of its resource. Raises TerraformError for whatever is not understood."""
    queries, returned = _read_queries(address, values)
    periods = {query.statistic.period for query in queries if query.statistic}
    if len(periods) != 1 or any(period % 60 for period in periods):
        raise TerraformError(f"{address}: its metrics have the periods {sorted(periods)}, not one of whole minutes")
    comparison, treat_missing = values["comparison_operator"], values.get("treat_missing_data", "missing")
    if comparison not in COMPARISONS or treat_missing not in get_args(Missing):
        raise TerraformError(f"{address}: nothing is known of `{comparison}` with `{treat_missing}`")
    needed = values["evaluation_periods"]
    return MetricAlarm(
        address=address,
        name=values["alarm_name"],
        description=values.get("alarm_description", ""),
        queries=queries,
        returned=returned,
        period=periods.pop(),
        evaluation_periods=needed,
        datapoints_to_alarm=values.get("datapoints_to_alarm", needed),
        comparison=comparison,
        threshold=float(values["threshold"]),
        treat_missing=_correct_missing(queries, treat_missing),
        actions=_read_actions(values),
    )


def _correct_missing(queries: tuple[Query, ...], said: str) -> Missing:
    """What missing data means: in DynamoDB's namespace it is ignored, whatever the alarm says.

    (Amazon CloudWatch API reference, "PutMetricAlarm".)
    """
    statistics = [query.statistic for query in queries if query.statistic]
    if any(statistic.metric.namespace == "AWS/DynamoDB" for statistic in statistics):
        return "ignore"
    return cast(Missing, said)


def _read_queries(address: str, values: Mapping[str, Any]) -> tuple[tuple[Query, ...], str]:
    """What an alarm reads, and the id of what it compares."""
    given = values.get("metric_query")
    if not given:
        kind = values.get("statistic") or values.get("extended_statistic")
        if values.get("evaluate_low_sample_count_percentiles", "evaluate") != "evaluate":
            raise TerraformError(f"{address}: nothing is known of percentiles that wait for more values")
        return (Query("metric", _read_statistic(address, values, kind, values.get("period"))),), "metric"
    ids: dict[str, dict[int, float]] = {each["id"]: {} for each in given}
    queries = tuple(_read_query(address, each, ids) for each in given)
    returned = [each["id"] for each in given if each.get("return_data")]
    if len(returned) != 1:
        raise TerraformError(f"{address}: {len(returned)} of its queries return data, not one")
    return queries, returned[0]


def _read_query(address: str, values: Mapping[str, Any], ids: Mapping[str, dict[int, float]]) -> Query:
    """One query. Its expression is computed once over nothing, so that what is not known of it is known now."""
    if "metric" in values:
        [metric] = values["metric"]
        return Query(values["id"], _read_statistic(address, metric, metric.get("stat"), metric.get("period")))
    try:
        compute(values["expression"], Scope(ids, ()))
    except ValueError as error:
        raise TerraformError(f"{address}: {error}") from None
    except KeyError as error:
        raise TerraformError(f"{address}: no query has the id {error.args[0]}") from None
    return Query(values["id"], expression=values["expression"])


def _read_statistic(address: str, values: Mapping[str, Any], kind: Any, period: Any) -> Statistic:
    if not isinstance(kind, str) or not is_statistic(kind) or not isinstance(period, int):
        raise TerraformError(f"{address}: nothing is known of the statistic `{kind}` over a period of `{period}`")
    return Statistic(Metric.of(values["namespace"], values["metric_name"], values.get("dimensions", {})), kind, period)


def _read_composite_alarm(address: str, values: Mapping[str, Any]) -> CompositeAlarm:
    try:
        parse_rule(values["alarm_rule"])
    except ValueError as error:
        raise TerraformError(f"{address}: {error}") from None
    return CompositeAlarm(
        address, values["alarm_name"], values.get("alarm_description", ""), values["alarm_rule"], _read_actions(values)
    )


def _read_actions(values: Mapping[str, Any]) -> Mapping[State, tuple[str, ...]]:
    return {
        state: tuple(action.removesuffix(".arn") for action in values.get(name, ())) for state, name in _ACTIONS.items()
    }
