"""Finds files that `terraform fmt` would change, and files that Terraform cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.check.drift import find_first_difference
from generator.check.findings import RawFinding
from generator.check.programs import run_program
from generator.errors import ToolError
from generator.progress import Progress

_UNREADABLE = re.compile(r"Error: (.*)\n\s+on (.+) line ([0-9]+)")


def find_unformatted(
    terraform: str, folder: Path, files: Mapping[str, bytes], progress: Progress
) -> Iterator[RawFinding]:
    """Find what is wrong with the files (content by path), which are also in `folder`. Leaves the folder as it was.

    Raises ToolError if Terraform fails.
    """
    # Let terraform format the files, and compare them: if it only lists them, it names no lines.
    result = run_program([terraform, "fmt", "-recursive", "-list=false", "-no-color"], folder, progress)
    unreadable = _UNREADABLE.findall(result.stderr)
    if result.code and not unreadable:
        raise ToolError(f"terraform fmt failed:\n{result.last_lines}")
    for path, data in files.items():
        file = folder / path
        if (formatted := file.read_bytes()) != data:
            file.write_bytes(data)
            yield RawFinding(path, find_first_difference(data, formatted), "fmt", "terraform fmt would change it")
    for summary, path, line in unreadable:
        yield RawFinding(path.replace("\\", "/"), int(line), "parse", f"Terraform cannot read it: {summary}")
