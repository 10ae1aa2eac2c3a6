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
