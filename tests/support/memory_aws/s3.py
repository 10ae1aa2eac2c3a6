"""S3 in memory: one bucket, with the KMS key under which each object lies."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from tests.support.memory_aws.errors import UnknownRequestError, error

PER_DELETE = 1000
"""The most keys of a DeleteObjects (Amazon S3 API reference, "DeleteObjects")."""
PER_LIST = 1000
"""The most keys of a page (Amazon S3 API reference, "ListObjectsV2")."""
KEY_BYTES = 1024
"""The longest key (Amazon S3 user guide, "Naming Amazon S3 objects")."""


@dataclass(frozen=True)
class StoredObject:
    """An object as S3 keeps it."""

    body: bytes
    etag: str
    kms_key: str | None


class MemoryBucket:
    """A bucket: its objects by key. `undeletable` are the keys that S3 refuses to delete."""

    def __init__(self, name: str = "bucket") -> None:
        self.name = name
        self.objects: dict[str, StoredObject] = {}
        self.undeletable: set[str] = set()
        self._writes = 0

    def write(self, key: str, body: bytes, kms_key: str | None = None) -> StoredObject:
        """Store an object.

        Its ETag is the MD5 of its content, unless a KMS key encrypts it: then it is another one each time (Amazon S3
        API reference, "Object": the ETags of objects that are encrypted by SSE-KMS "are not an MD5 digest").
        """
        self._writes += 1
        etag = md5(body if kms_key is None else f"{self._writes}".encode()).hexdigest()
        stored = self.objects[key] = StoredObject(body, f'"{etag}"', kms_key)
        return stored

    def bodies(self) -> dict[str, bytes]:
        """The content of each object, by key."""
        return {key: stored.body for key, stored in self.objects.items()}

    def kms_keys(self) -> dict[str, str | None]:
        """The KMS key of each object, by the object's key."""
        return {key: stored.kms_key for key, stored in self.objects.items()}


