"""The files of a bundle that Terraform would read: those of its root module and of modules below it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import OutputError
from generator.pipeline import SourcePosition

_HCL = ".tf"
_JSON = ".tf.json"
_VARIABLES = (".tfvars", ".tfvars.json")


@dataclass(frozen=True)
class Bundle:
    """One bundle, as the check sees it."""

    folder: str
    """Below build/."""
    board: str
    yaml: SourcePosition
    files: Mapping[str, bytes]
    """Configuration and variables: content by path below build/."""

    @property
    def hcl(self) -> dict[str, bytes]:
        """The files that may declare resources and that checkov reads."""
        return {path: data for path, data in self.files.items() if path.endswith(_HCL)}

    @property
    def json(self) -> list[str]:
        """The files that may declare resources and that checkov does not read."""
        return [path for path in self.files if path.endswith(_JSON)]

    def relative_files(self) -> dict[str, bytes]:
        """The files by path in the bundle: the same for two equal bundles in different folders."""
        return {path.removeprefix(f"{self.folder}/"): data for path, data in self.files.items()}


def read_build(build: Path, folder: str) -> dict[str, bytes]:
    """Read a bundle's files from `build`, by path below it. Raises OutputError if one cannot be read."""
    found = {}
    top = f"{build}{os.sep}"
    try:
        for here, folders, names in os.walk(build / folder / "terraform"):
            # Terraform reads no hidden folder; .terraform is its own.
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if _is_read(name):
                    path = f"{here}{os.sep}{name}"
                    if (content := _read(path)) is not None:
                        found[path.removeprefix(top).replace(os.sep, "/")] = content
    except OSError as error:
        raise OutputError(f"{error.filename} cannot be read: {error.strerror}") from None
    return found


def _read(path: str) -> bytes | None:
    """Read a file that was listed; None if it has gone since, as `generate` may remove it meanwhile."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes twice as long for thousands of files
            return file.read()
    except FileNotFoundError:
        if os.path.lexists(path):  # a link that leads nowhere
            raise
        return None


def select_generated(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Select a bundle's files among all that `generate` would write, by path below build/."""
    below = f"{folder}/terraform/"
    return {path: data for path, data in files.items() if path.startswith(below) and _is_read(path)}


def is_in(path: str, folder: str) -> bool:
    """Whether a path is that of `folder`, or is below it."""
    return f"{path}/".startswith(f"{folder}/")


def _is_read(name: str) -> bool:
    """Whether Terraform reads a file of that name."""
    return name.endswith((_HCL, _JSON, *_VARIABLES)) and not name.startswith(".")
