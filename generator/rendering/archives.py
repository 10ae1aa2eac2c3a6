"""Builds the zips of a bundle: the functions with their board, and a layer with the libraries that they import.

Both are the same bytes wherever and whenever they are made: members sorted, stored not deflated, one date, one mode.
"""

from __future__ import annotations

import importlib.util
import io
import os
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from runtime import config

if TYPE_CHECKING:
    from generator.board.board import Board

RUNTIME = Path(config.__file__).resolve().parent

LIBRARIES = ("aws_lambda_powertools", "jmespath", "typing_extensions", "tzdata")
"""The packages that the functions import and Lambda does not have, and those that these import. All are pure Python."""

UTILITIES = ("data_classes", "jmespath_utils", "typing")
"""The parts of Powertools' `utilities` that its event handler and logger import. Other parts need more libraries."""

_UNIX = 3
"""Unix, as the system that a member says it was made on (PKWARE APPNOTE 6.3.10, section 4.4.2)."""
_MODE = 0o100644
"""A regular file that its owner may write and everybody may read."""


def build_archives(board: Board) -> dict[str, bytes]:
    """Build the board's zips: path in the bundle -> content."""
    code = {**_read_runtime(), "board.json": config.to_board_json(board.config).encode()}
    return {"lambda/board.zip": zip_files(code), "lambda/layer.zip": _build_layer()}


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


@cache
def _read_runtime() -> dict[str, bytes]:
    return {f"runtime/{path.relative_to(RUNTIME).as_posix()}": path.read_bytes() for path in RUNTIME.rglob("*.py")}


@cache
def _build_layer() -> bytes:
    """Build the layer once: it is the same for every board."""
    return zip_files({path: Path(file).read_bytes() for path, file in list_layer_files().items()})


def list_layer_files() -> dict[str, str]:
    """List the files of the layer: path in the layer -> file on this machine."""
    files: dict[str, str] = {}
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is not installed; the functions need it", name=name)
        origin = Path(spec.origin)
        if spec.submodule_search_locations:
            site = origin.parent.parent
            files |= _list_files(origin.parent, site)
        else:
            site = origin.parent
            files[f"python/{origin.name}"] = str(origin)
        for folder in site.glob(f"{name}-*.dist-info"):
            files |= {path: file for path, file in _list_files(folder, site).items() if "LICEN" in path}
    return files


def _list_files(top: Path, site: Path) -> dict[str, str]:
    """List the files below a folder that the functions need, by their paths in the layer."""
    files: dict[str, str] = {}
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if _is_needed(folder, name)]
        inside = folder[len(str(site)) + 1 :].replace(os.sep, "/")
        files |= {f"python/{inside}/{name}": f"{folder}{os.sep}{name}" for name in names}
    return files


def _is_needed(folder: str, name: str) -> bool:
    if folder.endswith("utilities"):
        return name in UTILITIES
    # swagger_ui holds web pages that no function serves, and is most of Powertools' size.
    return name not in ("__pycache__", "swagger_ui")
