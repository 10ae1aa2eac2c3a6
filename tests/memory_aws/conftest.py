"""The embedded AWS, one for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.local.emulator.process import Emulator


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    """A running embedded AWS, without a board."""
    with Emulator("eu-central-1") as running:
        yield running


@pytest.fixture(scope="package")
def kms_keys(emulator: Emulator) -> dict[str, str]:
    """Two KMS keys on the embedded AWS: their ARNs, by the names that lives give them."""
    kms = emulator.client("kms")
    return {name: kms.create_key(Description=name)["KeyMetadata"]["Arn"] for name in ("old", "new")}
