"""Commands on boards that run: what is refused before AWS is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import Result, run


@pytest.mark.parametrize("command", [("rejected",), ("redrive", "--from", "rejected")], ids=lambda command: command[0])
def test_an_unknown_reason_is_refused_with_a_suggestion(folder: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "weekly-kills", "--reason", "unknown-type", cwd=folder)
    message = '--reason: there is no reason "unknown-type". Did you mean "unknown_type"?\n'
    assert result == Result(2, "", message)
    assert "too_old, late, sealed" in run(*command, "weekly-kills", "--reason", "x", cwd=folder).stderr


def test_a_board_without_a_simulator_is_not_simulated(folder: Path) -> None:
    advice = "set `simulator: true`, generate and apply\n"
    assert run("simulate", cwd=folder) == Result(2, "", f"no board has a simulator: {advice}")
    named = run("simulate", "--board", "weekly-kills", cwd=folder)
    assert named == Result(2, "", f"weekly-kills has no simulator: {advice}")
