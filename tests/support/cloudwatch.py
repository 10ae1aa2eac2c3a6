"""A small model of how CloudWatch evaluates alarms, once a minute, over metrics that a test makes up.

(Amazon CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data"; API
reference, PutMetricAlarm.) What the documentation leaves open is a parameter, so that a test can show that an alarm
works either way.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = float | None
"""A data point; None where it is missing."""
OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"

EXTRA_PERIODS = 2
"""How many periods more than it needs CloudWatch looks back where data is missing: five for an alarm of three, as the
tables of the user guide show."""

_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    # Of fewer than a hundred values it is the highest.
    "p99": max,
}
_OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.GtE: operator.ge,
}


@dataclass
class Metrics:
    """The values of metrics, by name, by the value of their one dimension, and by the minute in which they came."""

    values: dict[tuple[str, str, str], dict[int, list[float]]] = field(default_factory=dict)

    def put(self, minute: int, namespace: str, name: str, dimension: str, *values: float) -> None:
        """Add values to a minute."""
        self.values.setdefault((namespace, name, dimension), {}).setdefault(minute, []).extend(values)

    def get(self, query: Mapping[str, Any], statistic: str, end: int, minutes: int) -> Value:
        """The data point of a metric over the minutes before `end`; None without a value."""
        [dimension] = query["dimensions"].values()
        series = self.values.get((query["namespace"], query["metric_name"], dimension), {})
        found = [value for minute in range(end - minutes, end) for value in series.get(minute, [])]
        return float(_STATISTICS[statistic](found)) if found else None


@dataclass
class Alarm:
    """A metric alarm, from the arguments of its Terraform resource, and its state."""

    arguments: Mapping[str, Any]
    fills_empty: bool
    """Whether FILL gives values for a metric that has none at all in the time that is looked at."""
    state: str = INSUFFICIENT

    @property
    def metrics(self) -> list[Mapping[str, Any]]:
        """Each metric that the alarm reads, and is billed for."""
        queries = [query["metric"][0] for query in self.arguments.get("metric_query", []) if "metric" in query]
        return queries or [self.arguments]

    @property
    def treat_missing(self) -> str:
        """What missing data means: in DynamoDB's namespace it is ignored, whatever the alarm says."""
        if any(each["namespace"] == "AWS/DynamoDB" for each in self.metrics):
            return "ignore"
        return str(self.arguments["treat_missing_data"])

    def evaluate(self, metrics: Metrics, now: int) -> str:
        """Move on to the state that the alarm has at a minute, and return it."""
        needed = self.arguments["evaluation_periods"]
        to_alarm = self.arguments.get("datapoints_to_alarm", needed)
        points = self._read_points(metrics, now, needed + EXTRA_PERIODS)
        real = [point for point in points if point is not None][:needed]
        breaching = sum(point >= self.arguments["threshold"] for point in real)
        missing = needed - len(real)
        if not real and self.treat_missing in ("missing", "ignore"):
            self.state = INSUFFICIENT if self.treat_missing == "missing" else self.state
        elif missing and self.treat_missing == "ignore" and 0 < to_alarm - breaching <= missing:
            pass
        else:
            breaching += missing if self.treat_missing == "breaching" else 0
            self.state = ALARM if breaching >= to_alarm else OK
        return self.state

    def _read_points(self, metrics: Metrics, now: int, count: int) -> list[Value]:
        """The newest data points, the newest first."""
        queries = self.arguments.get("metric_query")
        if not queries:
            minutes = self.arguments["period"] // 60
            statistic = self.arguments.get("statistic") or self.arguments["extended_statistic"]
            return [metrics.get(self.arguments, statistic, now - number * minutes, minutes) for number in range(count)]
        series: dict[str, list[Value]] = {}
        [expression] = (query["expression"] for query in queries if query.get("return_data"))
        for query in queries:
            if "metric" in query:
                [metric] = query["metric"]
                minutes = metric["period"] // 60
                ends = [now - number * minutes for number in range(count)]
                series[query["id"]] = [metrics.get(metric, metric["stat"], end, minutes) for end in ends]
        tree = ast.parse(expression, mode="eval").body
        return [self._compute(tree, series, number) for number in range(count)]

    def _compute(self, node: ast.expr, series: Mapping[str, list[Value]], number: int) -> Value:
        """The value of a metric math expression at one data point."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return series[name][number]
            case ast.BinOp(left=left, op=sign, right=right):
                return self._combine(sign, left, right, series, number)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._combine(sign, left, right, series, number)
            case ast.Call(func=ast.Name(id="SUM"), args=[ast.List(elts=elements)]):
                values = [self._compute(element, series, number) for element in elements]
                found = [value for value in values if value is not None]
                return sum(found) if found else None
            case ast.Call(func=ast.Name(id="FILL"), args=[ast.Name(id=name), filler]):
                is_empty = all(value is None for value in series[name])
                point = series[name][number]
                fills = point is None and (self.fills_empty or not is_empty)
                return self._compute(filler, series, number) if fills else point
            case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
                truth = self._compute(condition, series, number)
                return None if truth is None else self._compute(then if truth else otherwise, series, number)
        raise AssertionError(f"this model does not know {ast.unparse(node)}")

    def _combine(
        self, sign: ast.AST, left: ast.expr, right: ast.expr, series: Mapping[str, list[Value]], number: int
    ) -> Value:
        one, two = (self._compute(each, series, number) for each in (left, right))
        if one is None or two is None or (isinstance(sign, ast.Div) and two == 0):
            return None
        return float(_OPERATORS[type(sign)](one, two))


@dataclass
class Board:
    """The alarms of one board, and what they have told people so far."""

    alarms: dict[str, Alarm]
    composite: Mapping[str, Any]
    told: list[tuple[int, str, str]] = field(default_factory=list)
    """Minute, alarm and state of each notification."""
    state: str = INSUFFICIENT

    def evaluate(self, metrics: Metrics, now: int) -> None:
        """Evaluate every alarm at a minute, then the composite alarm."""
        for name, alarm in self.alarms.items():
            before = alarm.state
            if alarm.evaluate(metrics, now) != before:
                self._tell(now, name, alarm.state, alarm.arguments)
        before, self.state = self.state, self._evaluate_rule()
        if self.state != before:
            self._tell(now, "unhealthy", self.state, self.composite)

    def up(self) -> set[str]:
        """The metric alarms that are on."""
        return {name for name, alarm in self.alarms.items() if alarm.state == ALARM}

    def _evaluate_rule(self) -> str:
        states = {alarm.arguments["alarm_name"]: alarm.state for alarm in self.alarms.values()}
        rule = re.sub(
            r"(ALARM|OK|INSUFFICIENT_DATA)\(([\w-]+)\)",
            lambda match: str(states[match[2]] == match[1]),
            self.composite["alarm_rule"],
        )
        assert re.fullmatch(r"(True|False|AND|OR|NOT|[() ])+", rule), rule
        return ALARM if eval(re.sub("AND|OR|NOT", lambda word: word[0].lower(), rule)) else OK

    def _tell(self, now: int, name: str, state: str, arguments: Mapping[str, Any]) -> None:
        actions = {OK: "ok_actions", ALARM: "alarm_actions", INSUFFICIENT: "insufficient_data_actions"}[state]
        if arguments.get(actions):
            self.told.append((now, name, state))


def alarms_of(resources: Mapping[str, Mapping[str, Any]], fills_empty: bool = True) -> dict[str, Alarm]:
    """The metric alarms among the resources of a bundle, by the names of their resources."""
    kind = "aws_cloudwatch_metric_alarm."
    return {
        address.removeprefix(kind): Alarm(arguments, fills_empty)
        for address, arguments in resources.items()
        if address.startswith(kind)
    }
