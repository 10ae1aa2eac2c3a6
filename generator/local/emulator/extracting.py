"""Lets the workers of the embedded AWS share one extracted copy of a layer or a function's code, with its bytecode.

ministack extracts them anew for each worker: a thousand small files, compiled each time. Compiling takes two thirds of
a worker's start, and several start at once. A layer is made of the packages that are installed here, and a function's
code of the runtime beside the generator: Python may have the bytecode of both.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import sys
import threading
import types
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

_HEADER = struct.Struct("<4sIII")
"""The head of a file of bytecode (PEP 552): the version of Python, flags, and when the source was changed with its
size. Without flags, the last two say whether the bytecode is still that of the source."""


def extract_once() -> None:
    """Extract each archive once, and let workers have links to its copy, from now on."""
    from ministack.core import lambda_runtime

    lock = threading.Lock()

    class SharedZipFile(zipfile.ZipFile):
        def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
            assert self.filename
            archive = Path(self.filename)
            copy = Path(os.environ["TMPDIR"], "archives", hashlib.sha256(archive.read_bytes()).hexdigest())
            with lock:
                if not copy.exists():
                    # Elsewhere first: where that fails half-way, as on a full disk, the next worker begins anew.
                    part = copy.with_suffix(".part")
                    shutil.rmtree(part, ignore_errors=True)
                    super().extractall(part, members, pwd)
                    borrow_bytecode(part, [*map(Path, sys.path)])
                    part.rename(copy)
            for entry in copy.iterdir():
                Path(path, entry.name).symlink_to(entry)

    lambda_runtime.zipfile = types.SimpleNamespace(
        ZipFile=SharedZipFile, BadZipFile=zipfile.BadZipFile, LargeZipFile=zipfile.LargeZipFile
    )


def borrow_bytecode(folder: Path, roots: Sequence[Path]) -> None:
    """Write the bytecode of the modules in `folder`, as far as a file of a root is the same and has been compiled.

    `folder`: an extracted layer or a function's code. `roots`: where the packages may come from.
    """
    for module in folder.rglob("*.py"):
        path = module.relative_to(folder)
        path = path.relative_to("python") if path.parts[0] == "python" else path
        for root in roots:
            with suppress(OSError, struct.error):  # it has no such file, or nobody has compiled it whole
                _borrow(module, root / path)
                break


def _borrow(module: Path, original: Path) -> None:
    # In this order: where somebody saves and compiles the original meanwhile, one of the looks tells.
    described = _describe(original)
    bytecode = Path(cache_from_source(str(original))).read_bytes()
    source = original.read_bytes()
    version, flags, *compiled = _HEADER.unpack_from(bytecode)
    if source != module.read_bytes() or flags or compiled != described:
        return
    own = Path(cache_from_source(str(module)))
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(_HEADER.pack(version, flags, *_describe(module)) + bytecode[_HEADER.size :])


def _describe(source: Path) -> list[int]:
    """When a file was changed, and its size, as bytecode notes them."""
    state = source.stat()
    return [int(state.st_mtime) & 0xFFFFFFFF, state.st_size & 0xFFFFFFFF]
