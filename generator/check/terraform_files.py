"""What Terraform would read of a bundle: the files of its root module and of modules below it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import OutputError
from generator.pipeline import Place

_VARIABLES = (".tfvars", ".tfvars.json")
_JSON = ".tf.json"


@dataclass(frozen=True)
class Bundle:
    """One bundle, as it is looked at."""

    folder: str
    """Below build/."""
    board: str
    yaml: Place
    files: Mapping[str, bytes]
    """Content by path below build/: configuration and variables."""

    @property
    def hcl(self) -> dict[str, bytes]:
        """The files that have resources in them and that checkov reads."""
        return {path: data for path, data in self.files.items() if path.endswith(".tf")}

    @property
    def json(self) -> list[str]:
        """The files that Terraform reads and checkov does not."""
        return [path for path in self.files if path.endswith(_JSON)]

    def content(self) -> dict[str, bytes]:
        """The same, by paths in the bundle: where a bundle lies changes nothing about it."""
        return {path.removeprefix(f"{self.folder}/"): data for path, data in self.files.items()}


def on_disk(build: Path, folder: str) -> dict[str, bytes]:
    """What Terraform would read of a bundle in build/, by path below that. Raises OutputError for what it cannot."""
    found = {}
    top = f"{build}{os.sep}"
    try:
        for here, folders, names in os.walk(build / folder / "terraform"):
            # Terraform's own folder; it reads no other hidden one either.
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if _is_read(name):
                    path = f"{here}{os.sep}{name}"
                    with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes twice as long for thousands of files
                        found[path.removeprefix(top).replace(os.sep, "/")] = file.read()
    except OSError as error:
        raise OutputError(f"{error.filename} cannot be read: {error.strerror}") from None
    return found


def in_memory(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The same of what is generated."""
    below = f"{folder}/terraform/"
    return {path: data for path, data in files.items() if path.startswith(below) and _is_read(path)}


def _is_read(name: str) -> bool:
    return name.endswith((".tf", _JSON, *_VARIABLES)) and not name.startswith(".")
