"""What the tests of output share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.output.bundles import FILES, A, B, write


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build/ that holds FILES."""
    folder = tmp_path / "build"
    write(folder, FILES, A, B)
    return folder
