"""What AWS does not delete while something is left in it, and the emulators do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def find_occupants(client: Any, operation: str, parameters: Mapping[str, Any]) -> str:
    """Say why AWS would not delete something; "" where it would.

    An event bus must have no rule (EventBridge API reference, "DeleteEventBus"; terraform-provider-aws#22131), and a
    rule no target (EventBridge API reference, "DeleteRule").
    """
    if operation == "DeleteEventBus":
        rules = [rule["Name"] for rule in client.list_rules(EventBusName=parameters["Name"])["Rules"]]
        return f"EventBus can't be deleted since it has rules: {', '.join(rules)}" if rules else ""
    if operation == "DeleteRule":
        place = {"Rule": parameters["Name"], "EventBusName": parameters["EventBusName"]}
        targets = client.list_targets_by_rule(**place)["Targets"]
        return "Rule can't be deleted since it has targets." if targets else ""
    return ""
