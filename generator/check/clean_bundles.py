"""Remembers which bundles were found clean, so that they are not scanned again.

Only clean bundles are remembered, so no finding comes from here and none is hidden. A bundle is recognised by its key,
the hash of everything that could change the result. If the file is damaged or cannot be read, all bundles are scanned.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from generator.check.terraform_files import Bundle
from generator.output import last_run

FOLDER = last_run.FOLDER
"""The folder of the file, beside leaderboards.yaml."""
_FILE = "clean.json"


def make_keys(bundles: list[Bundle], versions: Mapping[str, str], policies: Path) -> dict[str, str]:
    """The key of each bundle, by its folder: a hash of its content, the tools' versions, our policies and this code."""
    own = {path.name: path.read_bytes() for path in sorted(policies.glob("*.py"))}
    # This code decides too, and while somebody works on it, its version stays the same.
    own |= {f"check/{path.name}": path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))}
    common = _digest({name: version.encode() for name, version in versions.items()} | own)
    return {bundle.folder: _digest({"": common.encode(), **bundle.relative_files()}) for bundle in bundles}


def read(project: Path) -> dict[str, int]:
    """The keys of the bundles that were found clean, each with the number of its resources."""
    try:
        document = json.loads((project / FOLDER / _FILE).read_bytes())
        clean = document["clean"]
        if document["digest"] == _seal(clean):
            return {str(key): int(resources) for key, resources in clean.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}


def write(project: Path, clean: Mapping[str, int]) -> None:
    """Remember these bundles and no others. If the file cannot be written, the next check scans everything again."""
    folder = project / FOLDER
    text = json.dumps({"digest": _seal(clean), "clean": clean}, sort_keys=True)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(folder / _FILE)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _seal(clean: Mapping[str, int]) -> str:
    return sha256(json.dumps(clean, sort_keys=True).encode()).hexdigest()


def _digest(parts: Mapping[str, bytes]) -> str:
    """The hash of named contents. Names and lengths are part of it, so that moving bytes between two changes it."""
    digest = sha256()
    for name, data in sorted(parts.items()):
        digest.update(f"{len(name)} {len(data)} {name}".encode(errors="surrogateescape"))
        digest.update(data)
    return digest.hexdigest()
