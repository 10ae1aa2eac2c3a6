"""Says as plain data where a board is deployed and what it is deployed with: all that board.json does not say.

It is written into the bundle as `deployment.json`, so that a later run can tell what an edit changes, and a person sees
it in a diff.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from generator.board.board import Board
from generator.board.bundle import Bundle
from generator.board.bundle_paths import DEPLOYMENT

FILE = DEPLOYMENT

FORMAT = 1
"""The version of the file. A later run compares nothing with another one."""


def describe_deployment(board: Board) -> dict[str, Any]:
    """Say what of a board is not in its board.json: names, place, keys, access, sizes and what the page shows."""
    return {
        "format": FORMAT,
        "board": board.name,
        "team": board.team,
        "project": board.project,
        "environment": board.environment,
        "prefix": board.names.prefix,
        "region": board.region,
        "account_id": board.account_id,
        "state": name_state(board),
        "feed": board.feed.feed if board.feed else None,
        "owner": board.owner,
        "notify": list(board.notify),
        "tags": board.tags,
        "kms_key_arn": board.kms_key_arn,
        "kms_previous_keys": list(board.kms_previous_keys),
        "protect": board.protect,
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


def name_state(board: Bundle) -> str:
    """Where a bundle's Terraform state is: `local`, in the bundle, or `s3://BUCKET/KEY`."""
    return f"s3://{board.backend.bucket}/{board.state_key}" if board.backend else "local"
