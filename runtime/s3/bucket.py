"""The board's bucket: JSON files, and rank files, which never change once they are written."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runtime.aws import THREADS
from runtime.s3.cache import CACHED_BYTES, ByteCache

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Put = Callable[[str, bytes], None]
"""Takes a file: its key below a prefix, and its bytes."""
BROKEN = 2
"""How often a file is asked for once more because an answer broke off."""
UPLOADS = 4
"""How many packs are written at once, each of which lies in memory meanwhile."""
PER_DELETE = 1000
"""The most keys of one DeleteObjects (Amazon S3 API reference)."""


class GoneError(LookupError):
    """A file that a snapshot refers to was deleted: the snapshot was replaced long ago, or a player erased."""


class Bucket:
    """A bucket of files. Threads may share it.

    `key` is the ARN of the KMS key under which it writes. The bucket's default may be another one for a while: when a
    board moves to another key, AWS changes the bucket and the functions one after the other.
    """

    def __init__(self, client: S3Client, name: str, key: str | None = None, cached: int = CACHED_BYTES) -> None:
        self._client = client
        self._name = name
        self.key = key
        self._encryption: Any = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "BucketKeyEnabled": True} if key else {}
        )
        self.cache = ByteCache(cached)
        """What was read from files that never change, up to `cached` bytes."""

    def get(self, key: str) -> tuple[Any, str] | tuple[None, None]:
        """Read a JSON file: its content and its ETag, or a pair of None where there is no file."""
        try:
            body, etag = self._fetch(Bucket=self._name, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None, None
        return json.loads(body), etag

    def read(self, key: str, span: tuple[int, int] | None = None) -> bytes:
        """Read the bytes of a file, or of a part of it: `span` is where it begins and how many bytes it has.

        Raises GoneError where there is no such file.
        """
        part: Any = {"Range": f"bytes={span[0]}-{span[0] + span[1] - 1}"} if span else {}
        try:
            return self._fetch(Bucket=self._name, Key=key, **part)[0]
        except self._client.exceptions.NoSuchKey:
            raise GoneError(f"{key} is gone: its snapshot was replaced long ago") from None

    def _fetch(self, **request: Any) -> tuple[bytes, str]:
        """Read a file's bytes, and its ETag. The SDK repeats no answer that breaks off behind its head."""
        for _ in range(BROKEN):
            answer = self._client.get_object(**request)
            with suppress(BotoCoreError):
                return answer["Body"].read(), answer["ETag"]
        answer = self._client.get_object(**request)
        return answer["Body"].read(), answer["ETag"]

    def write(self, key: str, body: bytes) -> None:
        """Write the bytes of a file."""
        self._client.put_object(Bucket=self._name, Key=key, Body=body, **self._encryption)

    @contextmanager
    def upload(self, prefix: str) -> Iterator[Put]:
        """Write files, several at once, by what this gives: a function of a file's key below a prefix, and its body.

        All are written when the context ends. It waits where UPLOADS bodies lie in memory, and raises what a write did.
        """
        running: deque[Future[None]] = deque()

        def put(name: str, body: bytes) -> None:
            if len(running) == UPLOADS:
                running.popleft().result()
            running.append(pool.submit(self.write, f"{prefix}{name}", body))

        with ThreadPoolExecutor(UPLOADS) as pool:
            yield put
            for each in running:
                each.result()

    def put_if_unchanged(self, key: str, content: Any, etag: str | None) -> bool:
        """Write a file if it still has that ETag (None: if it does not exist); False where it has another."""
        condition: Any = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            self._client.put_object(
                Bucket=self._name, Key=key, Body=encode_json(content), **condition, **self._encryption
            )
        except ClientError as error:
            # 409 means that another conditional write of the same key is under way, 404 that the file was deleted. The
            # caller reads again what is there (Amazon S3 user guide, "Conditional writes").
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                return False
            raise
        return True

    def list_keys(self, prefix: str, after: str = "", limit: int | None = None) -> list[str]:
        """The keys that begin with a prefix and sort behind `after`, in order, `limit` of them at the most."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix, StartAfter=after, PaginationConfig={"MaxItems": limit} if limit else {}
        )
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def encrypt_anew(self, keys: Iterable[str]) -> None:
        """Put files, several at once, under the key that new files get. Their content and their headers stay.

        Copying a file onto itself is allowed where its encryption changes (Amazon S3 API reference, "CopyObject").
        """

        def copy(key: str) -> None:
            source: Any = {"Bucket": self._name, "Key": key}
            self._client.copy_object(
                Bucket=self._name, Key=key, CopySource=source, MetadataDirective="COPY", **self._encryption
            )

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(copy, keys))

    def delete(self, keys: list[str]) -> None:
        """Remove files. Those that are gone already do no harm. Raises RuntimeError where S3 refused to remove some."""
        refused: list[Any] = []
        for start in range(0, len(keys), PER_DELETE):
            objects: Any = [{"Key": key} for key in keys[start : start + PER_DELETE]]
            answer = self._client.delete_objects(Bucket=self._name, Delete={"Objects": objects, "Quiet": True})
            refused += answer.get("Errors", [])
        if refused:
            # S3 answers 200 all the same (Amazon S3 API reference, "DeleteObjects"). They would stay for ever, unseen.
            raise RuntimeError(f"S3 keeps {len(refused)} of {len(keys)} files, the first with {refused[0].get('Code')}")


def encode_json(content: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
