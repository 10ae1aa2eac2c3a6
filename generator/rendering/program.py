"""Knows what this program consists of, and keeps what is made of that alone, as Python keeps compiled modules.

The layer and the page's scripts are the same for every board and every project, until somebody installs or edits
something. Making them at each start takes a quarter of the time of `generate` for one board (`make bench ARGS=plain`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from generator.rendering import libraries

_ROOT = Path(__file__).resolve().parent.parent.parent
_SOURCES = ("blueprints", "generator", "runtime")
"""The folders of this program. Everything in them decides what is generated."""
_KEPT = Path(__file__).resolve().parent / "__pycache__"


@cache
def identify_program() -> str:
    """Hash all that decides what is generated, except the inputs: this code, the installed versions, the libraries."""
    parts = [sys.version, *_list_versions(), *_list_libraries(), *_list_sources()]
    return sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()  # a path may hold any bytes


def keep(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes of this program alone. Another run may have made it: then it is read from a file.

    It is stored under that name, unless Python stores no modules either, or this user may not write here. As with
    modules, the file takes its place as a whole. One that a failing machine has cut short is not taken.
    """
    file = _KEPT / f"{name.replace('/', '.')}.{sys.implementation.cache_tag}.kept"
    with suppress(OSError):
        head, _, stored = file.read_bytes().partition(b"\n")
        if head == _describe(stored):
            return stored
    content = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _KEPT.mkdir(exist_ok=True)
            # Not by the number of this process: another container that has this folder may have one of the same.
            temporary = file.with_name(f"{file.name}.{os.urandom(8).hex()}")
            temporary.write_bytes(_describe(content) + b"\n" + content)
            temporary.replace(file)
    return content


def _describe(content: bytes) -> bytes:
    """What stands above a content: by which program it was made, and how long it is."""
    return f"{identify_program()} {len(content)}".encode()


def _list_versions() -> Iterator[str]:
    """The installed packages, each with its version."""
    for site in sys.path:
        with suppress(OSError):
            yield from sorted(path.name for path in Path(site).iterdir() if path.suffix == ".dist-info")


def _list_libraries() -> Iterator[str]:
    """The files of the layer, each with its size and time: these also tell Python whether a module changed."""
    for path, file in sorted(libraries.list_layer_files().items()):
        status = os.stat(file)  # noqa: PTH116 - a thousand files, and a `Path` of each takes as long
        yield f"{path} {status.st_size} {status.st_mtime_ns}"


def _list_sources() -> Iterator[str]:
    """The files of this program, each with what tells git too that a file may have changed (git's documentation, "Racy
    Git"): its size and times. The second time is of any change, also of one that gives a file its old time back."""
    for folder in _SOURCES:
        yield from sorted(_list_folder(_ROOT / folder))


def _list_folder(folder: Path | str) -> Iterator[str]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _list_folder(entry.path)
                continue
            with suppress(FileNotFoundError):  # an editor makes files for a moment
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
