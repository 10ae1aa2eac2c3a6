"""Gives the functions' modules the bytecode that Python has of the same files elsewhere on this machine.

A layer is made of the packages that are installed here, and a function's code of the runtime beside the generator.
Compiling both anew takes two thirds of a worker's start, and several workers start at once.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

_HEADER = struct.Struct("<4sIII")
"""The head of a file of bytecode (PEP 552): the version of Python, flags, and when the source was changed with its
size. Without flags, the last two say whether the bytecode is still that of the source."""


def borrow_bytecode(folder: Path, roots: Sequence[Path]) -> None:
    """Write the bytecode of the modules in `folder`, as far as a file of a root is the same and has been compiled.

    `folder`: an extracted layer or a function's code. `roots`: where the packages may come from.
    """
    for module in folder.rglob("*.py"):
        path = module.relative_to(folder)
        path = path.relative_to("python") if path.parts[0] == "python" else path
        for root in roots:
            with suppress(OSError):  # it has no such file, or nobody has compiled it
                _borrow(module, root / path)
                break


def _borrow(module: Path, original: Path) -> None:
    source = original.read_bytes()
    bytecode = Path(cache_from_source(str(original))).read_bytes()
    version, flags, *compiled = _HEADER.unpack_from(bytecode)
    if source != module.read_bytes() or flags or compiled != _describe(original):
        return
    own = Path(cache_from_source(str(module)))
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(_HEADER.pack(version, flags, *_describe(module)) + bytecode[_HEADER.size :])


def _describe(source: Path) -> list[int]:
    """When a file was changed, and its size, as bytecode notes them."""
    state = source.stat()
    return [int(state.st_mtime) & 0xFFFFFFFF, state.st_size & 0xFFFFFFFF]
