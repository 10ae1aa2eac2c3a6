"""The board's bucket: JSON files, some of which never change."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runtime.aws import THREADS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHED = 64
"""Files that a function keeps in memory: some 200 kB each at the most."""


class Bucket:
    """A bucket of JSON files."""

    def __init__(self, client: S3Client, name: str) -> None:
        self._client = client
        self._name = name
        self._cache: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> tuple[Any, str] | tuple[None, None]:
        """A file's content and its ETag; a pair of None where there is none."""
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None, None
        return json.loads(answer["Body"].read()), answer["ETag"]

    def get_fixed(self, key: str) -> Any:
        """The content of a file that never changes, from memory where it was read before.

        Raises LookupError where it is gone.
        """
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        content, etag = self.get(key)
        if etag is None:
            raise LookupError(f"{key} is gone: its snapshot was replaced long ago")
        with self._lock:
            self._cache[key] = content
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return content

    def put_all(self, files: Mapping[str, Any]) -> None:
        """Write files by key."""

        def put(key: str) -> None:
            self._client.put_object(Bucket=self._name, Key=key, Body=encode(files[key]))

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(put, files))

    def put_if(self, key: str, content: Any, etag: str | None) -> bool:
        """Write a file if it still is the one with that ETag (None: if there is none). False where it is not."""
        condition: Any = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            self._client.put_object(Bucket=self._name, Key=key, Body=encode(content), **condition)
        except ClientError as error:
            # 409 where another conditional write of the same key is under way: its outcome decides.
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise
        return True

    def keys(self, prefix: str, after: str = "", limit: int | None = None) -> list[str]:
        """The keys that begin with a prefix, sorted; those behind `after`, `limit` of them at the most."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix, StartAfter=after, PaginationConfig={"MaxItems": limit} if limit else {}
        )
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def delete(self, keys: list[str]) -> None:
        """Remove files; those that are gone already do no harm."""
        for start in range(0, len(keys), 1000):
            some: Any = [{"Key": key} for key in keys[start : start + 1000]]
            self._client.delete_objects(Bucket=self._name, Delete={"Objects": some, "Quiet": True})


def encode(content: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
