"""The entry of the `leaderboards` command, which imports our packages even if others have the same names.

A person's own package `generator` or `runtime` that stands before ours on PYTHONPATH would be imported in its place. So
this file is installed at the top level, as `leaderboards_from_yaml` (`force-include` in pyproject.toml), a name that
nobody else has. It finds the folder that our packages are in, and imports them from there.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_PACKAGES = ("generator", "runtime")
_FILES = ("generator/cli/main.py", "runtime/rebuilder.py")
"""Files of our packages. A folder that has both is ours."""


def main() -> None:
    """Run the command with our own packages."""
    folder = next((each for each in sys.path if all(Path(each, file).is_file() for file in _FILES)), None)
    if folder is None:
        sys.stderr.write("leaderboards: its own files are missing. Install leaderboards-from-yaml again.\n")
        sys.exit(3)
    for name in [each for each in sys.modules if each.partition(".")[0] in _PACKAGES]:
        del sys.modules[name]  # somebody else's, imported when Python started
    # Our folder comes first only while these two packages are imported. They import nothing themselves, so all other
    # modules are found as before. Python looks for the modules of a package in that package's own folder.
    sys.path.insert(0, folder)
    for name in _PACKAGES:
        import_module(name)
    sys.path.remove(folder)
    import_module("generator.cli.main").main()
