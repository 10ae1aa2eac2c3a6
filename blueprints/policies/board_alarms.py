"""CKV_LB_1: every board has its alarms, each of which notifies its team, and the composite alarm above them."""

from __future__ import annotations

from collections.abc import Container, Iterator

from policy_checks import Conf, ScannedBlock, first_value, flatten_texts, register_policy

COMPOSITE_TYPE = "aws_cloudwatch_composite_alarm"
COMPOSITE = f"{COMPOSITE_TYPE}.unhealthy"
"""The address of the alarm that fires with any other, and notifies the board's team when all is well again."""

ALARM_TYPE = "aws_cloudwatch_metric_alarm"
ALARMS = (
    "activities_dead_letters",
    "api_errors",
    "api_latency",
    "oldest_activity",
    "pipe_dead_letters",
    "pipe_failures",
    "processing_errors",
    "rebuild_overrun",
    "rejected",
    "schedule_dead_letters",
    "snapshot_age",
    "throttles",
)
"""The metric alarms of the blueprint, by the names of their resources."""
ON_FEED = (*(name for name in ALARMS if not name.startswith("pipe_")), "feed_dead_letters", "feed_losses")
"""Those of a board that counts a feed."""
ASSEMBLY = "assembly_failures"
"""That of a board whose windows are assembled."""
FEED = ("pipe_dead_letters", "pipe_failures", "strays", "strays_dead_letters", "throttles")
"""Those of a feed."""


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say which alarms are missing, or would notify nobody."""
    alarms = {node["block_name_"]: node for node in block.module_blocks() if node["block_type_"] == "resource"}
    if first_value(block.conf, "__address__") != COMPOSITE:
        if COMPOSITE not in alarms:
            yield f"the alarm {COMPOSITE} is missing"
        return
    if not flatten_texts(block.conf.get("ok_actions")):
        yield "ok_actions is empty: nobody hears that the board is healthy again"
    if _is_off(block.conf):
        yield "actions_enabled is false: it notifies nobody"
    rule = str(first_value(block.conf, "alarm_rule"))
    for name in _list_wanted(alarms):
        alarm = alarms.get(f"{ALARM_TYPE}.{name}")
        if alarm is None:
            yield f"the alarm {ALARM_TYPE}.{name} is missing"
        elif "count" in alarm or "for_each" in alarm:
            yield f"{ALARM_TYPE}.{name} has a count or a for_each, so it may not be created"
        elif not flatten_texts(alarm.get("alarm_actions")) or _is_off(alarm):
            yield f"{ALARM_TYPE}.{name} notifies nobody"
        elif f"ALARM({alarm.get('alarm_name')})" not in rule:
            yield f"alarm_rule leaves out {ALARM_TYPE}.{name}"


def _list_wanted(resources: Container[str]) -> tuple[str, ...]:
    """The alarms of a bundle. Only a feed has a bus, only a board on a feed has a rule for activities, and only a board
    with assemblies has a state machine."""
    if "aws_cloudwatch_event_bus.activities" in resources:
        return FEED
    alarms = ON_FEED if "aws_cloudwatch_event_rule.activities" in resources else ALARMS
    return (*alarms, ASSEMBLY) if "aws_sfn_state_machine.assembly" in resources else alarms


def _is_off(alarm: Conf) -> bool:
    return str(first_value(alarm, "actions_enabled")).lower() == "false"


register_policy("CKV_LB_1", "Every board has its alarms", find_faults, resources=(COMPOSITE_TYPE,))
