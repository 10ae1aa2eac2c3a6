"""Each folder of tests/cases/golden/ has a leaderboards.yaml and all files that it makes; for a zip, its members."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.bundles import generated
from tests.support.paths import GOLDEN, GOLDEN_CASES

ExpectFolder = Callable[[Path, Mapping[str, str]], None]


def members(archive: bytes) -> str:
    """A line for each member: the start of its SHA-256, its size, its path."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        read = {info.filename: file.read(info) for info in file.infolist()}
    return "".join(f"{sha256(data).hexdigest()[:16]} {len(data):>7} {name}\n" for name, data in read.items())


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_bundle(case: str, expect_folder: ExpectFolder) -> None:
    files = generated(GOLDEN / case).files
    # The layer is the same for every board: its list stands once, below.
    texts = {path: data.decode() for path, data in files.items() if not path.endswith(".zip")}
    lists = {f"{path}.txt": members(data) for path, data in files.items() if path.endswith("/board.zip")}
    expect_folder(GOLDEN / case / "build", texts | lists)


def test_layer(expect: Callable[[Path, str], None]) -> None:
    layers = {
        data
        for case in GOLDEN_CASES
        for path, data in generated(GOLDEN / case).files.items()
        if path.endswith("/layer.zip")
    }
    assert len(layers) == 1
    expect(GOLDEN / "layer.zip.txt", members(layers.pop()))
