"""Reads the schema of the pinned AWS provider, and gives it to Terraform as its protocol wants it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tf.gen import tfplugin_pb2 as pb

Block = Mapping[str, Any]
"""`attributes`: [type, flags] by name; `blocks`: [nesting, most, least, Block] by name. See make_schema.py."""

FILE = Path(__file__).with_name("aws_schema.json.gz")

# hashicorp/time 0.13 (documentation page of time_sleep): the arguments are durations, the rest is computed.
TIME: Mapping[str, Any] = {
    "provider": {"attributes": {}, "blocks": {}},
    "resources": {
        "time_sleep": {
            "attributes": {
                "create_duration": ["string", "o"],
                "destroy_duration": ["string", "o"],
                "id": ["string", "c"],
                "triggers": [["map", "string"], "o"],
            },
            "blocks": {},
        }
    },
    "data": {},
}
"""The schema of the provider that waits."""

_NESTING = pb.Schema.NestedBlock.NestingMode.Value


@cache
def read_aws() -> Mapping[str, Any]:
    """The AWS provider's `version`, and the schema of its own configuration, its `resources` and its `data` sources."""
    schema: Mapping[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return schema


def to_protocol(block: Block) -> pb.Schema:
    """A block as the protocol describes it."""
    return pb.Schema(block=_to_block(block))


def _to_block(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[
            pb.Schema.Attribute(
                name=name,
                type=json.dumps(kind).encode(),
                required="r" in flags,
                optional="o" in flags,
                computed="c" in flags,
            )
            for name, (kind, flags) in block["attributes"].items()
        ],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                block=_to_block(inner),
                nesting=_NESTING(nesting.upper()),
                min_items=least if nesting in ("list", "set") else 0,
                max_items=most,
            )
            for name, (nesting, most, least, inner) in block["blocks"].items()
        ],
    )
