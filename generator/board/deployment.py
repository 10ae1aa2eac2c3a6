"""Says as plain data where a bundle is deployed and what it is deployed with: of a board all that board.json does not
say, of a feed everything.

It is written into the bundle as `deployment.json`, so that a later run can tell what an edit changes, and a person sees
it in a diff.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from generator.board.board import Board
from generator.board.bundle import Bundle
from generator.board.bundle_paths import DEPLOYMENT
from generator.board.feed import Feed

FILE = DEPLOYMENT

FORMAT = 1
"""The version of the file. A later run compares nothing with another one."""

FEED = "feed"
"""The `kind` of a feed's bundle; a board's is `board`."""


def describe_deployment(bundle: Board | Feed) -> dict[str, Any]:
    """Say what of a bundle is not in a board.json: names, place, keys, access, sizes and what the page shows."""
    return _describe_bundle(bundle) | (_describe_feed(bundle) if isinstance(bundle, Feed) else _describe_board(bundle))


def name_state(bundle: Bundle) -> str:
    """Where a bundle's Terraform state is: `local`, in the bundle, or `s3://BUCKET/KEY`."""
    return f"s3://{bundle.backend.bucket}/{bundle.state_key}" if bundle.backend else "local"


def _describe_bundle(bundle: Bundle) -> dict[str, Any]:
    """What bundles of boards and of feeds have alike. `board`: what the bundle is called, feed-NAME for a feed."""
    return {
        "format": FORMAT,
        "board": bundle.name,
        "team": bundle.team,
        "project": bundle.project,
        "environment": bundle.environment,
        "prefix": bundle.names.prefix,
        "region": bundle.region,
        "account_id": bundle.account_id,
        "state": name_state(bundle),
        "owner": bundle.owner,
        "notify": list(bundle.notify),
        "page": list(bundle.page),
        "tags": bundle.tags,
        "kms_key_arn": bundle.kms_key_arn,
        "kms_previous_keys": list(bundle.kms_previous_keys),
        "protect": bundle.protect,
    }


def _describe_feed(feed: Feed) -> dict[str, Any]:
    return {
        "kind": FEED,
        "types": sorted(feed.types),
        "activities_per_second": feed.rates.model_dump(),
        "alarms": feed.alarms.model_dump(),
    }


def _describe_board(board: Board) -> dict[str, Any]:
    """What a board alone has. Its roles name its feed's key, so that with another one its bundle has to be applied."""
    return {
        "kind": "board",
        "feed": board.feed.feed if board.feed else None,
        "feed_key_arn": board.feed.kms_key_arn if board.feed else None,
        "simulator": board.simulator is not None,
        "rebuild": board.schedule,
        "access": "public" if board.public else "iam",
        "principals": list(board.readers),
        "domain": board.domain,
        "certificate_arn": board.certificate_arn,
        "cors_origins": list(board.cors_origins),
        "web_acl_arn": board.web_acl_arn,
        "traffic": board.traffic.model_dump(),
        "alarms": board.alarms.model_dump(),
        "dashboard": board.dashboard.model_dump(),
        "logo": sha256(board.logo.content).hexdigest() if board.logo else None,
        "attached": [[each.field, each.title, each.link] for each in board.attached],
        "sizes": {name: each.value for name, each in board.sizing.named.items()},
    }
