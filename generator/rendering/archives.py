"""Builds the zips of a bundle: the functions with their board, and a layer with the libraries that they import.

Both are the same bytes wherever and whenever they are made: members sorted, stored not deflated, one date, one mode.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.rendering import escaping, libraries
from generator.rendering.program import keep
from runtime import config

if TYPE_CHECKING:
    from generator.board.board import Board

RUNTIME = Path(config.__file__).resolve().parent

CODE = "lambda/board.zip"
"""The path in a bundle of the functions with their board."""
CONFIG = "lambda/board.json"
"""The path in a bundle of the text of board.json, which is in the zip too: a person can read what changes in it."""

# The parts of a zip (PKWARE APPNOTE 6.3.10, by its sections).
_LOCAL = struct.Struct("<4s5H3L2H")
"""The header before a member's content (4.3.7)."""
_CENTRAL = struct.Struct("<4s6H3L5H2L")
"""What the directory at the end says of a member (4.3.12). Its last number is the place of the member."""
_END = struct.Struct("<4s4H2LH")
"""The end of that directory (4.3.16)."""
_VERSION = 20
"""Version 2.0 of the format, which has folders (4.4.3)."""
_MADE_ON = 3 << 8 | _VERSION
"""Unix, as the system that a member says it was made on (4.4.2)."""
_UTF8 = 1 << 11
"""The flag of a path that has more than ASCII (4.4.4)."""
_DATE = 1 << 5 | 1
"""1980-01-01, the first day there is (4.4.6)."""
_MODE = 0o100644 << 16
"""A regular file that its owner may write and everybody may read."""


def build_archives(board: Board) -> dict[str, bytes]:
    """Build the board's zips, and the text of board.json beside them: path in the bundle -> content."""
    text = escaping.to_json_file(json.loads(config.to_board_json(board.config)), sort_keys=True).encode()
    return {CODE: zip_files({**_read_runtime(), "board.json": text}), CONFIG: text, "lambda/layer.zip": _build_layer()}


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip: sorted by path, stored, dated 1980-01-01, mode 0644.

    `zipfile` writes the same bytes in three times the time: 200 boards have 11,000 members, and all but 200 are the
    same 54 again.
    """
    members, directory, place = [], [], 0
    for path in sorted(files):
        member, entry = _make_member(path, files[path])
        members.append(member)
        directory += [entry, place.to_bytes(4, "little"), path.encode()]
        place += len(member)
    listed = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(listed), place, 0)
    return b"".join([*members, listed, end])


@lru_cache(maxsize=256)
def _make_member(path: str, content: bytes) -> tuple[bytes, bytes]:
    """A file as it stands in a zip, and what the directory says of it, without its place and path."""
    name, size = path.encode(), len(content)
    flags = 0 if path.isascii() else _UTF8
    said = (_VERSION, flags, 0, 0, _DATE, zlib.crc32(content), size, size, len(name), 0)
    entry = _CENTRAL.pack(b"PK\1\2", _MADE_ON, *said, 0, 0, 0, _MODE, 0)
    return _LOCAL.pack(b"PK\3\4", *said) + name + content, entry[:-4]


def replace_member(archive: bytes, path: str, content: bytes) -> bytes:
    """Make a zip anew with other content for one of its files. Raises KeyError if it has no such file."""
    import zipfile  # takes 18 ms to import, and only a local run replaces a member

    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    if path not in files:
        raise KeyError(path)
    return zip_files({**files, path: content})


@cache
def _read_runtime() -> dict[str, bytes]:
    return {f"runtime/{path.relative_to(RUNTIME).as_posix()}": path.read_bytes() for path in RUNTIME.rglob("*.py")}


@cache
def _build_layer() -> bytes:
    """Build the layer once: it is the same for every board."""
    return keep("layer.zip", lambda: zip_files(libraries.read_layer()))
