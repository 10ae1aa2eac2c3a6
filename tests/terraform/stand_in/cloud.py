"""The emulators as the provider sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from tests.terraform.stand_in.occupied import find_occupants
from tests.terraform.stand_in.table import Kind, Part

Judge = Callable[[str, str, Mapping[str, Any]], list[str]]
"""Says what AWS would not take in the parameters of an operation: service, operation, parameters -> findings."""
_GONE = re.compile("NotFound|NoSuch|NonExistent|404|DoesNotExist")


class RefusedError(Exception):
    """An operation that AWS or the emulator would not do, in words for a person."""


class Cloud:
    """The emulators as the provider sees them. Every request is judged before it goes out, and remembered."""

    def __init__(self, client: Callable[[str, str, str], Any], judge: Judge) -> None:
        """`client(emulator, service, region)` makes a boto3 client, or gives one that was made before."""
        self._client = client
        self.judge = judge
        self.calls: list[tuple[str, str]] = []
        self.folder = Path()
        """Where Terraform runs: relative paths of a bundle start there."""

    def call(self, kind: Kind, part: Part, operation: str, region: str, parameters: Mapping[str, Any]) -> Any:
        """Do an operation. Raises RefusedError if it is judged badly or refused; None if the thing does not exist."""
        findings = self.judge(part.service, operation, parameters)
        if findings:
            raise RefusedError(f"{part.service}:{operation}: " + "; ".join(findings))
        self.calls.append((part.service, operation))
        try:
            if kind.mirror and operation.startswith(("Create", "Put", "Delete")):
                client = self._client(kind.mirror, part.service, region)
                getattr(client, xform_name(operation))(**parameters)
            client = self._client(kind.emulator, part.service, region)
            if why := find_occupants(client, operation, parameters):
                raise RefusedError(f"{part.service}:{operation}: {why}")
            return getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            if _GONE.search(error.response["Error"]["Code"]):
                return None
            raise RefusedError(f"{part.service}:{operation}: {error}") from None

    def model(self, kind: Kind, part: Part, operation: str, region: str) -> Any:
        """The model of an operation."""
        return self._client(kind.emulator, part.service, region).meta.service_model.operation_model(operation)
