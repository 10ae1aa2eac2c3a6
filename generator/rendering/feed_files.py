"""Renders the files of a feed's bundle: Terraform, schema, README. Much of the Terraform is that of a board's."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from generator.aws import limits
from generator.board import deployment
from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import list_entries
from generator.board.runbook.entries import Severity
from generator.rendering import escaping
from generator.rendering.activity_schema import feed_schema
from generator.rendering.templates import load_template
from generator.rendering.watching.dashboard import render_dashboard
from generator.spec.values_aws import BOARD_KEY

BLUEPRINT = Path(__file__).resolve().parent.parent.parent / "blueprints" / "feed"
_TEMPLATE = ".j2"
_SHARED = ("terraform/dashboard.tf", "terraform/main.tf", "terraform/producers.tf")
"""Files of a board's bundle that a feed's has as well."""


def render_feed(feed: Feed) -> dict[str, str]:
    """Render every file of a feed's bundle: path in the bundle -> content."""
    described = escaping.to_json_file(deployment.describe_deployment(feed), sort_keys=True)
    made = {
        "activity.schema.json": feed_schema(feed),
        "cloudwatch-dashboard.json": render_dashboard(feed),
        deployment.FILE: described,
    }
    return _render(feed, "") | made


def render_terraform(feed: Feed) -> dict[str, str]:
    """Render the Terraform files alone: path in the bundle -> content."""
    return _render(feed, "terraform/")


def _render(feed: Feed, under: str) -> dict[str, str]:
    values = _make_values(feed)
    paths = sorted([*_list_blueprint(), *_SHARED, *_list_key_files(feed)])
    return {path: load_template(BLUEPRINT, path + _TEMPLATE).render(values) for path in paths if path.startswith(under)}


def write_key(key: str) -> str:
    """A KMS key's ARN as an HCL expression."""
    return "aws_kms_key.board.arn" if key == BOARD_KEY else escaping.to_hcl(key)


def shared_values(bundle: Board | Feed) -> dict[str, Any]:
    """What templates of both kinds of bundle may name."""
    feed = bundle if isinstance(bundle, Feed) else bundle.feed
    present = bundle.kms_key_arn or BOARD_KEY
    return {
        "board": bundle,
        "is_feed": bundle is feed,
        "prefix": bundle.names.prefix,
        "key": write_key(present),
        "readable_keys": [write_key(key) for key in (present, *bundle.kms_previous_keys)],
        "log_groups": [
            *([] if bundle is feed else ["/aws/lambda"]),
            *(["/aws/vendedlogs/pipes"] if bundle.pipe else []),
        ],
        **_tell_of_alarms(bundle),
        "bus": _describe_bus(feed, bundle is feed) if feed else None,
        "delivery_seconds": limits.DELIVERY_AGE,
    }


def _tell_of_alarms(bundle: Board | Feed) -> dict[str, Any]:
    """What the runbook says of each alarm, by the name of its resource, and the topics by which people hear of it."""
    entries = {entry.alarm.replace("-", "_"): entry for entry in list_entries(bundle)}
    pages = [name for name, entry in entries.items() if entry.severity is Severity.PAGE]
    told = [("alarms", bundle.subscribers, list(entries)), ("page", bundle.paged, pages)]
    topics = [
        {
            "name": name,
            "alarms": alarms,
            "subscriptions": {
                each.address: {"protocol": each.protocol, "endpoint": each.endpoint} for each in subscribers
            },
        }
        for name, subscribers, alarms in told
        if subscribers
    ]
    both = ", ".join(f"aws_sns_topic.{topic['name']}.arn" for topic in topics)
    one = "aws_sns_topic.alarms.arn"
    return {
        "runbook": entries.values(),
        "told": {
            name: {"description": entry.description, "topics": both if name in pages else one}
            for name, entry in entries.items()
        },
        "topics": topics,
        "all_topics": both,
    }


def _describe_bus(feed: Feed, own: bool) -> dict[str, str]:
    """A feed's bus: its name as an HCL expression, and as a text, which is that of its table too. `own`: whether it is
    in the bundle."""
    name = feed.names.part("activities")
    return {"name": "aws_cloudwatch_event_bus.activities.name" if own else f'"{name}"', "table": name}


def _make_values(feed: Feed) -> dict[str, Any]:
    return {**shared_values(feed), "types": feed.types}


def _list_key_files(feed: Feed) -> list[str]:
    """The file of the feed's own key, or the one by which Terraform lets go of it."""
    if feed.makes_key:
        return ["terraform/key.tf"]
    return ["terraform/former_key.tf"] if feed.protect else []


@cache
def _list_blueprint() -> tuple[str, ...]:
    """The paths in a bundle of the files in the feed's own blueprint."""
    paths = (path.relative_to(BLUEPRINT).as_posix() for path in BLUEPRINT.rglob(f"*{_TEMPLATE}"))
    return tuple(path.removesuffix(_TEMPLATE) for path in paths if not any(part[0] in "._" for part in path.split("/")))
