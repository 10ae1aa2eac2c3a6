"""Packs of pieces in a bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runtime.domain.ranking import Pieces
from runtime.s3.bucket import Bucket
from runtime.s3.ranks.packs import PackReader, PackWriter
from tests.support.memory_aws import HookedAws


def store(pieces: list[bytes]) -> tuple[HookedAws, Bucket, PackReader]:
    """A bucket with packs that have these pieces, and what reads them."""
    aws = HookedAws(lambda: 0)
    bucket = Bucket(aws.client("s3"), "bucket")
    with bucket.upload("base/") as put:
        writer = PackWriter(put, "blocks/")
        for piece in pieces:
            writer.add(piece)
        written = writer.end()
    assert Pieces.from_json(json.loads(json.dumps(asdict(written)))) == written
    return aws, bucket, PackReader(bucket, "base/blocks/", written)


def gets(aws: HookedAws) -> list[Mapping[str, Any]]:
    """The requests by which objects were read."""
    return [call.request for call in aws.calls if call.operation == "get_object"]
