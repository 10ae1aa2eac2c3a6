"""The files of a project are loaded once, whatever a command wants to know of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.pipeline import validate
from generator.validation import loading
from tests.support.cli import run
from tests.support.projects import board_yaml, project_yaml


@pytest.mark.parametrize(
    ("command", "times"),
    [(("validate",), 1), (("explain", "wins"), 1), (("new", "losses"), 2)],
    ids=["validate", "explain", "new, and once with the new board"],
)
def test_a_command_loads_once(
    command: tuple[str, ...], times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    load_boards = loading.load_boards

    def count(*arguments: object, **options: bool) -> object:
        calls.append(arguments)
        return load_boards(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "load_boards", count)
    monkeypatch.setattr("generator.authoring.addition.load_boards", count, raising=False)
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml(name="wins")))
    result = run(*command, cwd=tmp_path)
    assert result.code == 0, result.stderr
    assert len(calls) == times


def test_a_file_whose_name_cannot_be_shown_is_reported_once() -> None:
    main = project_yaml(include='["teams/*.yaml", "teams/w*"]').replace("boards:", "boards: []")
    files = {"leaderboards.yaml": main.encode(), "teams/w\x1b[31m.yaml": b"team: nebula\nboards: []\n"}
    [refused] = validate(files).diagnostics
    assert (refused.code, refused.severity) == ("include", "error")
    assert r"teams/w\x1b[31m.yaml" in refused.message
