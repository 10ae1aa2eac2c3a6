"""Pictures that a project's files name: where they lie, what kind each is by its content, and what is wrong with one.

An SVG may hold scripts. A page shows it as a picture, where they do not run; opened by its own address they would, so
one that has any is refused.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from xml.parsers import expat

from generator.source.regular import open_regular
from generator.source.tree import read_tree

MOST_BYTES = 200_000
"""Bytes that a picture may have. It is a file of the page that every reader loads."""

PictureKind = Literal["svg", "png", "webp", "jpg"]
PICTURE_KINDS: tuple[PictureKind, ...] = get_args(PictureKind)

_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_FOREIGN = ("script", "foreignObject", "handler", "listener")
"""Elements of an SVG that are or may hold a script."""


@dataclass(frozen=True)
class Picture:
    """A picture that a page may show."""

    kind: PictureKind
    content: bytes


class NoPictureError(Exception):
    """The content is no picture that a page may show. `hint`: what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def resolve_beside(file: str, path: str) -> str | None:
    """The path below the project's folder of what a file names by a path from its own folder; None if it leads out."""
    below = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    return None if path.startswith("/") or below.split("/")[0] in ("..", ".") else below


def list_logos(file: str, data: bytes) -> dict[str, None]:
    """List the paths below the project's folder of the logos that a YAML file names, each once."""
    if b"logo" not in data:
        return {}
    found: dict[str, None] = {}
    left = [read_tree(file, data).root]
    while left:
        node = left.pop()
        if node is None:
            continue
        left += node.mapping().values() or node.sequence()
        logo = node.get("logo") if node.key == "dashboard" else None
        path = resolve_beside(file, logo.text() or "") if logo else None
        if path:
            found[path] = None
    return found


def read_logo(folder: Path, path: str) -> bytes | None:
    """Read a file of the project, and no more of it than shows that it is too large; None if it cannot be read, or is
    a link that leads out of the project's folder."""
    try:
        file = (folder / path).resolve(strict=True)
        if not file.is_relative_to(folder.resolve()):
            return None
        with open_regular(file) as stream:
            return stream.read(MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError):
        return None


def is_pointer(data: bytes) -> bool:
    """Whether a content is what Git LFS keeps in a commit in place of a file (Git LFS specification, "The Pointer")."""
    return data.startswith(b"version https://git-lfs.github.com/spec/")


def read_picture(data: bytes) -> Picture:
    """Tell a picture by its content, whatever its name. Raises NoPictureError."""
    if len(data) > MOST_BYTES:
        message = f"has more than {MOST_BYTES // 1000} kB"
        raise NoPictureError(message, "Make it smaller: every reader of the page loads it.")
    for kind, is_kind in _TESTS.items():
        if is_kind(data):
            return Picture(kind, data)
    _check_svg(data)
    return Picture("svg", data)


_TESTS: dict[PictureKind, Callable[[bytes], bool]] = {
    "png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "webp": lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
    "jpg": lambda data: data.startswith(b"\xff\xd8\xff"),
}


class _SvgReader:
    """Notes the root of an SVG, and the first thing in it that is or may hold a script."""

    def __init__(self) -> None:
        self.root: str | None = None
        self.script: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Look at an element; names have their namespace before a space."""
        self.root = self.root or name
        space, _, local = name.rpartition(" ")
        if local in _FOREIGN or space == _XHTML:
            self.note(f"<{local}>")
        for attribute, value in attributes.items():
            short = attribute.rpartition(" ")[2]
            if short.lower().startswith("on") or (short == "attributeName" and value.strip().lower().startswith("on")):
                self.note(value.strip() if short == "attributeName" else short)
            elif "javascript:" in re.sub(r"[\0-\x20]", "", value).lower():
                self.note("javascript:")

    def note(self, what: str) -> None:
        """Note a script, if it is the first."""
        self.script = self.script or what


def _check_svg(data: bytes) -> None:
    """Check that a content is an SVG without scripts. Raises NoPictureError."""
    reader, parser = _SvgReader(), expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.ProcessingInstructionHandler = lambda target, _: reader.note(f"<?{target}?>")
    parser.EntityDeclHandler = lambda name, *_: reader.note(f"<!ENTITY {name}>")
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise _make_error(data) from None
    if reader.root != f"{_SVG} svg":
        raise _make_error(data)
    if reader.script:
        message = f"is an SVG with {reader.script[:40]!a} in it, which is a script or may hide one"
        raise NoPictureError(message, "Save it as a plain SVG, or as a PNG.")


def _make_error(data: bytes) -> NoPictureError:
    """The error for a content that is no picture."""
    if is_pointer(data):
        message = "is a pointer of Git LFS, and not the picture that it stands for"
        return NoPictureError(message, "Run `git lfs pull`; in a workflow give actions/checkout `lfs: true`.")
    if b"<svg" in data[:2000]:
        message = "is an SVG that no browser shows: it is no well-formed XML, or its xmlns is missing"
        return NoPictureError(message, f'Its first element has to be <svg xmlns="{_SVG}">.')
    return NoPictureError("is no SVG, PNG, WebP or JPEG by its content", "Save it as one of these.")
