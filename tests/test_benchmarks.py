"""What the benchmarks work on is valid, and faster code gives what the plain call gives. No test asserts a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import inputs, merging, plain
from tests.benchmarks.plain import PLAIN
from tests.support.cli import run
from tests.support.folders import read_folder
from tests.support.paths import GOLDEN
from tests.support.processes import start_python


def test_boards_of_every_kind(tmp_path: Path) -> None:
    inputs.leaderboards(tmp_path, 20)
    result = run("validate", cwd=tmp_path)
    assert result.stdout == "leaderboards.yaml: 20 boards, nothing wrong\n"
    first = (tmp_path / "leaderboards.yaml").read_bytes()
    inputs.leaderboards(tmp_path, 20)
    assert (tmp_path / "leaderboards.yaml").read_bytes() == first


def test_a_template_of_a_bundle_has_all_of_its_files(tmp_path: Path) -> None:
    bundle = GOLDEN / "smallest" / "build" / "solo" / "wins"
    inputs.cookiecutter(tmp_path / "template", bundle)
    template = tmp_path / "template" / "{{cookiecutter.board}}"
    files = {path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()}
    assert {path.relative_to(template) for path in template.rglob("*") if path.is_file()} == files
    assert "{{ cookiecutter.board }}" in (template / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PLAIN)
def test_faster_code_gives_what_the_plain_call_gives(tmp_path: Path, name: str) -> None:
    results: list[tuple[object, ...]] = []
    for arguments in (["-c", "from generator.cli.main import main; main()"], [plain.__file__, name]):
        folder = tmp_path / str(len(results))
        folder.mkdir()
        inputs.leaderboards(folder, 12)
        process = start_python(*arguments, "generate", cwd=folder)
        results.append((*process.communicate(timeout=60), process.returncode, read_folder(folder / "build")))
    assert results[0] == results[1]
    assert results[0][2] == 0


def test_merging_is_timed_for_every_kind_of_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "CALLS", 50)
    found = merging.measure()
    assert [*found] == [*merging.COLUMNS]
    assert all(ratio > 0 for row in found.values() for ratio in row.values())
    assert merging.table(found).count("x") == len(merging.COLUMNS) * len(merging.DAYS)
