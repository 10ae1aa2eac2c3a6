"""The list of regions, against the endpoints that botocore publishes."""

from __future__ import annotations

import botocore.session
import pytest

from generator.aws.regions import BACKEND, FULL, REGIONS, suggest_region

USED = (
    *("cloudwatch", "dynamodb", "dynamodbstreams", "events", "kms", "lambda", "logs", "pipes", "s3", "scheduler"),
    *("sns", "sqs"),
)
"""Services of a board that are regional, by botocore's names."""


def test_every_region_of_the_public_partition_is_listed() -> None:
    regions = {code for name in USED for code in botocore.session.get_session().get_available_regions(name)}
    assert regions == set(REGIONS)


@pytest.mark.parametrize("service", USED)
def test_what_is_missing_is_what_botocore_misses(service: str) -> None:
    there = botocore.session.get_session().get_available_regions(service)
    expected = {
        code for code, region in REGIONS.items() if service == "pipes" and "EventBridge Pipes" in region.missing
    }
    assert set(REGIONS) - set(there) == expected


def test_the_nearest_region_has_everything() -> None:
    assert len(FULL) == 22
    assert all((region.instead in FULL) if region.missing else not region.instead for region in REGIONS.values())
    assert set(FULL) < set(BACKEND)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("eu-central-1a", "eu-central-1"), ("EU Central 1", "eu-central-1"), ("us_east_1", "us-east-1")),
        *(("frankfurt", "eu-central-1"), ("N. Virginia", "us-east-1"), ("Zurich", None), ("x", None)),
    ],
)
def test_a_region_is_guessed(text: str, meant: str | None) -> None:
    assert suggest_region(text, FULL) == meant
