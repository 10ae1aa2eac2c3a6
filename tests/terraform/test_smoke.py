"""`make smoke` against the stand-in for AWS: nothing differs on a good board, and it never begins unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from generator.board.board import Board
from tests.end_to_end.deployed import avoid_the_full_hour
from tests.smoke.__main__ import refuse
from tests.smoke.board import find_principal, make_trial_board
from tests.smoke.trial import Get, Trial
from tests.support.bundles import bundle_of, everything
from tests.support.programs import need
from tests.terraform.deployed import DeployedBoard
from tests.terraform.left_overs import list_left_overs
from tests.terraform.stand_in.running import ACCOUNT, Stage

BOARDS = {board.name: board for board in everything().boards}
CALLER = f"arn:aws:iam::{ACCOUNT}:role/deployer"


class StandIn:
    """AWS as the emulators play it: rebuilds come when somebody looks."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def client(self, service: str) -> Any:
        """A client of the emulator that holds what a trial looks at."""
        if service == "dynamodb":
            # What is written now is looked for in a minute, in the windows of then.
            avoid_the_full_hour(60)
        emulator = "moto" if service in ("pipes", "cloudwatch") else "ministack"
        return self._stage.client(emulator, service, self._stage.region)

    @contextmanager
    def open_api(self, state: Mapping[str, Mapping[str, Any]], outputs: Mapping[str, str]) -> Iterator[Get]:
        """The API through our distribution."""
        assert outputs["api_url"].startswith("https://")
        with DeployedBoard(self._stage, state) as deployed:

            def get(path: str) -> tuple[int, bytes]:
                if path.startswith("/v1/leaderboard?limit=100"):
                    deployed.wait_until_counted()
                    deployed.rebuild()
                return deployed.get(path)

            yield get


def run_trial(board: Board, files: dict[str, bytes], folder: Path) -> tuple[list[str], dict[str, Any]]:
    """What differed, and what is left."""
    program = need("terraform")
    with Stage(board.region, ACCOUNT) as stage:
        workspace = stage.workspace(folder, files, program)
        trial = Trial(board, workspace, StandIn(stage), lambda _: None, patience=5, pause=0.2)
        return trial.run(), list_left_overs(stage)


@pytest.mark.apply
@pytest.mark.parametrize("name", ["weekly-kills", "partners"])
def test_nothing_differs_on_a_good_board(name: str, tmp_path: Path) -> None:
    board = make_trial_board(replace(BOARDS[name], region="eu-central-1"), ACCOUNT, CALLER)
    assert run_trial(board, bundle_of(board), tmp_path) == ([], {})


@pytest.mark.apply
def test_a_bad_board_is_told_and_destroyed(tmp_path: Path) -> None:
    board = make_trial_board(BOARDS["daily-wins"], ACCOUNT, CALLER)
    files = bundle_of(board)
    pattern = b'eventName = ["INSERT"]'
    assert pattern in files["terraform/pipeline.tf"]
    files["terraform/pipeline.tf"] = files["terraform/pipeline.tf"].replace(pattern, b'eventName = ["REMOVE"]')
    differed, left = run_trial(board, files, tmp_path)
    assert any(each.startswith("ranked are []") for each in differed)
    assert left == {}


def test_the_copy_meets_no_deployed_board() -> None:
    copy = make_trial_board(BOARDS["arena"], ACCOUNT, CALLER)
    assert (copy.names.prefix, copy.domain, copy.protect, copy.backend) == ("smoke-arena", None, False, None)
    assert make_trial_board(BOARDS["partners"], ACCOUNT, CALLER).principals == (CALLER,)


@mock_aws
@pytest.mark.parametrize("path", ["/", "/aws-reserved/sso.amazonaws.com/eu-central-1/"])
def test_the_reader_is_the_role_with_its_path(path: str) -> None:
    iam = boto3.client("iam", region_name="eu-central-1")
    role = iam.create_role(RoleName="deployer", Path=path, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    assert role.endswith(f":role{path}deployer")
    assert find_principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session", iam) == role


def test_a_reader_that_is_no_role_is_named_as_it_is() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/people/ada"
    assert find_principal(user, None) == user


def test_it_never_begins_by_accident() -> None:
    wins, arena = BOARDS["wins"], BOARDS["arena"]
    assert "belongs into 222222222222" in refuse(arena, ACCOUNT, None, True)
    assert "not of 222222222222" in refuse(wins, ACCOUNT, "222222222222", True)
    assert "--yes needs --account" in refuse(wins, ACCOUNT, None, True)
    assert "nobody can be asked here" in refuse(wins, ACCOUNT, None, False)
    assert refuse(wins, ACCOUNT, ACCOUNT, True) == ""
