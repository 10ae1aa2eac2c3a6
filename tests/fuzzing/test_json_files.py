"""The JSON files that the commands keep or are given: whatever is in them, no command falls over or does harm."""

from __future__ import annotations

import json
import random
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.errors import InputError, OperationError
from generator.operations.local_run import read_local_run
from generator.operations.recorded_board import RecordedBoard, find_recorded_on_this_machine
from generator.operations.running_board import RunningBoard, find_on_this_machine
from tests.fuzzing.messages import ODD_VALUES, change, paths
from tests.support.cli import run
from tests.support.effort import TIMES
from tests.support.projects import board_yaml, boards_of, project_yaml

MANIFEST, CACHE, READY = "build/manifest.json", ".leaderboards_cache/generated.json", "ready.json"
ODD_FILES = (b"", b"null", b"[]", b"5", b"[" * 200_000, b'{"a":' * 5000, b"{}{}", b"\xff", b"\xef\xbb\xbf{}", b"NaN")
ODD_PATHS: tuple[Any, ...] = ("..", "../x", "a\\b", "\x00", "\ud800", "x" * 300, "a/" * 3000, "/etc/passwd", "~")
BOARD, TABLE = "one", "arcade-one-activities"
ONE = project_yaml(board_yaml(BOARD))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a run seems to live: connections are accepted, and nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def generated(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the bundles of one board, and of another that is gone from the YAML."""
    folder = tmp_path_factory.mktemp("project")
    file = folder / "leaderboards.yaml"
    file.write_text(project_yaml(board_yaml("one"), board_yaml("gone")))
    assert run("generate", cwd=folder).code == 0
    file.write_text(ONE)
    assert run("generate", cwd=folder).code == 0
    ready = {
        "endpoint": address,
        "region": "eu-central-1",
        "access_key_id": "1",
        "secret_access_key": "x",
        "game_server": {"access_key_id": "2", "secret_access_key": "y"},
        "control": {"url": address, "token": "t"},
        "boards": {
            "one": {
                "activities_table": "arcade-one-activities",
                "queue_url": "u",
                "dead_letter_queue_url": "d",
                "bucket": "b",
            }
        },
    }
    (folder / READY).write_text(json.dumps(ready))
    return folder


def odd_documents(document: Any, seed: int) -> Iterator[bytes]:
    """The document with one of its values changed, removed or renamed; an endless number of them."""
    chance = random.Random(seed)
    places = sorted(paths(document), key=str)
    while True:
        changed = change(
            document,
            chance.choice(places),
            chance.choice(("replace", "replace", "remove", "beside")),
            chance.choice((*ODD_VALUES, *ODD_PATHS, {path: {"files": {path: "x"}} for path in ODD_PATHS})),
        )
        yield json.dumps(changed).encode()


def variants(path: Path, name: str, number: int) -> list[bytes]:
    """What to write into a file: what is no JSON of its kind, and its own JSON with a value changed."""
    documents = odd_documents(json.loads((path / name).read_bytes()), seed=TIMES)
    return [*ODD_FILES, *(next(documents) for _ in range(number))]


@pytest.mark.long
@pytest.mark.parametrize("name", [MANIFEST, CACHE])
def test_no_file_in_the_way_of_generate_harms_it(generated: Path, tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(generated, project)
    outside = {path for path in tmp_path.rglob("*") if "build" not in path.parts}
    before = (project / name).read_bytes()
    for data in variants(generated, name, 8 * TIMES):
        (project / name).write_bytes(data)
        for arguments in (("--check",), ("--diff",), ("--prune", "--diff"), ()):
            done = run("generate", *arguments, cwd=project)
            assert done.code in (0, 1), (data[:500], done)
            assert "Traceback" not in done.stderr
        after = run("generate", "--check", cwd=project)
        assert after.code == 0, (data[:500], after)
        assert json.loads((project / MANIFEST).read_bytes())["bundles"].keys() == {"nebula/one"}
        assert {path for path in tmp_path.rglob("*") if "build" not in path.parts} == outside
        (project / name).write_bytes(before)


@pytest.mark.long
def test_no_ready_file_makes_a_command_fall_over(generated: Path) -> None:
    (board,) = boards_of(ONE)
    file, before, found, refused = generated / READY, (generated / READY).read_bytes(), 0, 0
    for data in variants(generated, READY, 15 * TIMES):
        file.write_bytes(data)
        try:
            place = read_local_run(file)
            assert isinstance(find_on_this_machine(board, place), RunningBoard)
            found += isinstance(find_recorded_on_this_machine(board, place), RecordedBoard)
        except (InputError, OperationError):
            refused += 1
    file.write_bytes(before)
    assert found
    assert refused >= len(ODD_FILES)
