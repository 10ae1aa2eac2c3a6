"""Remembers which bundles were found clean, so that they are not scanned again.

Only clean bundles are remembered; one with a finding is scanned each time. A bundle is recognised by its key, a
hash of everything that could change the result. If the file of keys is damaged or unreadable, all are scanned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator.check.terraform_files import Bundle
from generator.output import cache_folder
from generator.output.manifest import digest

FOLDER = cache_folder.FOLDER
"""The folder of the file of keys, beside leaderboards.yaml."""
_FILE = "clean.json"
REMEMBERED = 10_000
"""Clean bundles that a check of some boards leaves remembered beside its own; a check of all forgets the others."""


def make_keys(bundles: list[Bundle], versions: Mapping[str, str], policies: Path) -> dict[str, str]:
    """The key of each bundle, by its folder: a hash of its content, the tools' versions, our policies and this code."""
    # This code decides the result too, and its version does not change with each edit. So its files are hashed.
    own = sorted([*policies.glob("*.py"), *Path(__file__).parent.glob("*.py")])
    common = {"versions": versions, "own": [digest(path.read_bytes()) for path in own]}
    return {
        bundle.folder: _digest(
            common | {"files": {path: digest(data) for path, data in bundle.relative_files().items()}}
        )
        for bundle in bundles
    }


def recall_clean(project: Path) -> dict[str, int]:
    """The keys of the bundles that were found clean, each with the number of the bundle's resources."""
    document = cache_folder.read_document(project, _FILE)
    try:
        clean = document["clean"]
        if document["digest"] == _digest(clean):
            return {str(key): int(resources) for key, resources in clean.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}


def recall_others(project: Path) -> dict[str, int]:
    """The keys that a check of some boards leaves as they are: all, up to REMEMBERED."""
    clean = recall_clean(project)
    return clean if len(clean) <= REMEMBERED else {}


def remember_clean(project: Path, clean: Mapping[str, int]) -> None:
    """Remember these bundles and no others. If the file cannot be written, the next check scans everything again."""
    if cache_folder.create_folder(project):
        cache_folder.write_document(project, _FILE, {"digest": _digest(clean), "clean": clean})


def _digest(document: Mapping[str, object]) -> str:
    return digest(json.dumps(document, sort_keys=True).encode())
