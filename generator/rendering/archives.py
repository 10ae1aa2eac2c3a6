"""Builds the zips of a bundle: the functions with their board, and a layer with the libraries that they import.

Both are the same bytes wherever and whenever they are made: members sorted, stored not deflated, one date, one mode.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.rendering import escaping, libraries
from runtime import config

if TYPE_CHECKING:
    from generator.board.board import Board

RUNTIME = Path(config.__file__).resolve().parent

CODE = "lambda/board.zip"
"""The path in a bundle of the functions with their board."""
CONFIG = "lambda/board.json"
"""The path in a bundle of the text of board.json, which is in the zip too: a person can read what changes in it."""

_UNIX = 3
"""Unix, as the system that a member says it was made on (PKWARE APPNOTE 6.3.10, section 4.4.2)."""
_MODE = 0o100644
"""A regular file that its owner may write and everybody may read."""


def build_archives(board: Board) -> dict[str, bytes]:
    """Build the board's zips, and the text of board.json beside them: path in the bundle -> content."""
    text = escaping.escape_in_json(config.to_board_json(board.config)).encode()
    return {CODE: zip_files({**_read_runtime(), "board.json": text}), CONFIG: text, "lambda/layer.zip": _build_layer()}


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip: sorted by path, stored, dated 1980-01-01 (the default of ZipInfo), mode 0644."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path)
            member.create_system = _UNIX
            member.external_attr = _MODE << 16
            archive.writestr(member, files[path])
    return stream.getvalue()


def replace_member(archive: bytes, path: str, content: bytes) -> bytes:
    """Make a zip anew with other content for one of its files. Raises KeyError if it has no such file."""
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
    return zip_files(libraries.read_layer())
