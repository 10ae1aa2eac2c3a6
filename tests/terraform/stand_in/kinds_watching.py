"""The rows of the table for what watches: log groups, alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.terraform.stand_in.table import Kind, Part, Values, tags_part


def _log_group_arn(answer: Any, values: Values) -> Mapping[str, Any] | None:
    group = answer["logGroups"][0]
    return {"arn": group["arn"].removesuffix(":*")} if group["logGroupName"] == values["name"] else None


_METRIC = {
    "metric_query": "Metrics",
    "metric_query.metric": "MetricStat",
    "metric_query.metric.namespace": "Metric.Namespace",
    "metric_query.metric.metric_name": "Metric.MetricName",
    "metric_query.metric.dimensions": "Metric.Dimensions",
    "evaluate_low_sample_count_percentiles": "EvaluateLowSampleCountPercentile",
}


WATCHING: Mapping[str, Kind] = {
    "aws_cloudwatch_log_group": Kind(
        (
            Part(
                "logs",
                create="CreateLogGroup",
                read="DescribeLogGroups",
                delete="DeleteLogGroup",
                key={"logGroupName": "{name}", "logGroupNamePrefix": "{name}"},
                at="logGroups.0",
                names={"name": "logGroupName"},
                learn=_log_group_arn,
            ),
            Part(
                "logs",
                create="PutRetentionPolicy",
                read="DescribeLogGroups",
                key={"logGroupName": "{name}", "logGroupNamePrefix": "{name}"},
                at="logGroups.0",
                takes=("retention_in_days",),
            ),
            tags_part("logs", "resourceArn", "{arn}", member="tags", first="tags"),
        ),
        id="{name}",
        replaces="name name_prefix log_group_class",
        local="skip_destroy",
    ),
    "aws_cloudwatch_metric_alarm": Kind(
        (
            Part(
                "cloudwatch",
                create="PutMetricAlarm",
                read="DescribeAlarms",
                delete="DeleteAlarms",
                key={"AlarmName": "{alarm_name}", "AlarmNames": ["{alarm_name}"]},
                at="MetricAlarms.0",
                names=_METRIC,
            ),
            tags_part("cloudwatch", "ResourceARN", "{arn}"),
        ),
        id="{alarm_name}",
        replaces="alarm_name",
        computed={"arn": "MetricAlarms.0.AlarmArn"},
        emulator="moto",
        mirror="ministack",
    ),
    "aws_cloudwatch_composite_alarm": Kind(
        (
            Part(
                "cloudwatch",
                create="PutCompositeAlarm",
                read="DescribeAlarms",
                delete="DeleteAlarms",
                key={"AlarmName": "{alarm_name}", "AlarmNames": ["{alarm_name}"]},
                constants={"AlarmTypes": ["CompositeAlarm"]},
                at="CompositeAlarms.0",
            ),
            tags_part("cloudwatch", "ResourceARN", "{arn}"),
        ),
        id="{alarm_name}",
        replaces="alarm_name actions_enabled",
        computed={"arn": "CompositeAlarms.0.AlarmArn"},
    ),
    "aws_cloudwatch_dashboard": Kind(
        (
            Part(
                "cloudwatch",
                create="PutDashboard",
                read="GetDashboard",
                delete="DeleteDashboards",
                key={"DashboardName": "{dashboard_name}", "DashboardNames": ["{dashboard_name}"]},
            ),
        ),
        id="{dashboard_name}",
        replaces="dashboard_name",
        computed={"dashboard_arn": "DashboardArn"},
    ),
}