class MemoryS3:
    """The operations of S3 by boto3's names."""

    def __init__(self, bucket: MemoryBucket) -> None:
        self.page_items = 3
        """The most keys of a page of a list. AWS gives 1,000: few make a list tear as it does there."""
        self._bucket = bucket

    def get_object(self, *, Bucket: str, Key: str, Range: str | None = None) -> dict[str, Any]:
        """Read an object, or a part of one."""
        stored = self._objects(Bucket).get(Key)
        if stored is None:
            raise error("NoSuchKey", "GetObject", "The specified key does not exist.")
        body, part = _cut(stored.body, Range) if Range is not None else (stored.body, {})
        return {
            "Body": io.BytesIO(body),
            "ETag": stored.etag,
            "ContentLength": len(body),
            **part,
            **_encryption_of(stored),
        }

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes,
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
        **encryption: Any,
    ) -> dict[str, Any]:
        """Store an object, if the stored one meets the condition (Amazon S3 user guide, "Conditional writes")."""
        stored = self._objects(Bucket).get(Key)
        if not 1 <= len(Key.encode()) <= KEY_BYTES:
            raise error("KeyTooLongError", "PutObject")
        if IfNoneMatch not in (None, "*"):
            raise UnknownRequestError(f"IfNoneMatch={IfNoneMatch}")
        if IfMatch is not None and stored is None:
            raise error("NoSuchKey", "PutObject", "The specified key does not exist.")
        is_other = stored is not None and IfMatch is not None and IfMatch.strip('"') != stored.etag.strip('"')
        if is_other or (IfNoneMatch is not None and stored is not None):
            raise error(
                "PreconditionFailed", "PutObject", "At least one of the pre-conditions you specified did not hold"
            )
        written = self._bucket.write(Key, bytes(Body), _kms_key(encryption))
        return {"ETag": written.etag, **_encryption_of(written)}

    def copy_object(
        self, *, Bucket: str, Key: str, CopySource: Mapping[str, str], MetadataDirective: str, **encryption: Any
    ) -> dict[str, Any]:
        """Store an object anew under another KMS key."""
        objects = self._objects(Bucket)
        if CopySource != {"Bucket": Bucket, "Key": Key} or MetadataDirective != "COPY":
            raise UnknownRequestError(f"CopyObject of {CopySource}")
        if Key not in objects:
            raise error("NoSuchKey", "CopyObject", "The specified key does not exist.")
        if not encryption:
            # (Amazon S3 API reference, "CopyObject": onto itself only where its encryption, its metadata or its storage
            # class changes.)
            raise error("InvalidRequest", "CopyObject", "This copy request is illegal")
        written = self._bucket.write(Key, objects[Key].body, _kms_key(encryption))
        return {"CopyObjectResult": {"ETag": written.etag}, **_encryption_of(written)}

    def list_objects_v2(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        StartAfter: str = "",
        MaxKeys: int = PER_LIST,
        ContinuationToken: str | None = None,
    ) -> dict[str, Any]:
        """A page of the keys that begin with a prefix, in the order of their UTF-8 bytes."""
        objects = self._objects(Bucket)
        after = StartAfter if ContinuationToken is None else ContinuationToken
        most = min(MaxKeys, self.page_items)
        found = sorted(key for key in objects if key > after and key.startswith(Prefix))
        page = found[:most]
        answer: dict[str, Any] = {"IsTruncated": len(found) > most, "KeyCount": len(page)}
        if page:
            answer["Contents"] = [
                {"Key": key, "ETag": objects[key].etag, "Size": len(objects[key].body)} for key in page
            ]
        if len(found) > most:
            answer["NextContinuationToken"] = page[-1]
        return answer

    def delete_objects(self, *, Bucket: str, Delete: Mapping[str, Any]) -> dict[str, Any]:
        """Remove objects. S3 answers that all is fine even where it refuses some of them."""
        objects = self._objects(Bucket)
        wanted = [each["Key"] for each in Delete["Objects"]]
        if Delete.keys() != {"Objects", "Quiet"} or any(each.keys() != {"Key"} for each in Delete["Objects"]):
            raise UnknownRequestError("DeleteObjects")
        if not 1 <= len(wanted) <= PER_DELETE:
            raise error("MalformedXML", "DeleteObjects")
        refused = [key for key in wanted if key in self._bucket.undeletable]
        for key in wanted:
            if key not in self._bucket.undeletable:
                objects.pop(key, None)
        answer: dict[str, Any] = {}
        if refused:
            answer["Errors"] = [{"Key": key, "Code": "AccessDenied", "Message": "Access Denied"} for key in refused]
        if not Delete["Quiet"]:
            answer["Deleted"] = [{"Key": key} for key in wanted if key not in refused]
        return answer

    def _objects(self, bucket: str) -> dict[str, StoredObject]:
        if bucket != self._bucket.name:
            raise error("NoSuchBucket", "S3", "The specified bucket does not exist")
        return self._bucket.objects


def _cut(body: bytes, part: str) -> tuple[bytes, dict[str, Any]]:
    """The bytes from one place to another, both included (Amazon S3 API reference, "GetObject": Range)."""
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", part)
    if found is None or int(found[1]) > int(found[2]):
        raise UnknownRequestError(f"Range={part}")
    first, last = int(found[1]), min(int(found[2]), len(body) - 1)
    if first >= len(body):
        raise error("InvalidRange", "GetObject", "The requested range is not satisfiable")
    return body[first : last + 1], {"ContentRange": f"bytes {first}-{last}/{len(body)}"}


def _kms_key(encryption: Mapping[str, Any]) -> str | None:
    """The KMS key that a request names, None where it names none."""
    if not encryption:
        return None
    if encryption.keys() != {"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled"}:
        raise UnknownRequestError(f"encryption {sorted(encryption)}")
    if encryption["ServerSideEncryption"] != "aws:kms" or encryption["BucketKeyEnabled"] is not True:
        raise UnknownRequestError(f"encryption {encryption}")
    return str(encryption["SSEKMSKeyId"])


def _encryption_of(stored: StoredObject) -> dict[str, Any]:
    if stored.kms_key is None:
        return {}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": stored.kms_key, "BucketKeyEnabled": True}
