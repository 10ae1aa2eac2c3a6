"""The zips of a bundle: a code zip with the functions and their board, a layer zip with the libraries they stand on.

Both are the same bytes wherever and whenever they are made: entries sorted, stored not deflated, one date, one mode.
"""

from __future__ import annotations

import importlib.util
import os
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from runtime import config

if TYPE_CHECKING:
    from generator.board.board import Board

RUNTIME = Path(config.__file__).resolve().parent

LIBRARIES = ("aws_lambda_powertools", "jmespath", "typing_extensions", "tzdata")
"""What the functions import and Lambda's Python does not have, and what those import in turn. All is pure Python."""

UTILITIES = ("data_classes", "jmespath_utils", "typing")
"""Of Powertools' utilities, those that its event handler and logger import. The others want libraries of their own."""


def archives(board: Board) -> dict[str, bytes]:
    """The board's zips: path in the bundle -> content."""
    code = {**_runtime(), "board.json": config.to_board_json(board.config).encode()}
    return {"lambda/board.zip": archive(code), "lambda/layer.zip": _layer()}


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files: sorted by path, stored, dated 1980-01-01, mode 0644.

    Written by hand (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16): `zipfile` takes ten times as long for a
    thousand small files, and this runs each time that anything is generated.
    """
    body, directory, offset = [], [], 0
    for path in sorted(files):
        name, content = path.encode(), files[path]
        size = len(content)
        # Version 2.0, UTF-8 names, stored, 00:00:00 on 1980-01-01, checksum, both sizes, length of the name, no extra.
        common = struct.pack("<HHHHHIIIHH", 20, 0x800, 0, 0, 0x21, crc32(content), size, size, len(name), 0)
        local = b"PK\x03\x04" + common + name
        # Made on Unix (3), a regular file with mode 0644.
        made, mode = struct.pack("<H", 3 << 8 | 20), 0o100644 << 16
        directory.append(b"PK\x01\x02" + made + common + struct.pack("<HHHII", 0, 0, 0, mode, offset) + name)
        body += [local, content]
        offset += len(local) + len(content)
    central = b"".join(directory)
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(central), offset, 0)
    return b"".join([*body, central, b"PK\x05\x06", end])


@cache
def _runtime() -> dict[str, bytes]:
    files = {path.relative_to(RUNTIME).as_posix(): path for path in RUNTIME.rglob("*.py")}
    return {f"runtime/{name}": path.read_bytes() for name, path in files.items()}


@cache
def _layer() -> bytes:
    """The layer is the same for every board of a run."""
    return archive({path: _content(file) for path, file in libraries().items()})


def libraries() -> dict[str, str]:
    """What the layer is made of: path in it -> file on this machine."""
    files: dict[str, str] = {}
    for name in LIBRARIES:
        # Not importlib.metadata: it takes as long as all the rest of this module.
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is not installed; the functions need it", name=name)
        origin = Path(spec.origin)
        if spec.submodule_search_locations:
            site = origin.parent.parent
            files |= _folder(origin.parent, site)
        else:
            site = origin.parent
            files[f"python/{origin.name}"] = str(origin)
        for folder in site.glob(f"{name}-*.dist-info"):
            files |= {path: file for path, file in _folder(folder, site).items() if "LICEN" in path}
    return files


def _folder(top: Path, site: Path) -> dict[str, str]:
    """Every file below a folder that the functions need; paths as in site-packages."""
    files: dict[str, str] = {}
    # Not pathlib, which takes twice as long for a thousand files.
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if _needed(folder, name)]
        inside = folder[len(str(site)) + 1 :].replace(os.sep, "/")
        files |= {f"python/{inside}/{name}": f"{folder}{os.sep}{name}" for name in names}
    return files


def _content(file: str) -> bytes:
    with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
        return stream.readall()


def _needed(folder: str, name: str) -> bool:
    if folder.endswith("utilities"):
        return name in UTILITIES
    # swagger_ui is pages for people, most of what Powertools weighs. No function serves them.
    return name not in ("__pycache__", "swagger_ui")
