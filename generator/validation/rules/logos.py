"""Rules of a board's logo: where its file lies, and that it is a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import quote
from generator.source.pictures import NoPictureError, Picture, read_picture, resolve_beside
from generator.validation.field_place import FieldPlace
from generator.validation.merging import MergedBoard


def check_logo(board: MergedBoard, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Check that the board's logo is a picture of the project. `files`: contents by path beside the main file."""
    logo = board["dashboard"]["logo"]
    if not logo.text:
        return
    path = resolve_beside(logo.node.file, logo.text)
    if path is None:
        message = f"{quote(logo.text)} leads out of the project"
        yield logo.diagnostic("logo", message, "Put the file beside this one, or in a folder below the main file's.")
    elif path.split("/")[0] == "build":
        yield logo.diagnostic("logo", "build/ holds what is generated", "Put the file elsewhere in the project.")
    elif path not in files:
        hint = f"Add the file, or correct the path, which starts in the folder of {logo.node.file}."
        yield logo.diagnostic("logo", f"there is no file {quote(path)} in the project", hint)
    else:
        try:
            read_picture(files[path])
        except NoPictureError as error:
            yield logo.diagnostic("logo", f"the file {quote(path)} {error}", error.hint)


def find_logo(board: MergedBoard, files: Mapping[str, bytes]) -> Picture | None:
    """The picture of a board that `check_logo` finds nothing wrong with; None if it has none."""
    logo: FieldPlace = board["dashboard"]["logo"]
    path = resolve_beside(logo.node.file, logo.text) if logo.text else None
    return read_picture(files[path]) if path else None
