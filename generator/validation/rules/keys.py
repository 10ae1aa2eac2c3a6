"""Rules of a board's KMS keys: the one that it uses, and those under which its data may still lie."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics.diagnostic import Diagnostic
from generator.spec.values_aws import BOARD_KEY
from generator.validation.field_place import FieldPlace
from generator.validation.merging import MergedBoard


def check_keys(board: MergedBoard, region: str) -> Iterator[Diagnostic]:
    """Check that the KMS keys are in the board's region, and that a previous key is not the present one."""
    present = board["kms_key_arn"]
    yield from _check_region(present, region)
    for previous in board["kms_previous_keys"].items():
        if present.sound and previous.text == (present.text or BOARD_KEY):
            message = "this is the key that the board uses, not a previous one"
            yield previous.diagnostic("kms-key", message, "Name the key that it used before, or delete this one.")
        yield from _check_region(previous, region)


def _check_region(key: FieldPlace, region: str) -> Iterator[Diagnostic]:
    """Check that a KMS key is in the board's region."""
    arn = key.text
    if arn and arn != BOARD_KEY and region and arn.split(":")[3] != region:
        message = f"this key is in {arn.split(':')[3]}, the board is in {region}"
        yield key.diagnostic("kms-key", message, "Name a key of the board's region.")
