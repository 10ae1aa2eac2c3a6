"""Reads and writes build/manifest.json: the bundles in build/, with the hash of each of their files and of each input.

It tells `generate` which files it wrote earlier, so that it can remove those that a bundle no longer has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from generator.output.staging import LARGE

FILE = "manifest.json"
_FORMAT = 1
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair as JSON may write it. A manifest has none: no path does, and no file could hold one."""


_NAME = re.compile("[a-z_][a-z0-9_-]*")
"""A part of a bundle's folder. People see and copy commands with it, so nothing else is taken from a file."""


def digest(content: bytes) -> str:
    """Hash a content: its SHA-256 in hexadecimal. The layer, which all bundles share, is hashed once."""
    # To look another content up would take nearly as long as to hash it.
    return _hash_once(content) if len(content) >= LARGE else sha256(content).hexdigest()


@lru_cache(maxsize=16)
def _hash_once(content: bytes) -> str:
    return sha256(content).hexdigest()


@dataclass(frozen=True)
class BundleRecord:
    """What the manifest says about one bundle."""

    environment: str | None
    team: str
    name: str
    """The board's name, or feed-NAME."""
    files: Mapping[str, str]
    """The hash of each generated file, by its path in the bundle."""

    @property
    def is_feed(self) -> bool:
        """Whether it is the bundle of a feed, which has a bus."""
        return "terraform/bus.tf" in self.files


@dataclass(frozen=True)
class Manifest:
    """The content of build/manifest.json."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    """The hash of each input file, by its path relative to the folder of leaderboards.yaml."""
    bundles: Mapping[str, BundleRecord] = field(default_factory=dict)
    """The bundle of each board, by its folder below build/."""
    orphans: Mapping[str, BundleRecord] = field(default_factory=dict)
    """Bundles whose boards are gone from the YAML, by their folders."""

    @property
    def all_bundles(self) -> dict[str, BundleRecord]:
        """Bundles and orphans, by their folders."""
        return {**self.orphans, **self.bundles}


def parse_manifest(content: bytes | None) -> Manifest:
    """Read a manifest. A missing or damaged one is empty. Paths that lead out of build/ are left out."""
    if content and _SURROGATE.search(content):
        return Manifest()
    try:
        document = json.loads(content or b"{}")
        return Manifest(
            dict(document.get("inputs", {})),
            _parse_records(document.get("bundles", {})),
            _parse_records(document.get("orphans", {})),
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Manifest()


def format_manifest(manifest: Manifest) -> bytes:
    """Write a manifest as JSON: always the same bytes for the same content."""
    from generator.rendering import escaping  # takes 6 ms to import, which `last_run` need not wait for

    document = {
        "format": _FORMAT,
        "inputs": manifest.inputs,
        "bundles": {folder: _format_record(record) for folder, record in manifest.bundles.items()},
        "orphans": {folder: _format_record(record) for folder, record in manifest.orphans.items()},
    }
    return escaping.to_json_file(document, sort_keys=True).encode()


def _parse_records(records: Mapping[str, Mapping[str, Any]]) -> dict[str, BundleRecord]:
    return {
        folder: BundleRecord(
            record.get("environment"),
            record.get("team", ""),
            record.get("board", ""),
            {path: hashed for path, hashed in record["files"].items() if _is_inside(path)},
        )
        for folder, record in records.items()
        if all(map(_NAME.fullmatch, folder.split("/"))) and _has_names(record)
    }


def _format_record(record: BundleRecord) -> dict[str, object]:
    return {
        "board": record.name,
        "team": record.team,
        "environment": record.environment,
        "files": record.files,
    }


def _has_names(record: Mapping[str, Any]) -> bool:
    """Whether what a record says of a bundle's names is text."""
    names = (record.get("team", ""), record.get("board", ""), record.get("environment") or "")
    return all(isinstance(name, str) for name in names)


def _is_inside(path: str) -> bool:
    """Whether a path leads to something below the folder that it starts in."""
    return not {"", ".", ".."} & set(path.split("/")) and "\\" not in path and "\0" not in path
