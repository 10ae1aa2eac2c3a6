"""What the last `generate` left in build/, so that one with nothing to do need not make it all again to find that out.

A few lines beside leaderboards.yaml: by what it was made, the hash of the manifest, which has the hash of every input
and of every file, and the warnings. They say what to expect and no more: every file in build/ is still read and hashed,
and wherever anything differs or cannot be read, everything is made and compared, as if nothing were remembered.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.diagnostics.diagnostic import Diagnostic
from generator.output.build_folder import GUARD, MANIFEST, WORTH_A_LINK, Disk
from generator.rendering import archives

if TYPE_CHECKING:
    from generator.source.inputs import Inputs

FOLDER = ".leaderboards_cache"
"""Beside leaderboards.yaml. It says itself that git is to leave it out."""
_FILE = "generated.json"
_OWN = ("blueprints", "generator", "runtime")


def recall(inputs: Inputs) -> tuple[Diagnostic, ...] | None:
    """The warnings of the run for all boards that left build/ exactly as it is, if it was made of these very inputs.

    None where anything is otherwise, or nothing is known. Raises OutputError where a symbolic link stands in build/.
    """
    folder = inputs.folder / FOLDER
    try:
        record = json.loads((folder / _FILE).read_bytes())
        warnings = tuple(Diagnostic(**warning) for warning in record["warnings"])
        made_by, main, digest = record["made_by"], record["main"], record["manifest"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    disk = Disk(inputs.folder / "build")
    manifest = disk.read(MANIFEST)
    if manifest is None or main != inputs.main or digest != _digest(manifest) or made_by != _maker(folder):
        return None
    document = json.loads(manifest)
    if document["inputs"] != {path: _digest(data) for path, data in inputs.files.items()} or document["orphans"]:
        return None
    return warnings if _stands(disk, document["bundles"]) else None


def keep(inputs: Inputs, warnings: Sequence[Diagnostic]) -> None:
    """Remembers a run for all boards that has just ended. A disk that refuses costs no more than the time of the next.

    Nothing is remembered while there are bundles without a board: of those, each run has something to say.
    """
    folder = inputs.folder / FOLDER
    manifest = Disk(inputs.folder / "build").read(MANIFEST)
    if manifest is None or folder.is_symlink():
        return
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        _write(folder / ".gitignore", "*\n")
        record = {
            "main": inputs.main,
            "made_by": _maker(folder),
            "manifest": _digest(manifest),
            "warnings": [vars(warning) for warning in warnings],
        }
        _write(folder / _FILE, json.dumps(record, indent=2, sort_keys=True) + "\n")


def _write(place: Path, text: str) -> None:
    """Replaces a file whole, and a link by a file."""
    from tempfile import mkstemp  # not for a run that has nothing to do

    handle, temporary = mkstemp(dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).replace(place)


def _stands(disk: Disk, bundles: dict[str, Any]) -> bool:
    """Whether every file of the bundles is what its hash says, and none was being written when something went wrong."""
    once = lru_cache(maxsize=4)(_digest)  # the largest content is the same object, however many bundles have it
    for folder, record in bundles.items():
        for path, expected in record["files"].items():
            content = disk.read(f"{folder}/{path}")
            if content is None or (once if len(content) >= WORTH_A_LINK else _digest)(content) != expected:
                return False
        if disk.read(f"{folder}/{GUARD}") is not None:
            return False
    return True


def _maker(folder: Path) -> str:
    """The hash of all that decides, beside the inputs, what is made of them.

    That is this code, the versions of what is installed, and what the layer is made of. The memory's own folder is part
    of it: one that came with a clone, or as a copy, is not believed.
    """
    place = folder.stat()
    parts = [sys.version, f"{place.st_dev} {place.st_ino}", *_installed(), *_layer(), *_own()]
    return _digest("\n".join(parts).encode(errors="surrogateescape"))  # a path may hold any bytes


def _installed() -> Iterator[str]:
    for site in sys.path:
        with suppress(OSError):
            yield from sorted(path.name for path in Path(site).iterdir() if path.suffix == ".dist-info")


def _layer() -> Iterator[str]:
    """As Python does before it believes what it compiled, this looks at size and time, not into each of the files."""
    for path, file in sorted(archives.list_layer_files().items()):
        status = os.stat(file)  # noqa: PTH116 - pathlib takes three times as long for a thousand files
        yield f"{path} {status.st_size} {status.st_mtime_ns}"


def _own() -> Iterator[str]:
    root = Path(__file__).resolve().parent.parent.parent
    for part in _OWN:
        for here, folders, names in os.walk(root / part):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                with open(f"{here}{os.sep}{name}", "rb", buffering=0) as file:  # noqa: PTH123 - as above
                    yield f"{here}/{name} {_digest(file.readall())}"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
