"""S3 of the stand-in: one bucket, whose objects are files on the disk."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import RLock
from urllib.parse import quote
from xml.sax.saxutils import escape, unescape

PER_LIST = 1000
"""The most keys of a page (Amazon S3 API reference, "ListObjectsV2")."""
_RANGE = re.compile(r"bytes=([0-9]+)-([0-9]*)")


@dataclass(frozen=True)
class StoredObject:
    """An object: the file that holds it, and what S3 says of it."""

    path: Path
    size: int
    etag: str
    checksum: str
    """The CRC-32 that it was put with, which S3 gives back with the whole object."""


@dataclass(frozen=True)
class S3Answer:
    """An answer: a document, or a part of an object."""

    status: int = 200
    body: bytes = b""
    stored: StoredObject | None = None
    start: int = 0
    size: int = 0
    headers: Mapping[str, str] | None = None


class StandInS3:
    """The operations that a rebuild and the API need. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._objects: dict[str, StoredObject] = {}
        self._keys: list[str] = []
        self._numbers = count(1)
        self._lock = RLock()

    def new_file(self) -> Path:
        """A file for the body of an object that is about to be put."""
        return self._folder / f"object-{next(self._numbers)}"

    def put(self, key: str, path: Path, size: int, headers: Mapping[str, str]) -> S3Answer:
        """Store an object, if the stored one meets the condition (Amazon S3 user guide, "Conditional writes")."""
        with self._lock:
            stored, wanted = self._objects.get(key), headers.get("if-match")
            if wanted is not None and stored is None:
                path.unlink()
                return _refuse(404, "NoSuchKey")
            is_other = stored is not None and wanted is not None and wanted.strip('"') != stored.etag.strip('"')
            if is_other or (headers.get("if-none-match") == "*" and stored is not None):
                path.unlink()
                return _refuse(412, "PreconditionFailed")
            # As a KMS key encrypts it, its ETag is another one each time (Amazon S3 API reference, "Object").
            etag = f'"{int(path.name.split("-")[1]):032x}"'
            self._objects[key] = StoredObject(path, size, etag, headers.get("x-amz-checksum-crc32", ""))
            if stored is None:
                insort(self._keys, key)
            else:
                stored.path.unlink()
            return S3Answer(headers={"ETag": etag})

    def get(self, key: str, headers: Mapping[str, str]) -> S3Answer:
        """Read an object, or a range of its bytes."""
        with self._lock:
            stored = self._objects.get(key)
        if stored is None:
            return _refuse(404, "NoSuchKey")
        if not (asked := _RANGE.fullmatch(headers.get("range", ""))):
            checksum = {"x-amz-checksum-crc32": stored.checksum} if stored.checksum else {}
            return S3Answer(stored=stored, size=stored.size, headers={"ETag": stored.etag, **checksum})
        start, last = int(asked[1]), min(int(asked[2] or stored.size), stored.size - 1)
        if start > last:
            return _refuse(416, "InvalidRange")
        told = {"ETag": stored.etag, "Content-Range": f"bytes {start}-{last}/{stored.size}"}
        return S3Answer(206, stored=stored, start=start, size=last - start + 1, headers=told)

    def list(self, query: Mapping[str, str]) -> S3Answer:
        """A page of the keys that begin with a prefix."""
        prefix = query.get("prefix", "")
        after = query.get("continuation-token") or query.get("start-after", "")
        most = min(int(query.get("max-keys", PER_LIST)), PER_LIST)
        with self._lock:
            found = [key for key in self._keys[bisect_right(self._keys, max(after, prefix[:-1])) :] if key > after]
            found = [key for key in found if key.startswith(prefix)]
            page = found[:most]
            contents = "".join(
                f"<Contents><Key>{escape(quote(key, safe='/'))}</Key><Size>{self._objects[key].size}</Size>"
                f"<ETag>{escape(self._objects[key].etag)}</ETag></Contents>"
                for key in page
            )
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(found) > most else ""
        truncated = "true" if more else "false"
        body = f"<IsTruncated>{truncated}</IsTruncated><KeyCount>{len(page)}</KeyCount>{contents}{more}"
        return _document("ListBucketResult", f"<EncodingType>url</EncodingType>{body}")

    def delete(self, body: bytes) -> S3Answer:
        """Remove objects (DeleteObjects)."""
        with self._lock:
            for found in re.findall(r"<Key>(.*?)</Key>", body.decode()):
                if stored := self._objects.pop(unescape(found), None):
                    self._keys.remove(unescape(found))
                    stored.path.unlink()
        return _document("DeleteResult", "")


def _document(root: str, content: str, status: int = 200) -> S3Answer:
    space = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' if root != "Error" else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{space}>{content}</{root}>'.encode()
    return S3Answer(status, body, size=len(body), headers={"Content-Type": "application/xml"})


def _refuse(status: int, code: str) -> S3Answer:
    return _document("Error", f"<Code>{code}</Code><Message>{code}</Message>", status)
