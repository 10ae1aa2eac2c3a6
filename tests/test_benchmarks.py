"""What the benchmarks work on is valid, however the sample file changes. How long it takes is no test's business."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks import inputs
from tests.support.cli import run
from tests.support.paths import GOLDEN


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
