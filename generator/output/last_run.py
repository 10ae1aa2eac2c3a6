"""Remembers the last full `generate`, so that an unchanged project is recognised without rendering it again.

It remembers a few lines in the cache folder: a hash of the program, the hash of the manifest (which has the hashes of
all inputs and files), and the warnings. Every file in build/ is still read and hashed. If anything differs or cannot be
read, everything is rendered and compared as if nothing were remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.diagnostics.diagnostic import Diagnostic
from generator.output import cache_folder, manifest
from generator.output.build_folder import GUARD, BuildFolder
from generator.output.manifest import Manifest, digest
from generator.rendering.program import identify_program

if TYPE_CHECKING:
    from generator.source.inputs import Inputs

_FILE = "generated.json"


def recognise(inputs: Inputs) -> tuple[Diagnostic, ...] | None:
    """Return the warnings of the last full run if its inputs were these and build/ has not changed since, else None.

    Raises OutputError if there is a symbolic link in build/.
    """
    record = cache_folder.read_document(inputs.folder, _FILE)
    try:
        warnings = tuple(Diagnostic(**warning) for warning in record["warnings"])
        program, main, expected = record["program"], record["main"], record["manifest"]
    except (TypeError, KeyError):
        return None
    build = BuildFolder(inputs.folder / "build")
    content = build.read(manifest.FILE)
    if content is None or main != inputs.main or expected != digest(content):
        return None
    if program is None or program != _hash_program(inputs.folder):
        return None
    written = manifest.parse_manifest(content)
    if written.inputs != {path: digest(data) for path, data in inputs.files.items()} or written.orphans:
        return None
    return warnings if _is_complete(build, written) else None


def remember(inputs: Inputs, recorded: bytes, warnings: Sequence[Diagnostic]) -> None:
    """Remember a full run that has just ended. If the disk refuses, the next run renders everything again.

    `recorded`: the manifest as this run has left it. That on the disk may be another run's by now.
    Not for a run that found bundles without a board: each run has to report those.
    """
    program = _hash_program(inputs.folder) if cache_folder.create_folder(inputs.folder) else None
    if program is not None:
        record = {
            "main": inputs.main,
            "program": program,
            "manifest": digest(recorded),
            "warnings": [vars(warning) for warning in warnings],
        }
        cache_folder.write_document(inputs.folder, _FILE, record)


def _is_complete(build: BuildFolder, written: Manifest) -> bool:
    """Whether every file of the bundles has the recorded hash, and no bundle is marked as incomplete."""
    for folder, record in written.bundles.items():
        for path, expected in record.files.items():
            content = build.read(f"{folder}/{path}")
            if content is None or digest(content) != expected:
                return False
        if build.read(f"{folder}/{GUARD}") is not None:
            return False
    return True


def _hash_program(project: Path) -> str | None:
    """Hash what this program consists of, and what the cache folder is; None if that has just been deleted.

    That is its device and inode: so a cloned or copied cache folder is not trusted.
    """
    try:
        status = (project / cache_folder.FOLDER).stat()
    except OSError:
        return None
    return digest(f"{identify_program()} {status.st_dev} {status.st_ino}".encode())
