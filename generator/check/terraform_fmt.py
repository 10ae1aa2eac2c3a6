"""What `terraform fmt` would change, and what Terraform cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.check.drift import first_difference
from generator.check.findings import RawFinding
from generator.check.programs import run
from generator.check.progress import Progress
from generator.errors import PolicyError

_UNREAD = re.compile(r"Error: (.*)\n\s+on (.+) line ([0-9]+)")


def unformatted(terraform: str, folder: Path, files: Mapping[str, bytes], progress: Progress) -> Iterator[RawFinding]:
    """What is wrong with the files (content by path), which are written below `folder`. Leaves the folder as it was.

    Raises PolicyError if Terraform fails.
    """
    # Written and compared, because its own list of files tells no line.
    done = run([terraform, "fmt", "-recursive", "-list=false", "-no-color"], folder, progress)
    unread = _UNREAD.findall(done.stderr)
    if done.code and not unread:
        raise PolicyError(f"terraform fmt failed:\n{done.last_words}")
    for path, data in files.items():
        place = folder / path
        if (formatted := place.read_bytes()) != data:
            place.write_bytes(data)
            yield RawFinding(path, first_difference(data, formatted), "fmt", "terraform fmt would change it")
    for summary, path, line in unread:
        yield RawFinding(path.replace("\\", "/"), int(line), "parse", f"Terraform cannot read it: {summary}")
