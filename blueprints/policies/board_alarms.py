"""CKV_LB_1: every board has its alarms, and the one that tells its team of them."""

from __future__ import annotations

from collections.abc import Iterator

from judging import Block, first, judge, texts

COMPOSITE = "aws_cloudwatch_composite_alarm"
BOARD = f"{COMPOSITE}.unhealthy"
"""The alarm that tells the board's team of all others."""

ALARM = "aws_cloudwatch_metric_alarm"
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
"""The alarms of the blueprint, by the names of their resources."""


def faults(block: Block) -> Iterator[str]:
    """Which alarms are missing, or would tell nobody."""
    alarms = {node["block_name_"]: node for node in block.beside() if node["block_type_"] == "resource"}
    if first(block.conf, "__address__") != BOARD:
        if BOARD not in alarms:
            yield f"the alarm {BOARD} is missing"
        return
    if not texts(block.conf.get("alarm_actions")):
        yield "alarm_actions is empty: it tells nobody"
    if str(first(block.conf, "actions_enabled")).lower() == "false":
        yield "actions_enabled is false: it tells nobody"
    rule = str(first(block.conf, "alarm_rule"))
    for name in ALARMS:
        alarm = alarms.get(f"{ALARM}.{name}")
        if alarm is None:
            yield f"the alarm {ALARM}.{name} is missing"
        elif "count" in alarm or "for_each" in alarm:
            yield f"{ALARM}.{name} has a count or a for_each, so there may be none of it"
        elif f"ALARM({alarm.get('alarm_name')})" not in rule:
            yield f"alarm_rule leaves out {ALARM}.{name}"


judge("CKV_LB_1", "Every board has its alarms", faults, resources=(COMPOSITE,))
