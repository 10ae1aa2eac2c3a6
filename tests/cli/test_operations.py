"""Commands on boards that run: what is refused before AWS is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.aws.sessions import AwsPlace
from generator.cli.operations.options import Place, name_command
from generator.operations.local_run import default_ready_file
from tests.support.cli import Result, run
from tests.support.projects import board_yaml, project_yaml


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


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        (("rejected", "weekly-kills"), "For the boards of `leaderboards local`, add --local."),
        (("redrive", "weekly-kills", "--from", "rejected"), "For the boards of `leaderboards local`, add --local."),
        (
            ("record", "weekly-kills", "--player", "p", "--type", "kill"),
            "For the boards of `leaderboards local`, add --local.",
        ),
        (("simulate",), "Boards of `leaderboards local` play with its option --simulate 10."),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_without_credentials_it_says_how_to_reach_a_board_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], advice: str
) -> None:
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("weekly-kills", simulator="true")))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    assert run(*command, cwd=tmp_path) == Result(3, "", f"no credentials for AWS are found. {advice}\n")


def test_a_command_to_type_next_finds_the_same_boards() -> None:
    here, there = Path("leaderboards.yaml"), Path("my game", "boards.yaml")
    assert name_command("rejected kills", here, Place()) == "`leaderboards rejected kills`"
    assert name_command("rejected kills", here, Place(), "dev") == "`leaderboards rejected kills --env dev`"
    assert (
        name_command("rejected kills", here, Place(default_ready_file(here))) == "`leaderboards rejected kills --local`"
    )
    assert name_command("redrive kills", there, Place(default_ready_file(there))) == (
        "`leaderboards redrive kills --file 'my game/boards.yaml' --local`"
    )
    assert name_command("rejected kills", here, Place(Path("a\x1bb.json"))) == (
        "`leaderboards rejected kills --ready-file 'a\\x1bb.json'`"
    )
    aws = Place(aws=AwsPlace("on call", "eu-west-1", "http://localhost:1"))
    assert name_command("audit kills", here, aws) == (
        "`leaderboards audit kills --profile 'on call' --region eu-west-1 --endpoint-url http://localhost:1`"
    )
