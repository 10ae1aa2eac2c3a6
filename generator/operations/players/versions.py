"""The objects of a board's bucket with all their versions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from generator.errors import OperationError

PER_DELETE = 1000
"""The most versions of one DeleteObjects (Amazon S3 API reference, "DeleteObjects")."""


class VersionedFiles:
    """The objects of a bucket with all their versions. `client` is boto3's for S3."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def list_versions(self, prefix: str) -> Iterator[dict[str, str]]:
        """Every version of the objects whose keys begin with a prefix, delete markers too: its Key and VersionId."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": each["Key"], "VersionId": each["VersionId"]}

    def delete_versions(self, versions: Iterator[dict[str, str]]) -> int:
        """Delete versions for good, and return how many. Raises OperationError where S3 keeps some."""
        deleted = 0
        while some := list(islice(versions, PER_DELETE)):
            answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})
            if refused := answer.get("Errors"):
                raise OperationError(f"S3 keeps {len(refused)} old files, the first with {refused[0].get('Code')}")
            deleted += len(some)
        return deleted
