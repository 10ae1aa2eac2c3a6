"""Which bundles were found clean, so that they are not scanned again.

Only what is clean is kept: a finding never comes from here, and none is hidden here. The key of a bundle is all that
the answer depends on. Whatever is wrong with the file, the bundles are scanned.
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
_FILE = "clean.json"


def keys(bundles: list[Bundle], versions: Mapping[str, str], policies: Path) -> dict[str, str]:
    """The key of each bundle by its folder: its content, the versions of all that looks at it, our policies."""
    own = {path.name: path.read_bytes() for path in sorted(policies.glob("*.py"))}
    # The code that runs the tools decides too; its version does not change while it is being worked on.
    own |= {f"policy/{path.name}": path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))}
    common = _digest({name: version.encode() for name, version in versions.items()} | own)
    return {bundle.folder: _digest({"": common.encode(), **bundle.content()}) for bundle in bundles}


def read(project: Path) -> dict[str, int]:
    """The keys of bundles that were clean, each with the number of its resources."""
    try:
        document = json.loads((project / FOLDER / _FILE).read_bytes())
        clean = document["clean"]
        if document["digest"] == _seal(clean):
            return {str(key): int(resources) for key, resources in clean.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}


def write(project: Path, clean: Mapping[str, int]) -> None:
    """Keeps these and forgets all others. A disk that refuses costs no more than the next scan."""
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
    """Of contents by name; where one ends and the next begins is part of it."""
    digest = sha256()
    for name, data in sorted(parts.items()):
        digest.update(f"{len(name)} {len(data)} {name}".encode(errors="surrogateescape"))
        digest.update(data)
    return digest.hexdigest()
