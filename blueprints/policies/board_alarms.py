"""CKV_LB_1: every board has its alarms, and the composite alarm that notifies its team."""

from __future__ import annotations

from collections.abc import Iterator

from policy_checks import ScannedBlock, first_value, flatten_texts, register_policy

COMPOSITE_TYPE = "aws_cloudwatch_composite_alarm"
COMPOSITE = f"{COMPOSITE_TYPE}.unhealthy"
"""The address of the alarm that notifies the board's team when any other alarm fires."""

ALARM_TYPE = "aws_cloudwatch_metric_alarm"
ALARMS = (
    "activities_dead_letters",
    "api_errors",
    "api_latency",
    "oldest_activity",
    "pipe_dead_letters",
    "processing_errors",
    "rejected",
    "schedule_dead_letters",
    "snapshot_age",
    "throttles",
)
"""The metric alarms of the blueprint, by the names of their resources."""


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say which alarms are missing, or would notify nobody."""
    alarms = {node["block_name_"]: node for node in block.module_blocks() if node["block_type_"] == "resource"}
    if first_value(block.conf, "__address__") != COMPOSITE:
        if COMPOSITE not in alarms:
            yield f"the alarm {COMPOSITE} is missing"
        return
    if not flatten_texts(block.conf.get("alarm_actions")):
        yield "alarm_actions is empty: it notifies nobody"
    if str(first_value(block.conf, "actions_enabled")).lower() == "false":
        yield "actions_enabled is false: it notifies nobody"
    rule = str(first_value(block.conf, "alarm_rule"))
    for name in ALARMS:
        alarm = alarms.get(f"{ALARM_TYPE}.{name}")
        if alarm is None:
            yield f"the alarm {ALARM_TYPE}.{name} is missing"
        elif "count" in alarm or "for_each" in alarm:
            yield f"{ALARM_TYPE}.{name} has a count or a for_each, so it may not be created"
        elif f"ALARM({alarm.get('alarm_name')})" not in rule:
            yield f"alarm_rule leaves out {ALARM_TYPE}.{name}"


register_policy("CKV_LB_1", "Every board has its alarms", find_faults, resources=(COMPOSITE_TYPE,))
