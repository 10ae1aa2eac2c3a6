"""`make smoke` where AWS fails in the middle: what differed is told, and what was made is destroyed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import IncompleteRead
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from tests.smoke import __main__ as smoke
from tests.smoke.board import make_trial_board
from tests.smoke.trial import LOG_PLACES, Get, Trial
from tests.support.bundles import bundle_of, everything
from tests.support.paths import REPOSITORY
from tests.terraform.stand_in.running import ACCOUNT
from tests.terraform.workspace import Workspace

BOARD = make_trial_board(
    next(board for board in everything().boards if board.name == "daily-wins"), ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"
)
CHANGES = "a second plan, right after the apply, has changes"
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "Slow down"}}, "PutItem")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://pipes.eu-central-1.amazonaws.com/")


class Made(Workspace):
    """A board that is there until it is destroyed, and whose second plan has changes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {"terraform/versions.tf": b""}, "no-program-is-run")
        self.destroyed = False

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> Any:
        """Answer as Terraform does."""
        self.destroyed |= arguments[0] == "destroy"
        return SimpleNamespace(stdout='{"diagnostics": []}', returncode=2)

    def state(self, *, data: bool = False) -> dict[str, Any]:
        """The table and the pipe."""
        made = {"aws_dynamodb_table.activities": {"name": "t"}, "aws_pipes_pipe.activities": {"name": "p"}}
        return {} if self.destroyed else made

    def outputs(self) -> dict[str, Any]:
        """Nothing that is looked at."""
        return {}


class Failing:
    """AWS where one call fails, and where some log groups are left."""

    def __init__(
        self, fails: str, error: Exception | None = None, body: bytes = b"", left: tuple[str, ...] = ()
    ) -> None:
        self._fails, self._error, self._body, self._left = fails, error, body, left

    def client(self, service: str) -> Any:
        """A client whose calls work, but one."""

        def call(name: str) -> Callable[..., dict[str, Any]]:
            def answer(**arguments: str) -> dict[str, Any]:
                if name == self._fails and self._error:
                    raise self._error
                prefix = arguments.get("logGroupNamePrefix", "nothing")
                groups = [{"logGroupName": each} for each in self._left if each.startswith(prefix)]
                return {"MetricAlarms": [], "CurrentState": "RUNNING", "logGroups": groups}

            return answer

        return SimpleNamespace(
            **{name: call(name) for name in ("put_item", "describe_pipe", "describe_alarms", "describe_log_groups")}
        )

    @contextmanager
    def open_api(self, state: Mapping[str, Mapping[str, Any]], outputs: Mapping[str, str]) -> Iterator[Get]:
        """An API that says the same whatever is asked."""

        def get(path: str) -> tuple[int, bytes]:
            if self._fails == "get" and self._error:
                raise self._error
            return 200, self._body or b'{"entries": []}'

        yield get


def run_trial(reach: Failing, folder: Path) -> list[str]:
    """What differed. Nothing is left."""
    workspace = Made(folder)
    differed = Trial(BOARD, workspace, reach, lambda _: None, patience=0, pause=0).run()
    assert workspace.destroyed
    return differed


@pytest.mark.parametrize(
    ("reach", "told"),
    [
        (Failing("put_item", THROTTLED), "ClientError: An error occurred (ThrottlingException)"),
        (Failing("describe_pipe", UNREACHABLE), "EndpointConnectionError: Could not connect"),
        (Failing("describe_alarms", UNREACHABLE), "EndpointConnectionError: Could not connect"),
        (Failing("describe_log_groups", UNREACHABLE), "EndpointConnectionError: Could not connect"),
        (Failing("get", IncompleteRead(b"")), "IncompleteRead: "),
        (Failing("", body=b"<html>"), "JSONDecodeError: Expecting value"),
        (Failing("", body=b"{}"), "KeyError: 'entries'"),
        (Failing("", body=b"[]"), "TypeError: "),
    ],
)
def test_a_failure_ends_the_trial_and_hides_nothing(reach: Failing, told: str, tmp_path: Path) -> None:
    first, *_, last = run_trial(reach, tmp_path)
    assert first == CHANGES
    assert last.startswith(told)


@pytest.mark.parametrize(
    "group", ["/aws/lambda/smoke-daily-wins-processor", "/aws/vendedlogs/pipes/smoke-daily-wins-activities"]
)
def test_a_log_group_that_is_left_is_told(group: str, tmp_path: Path) -> None:
    reach = Failing("", left=(group, "/aws/lambda/arcade-daily-wins-api", "/aws/vendedlogs/pipes/arcade-activities"))
    assert run_trial(reach, tmp_path)[-1] == f"log groups left after destroy: ['{group}']"


def test_every_log_group_of_a_bundle_is_looked_for() -> None:
    text = "\n".join(data.decode() for path, data in bundle_of(BOARD).items() if path.endswith(".tf"))
    names = re.findall(r'"aws_cloudwatch_log_group" "\w+" \{\n\s+name\s+= "(.*)"', text)
    assert len(names) == text.count('resource "aws_cloudwatch_log_group"') >= 4
    assert all(name.startswith(tuple(f"{place}{BOARD.names.prefix}-" for place in LOG_PLACES)) for name in names)


def test_without_credentials_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise NoCredentialsError

    monkeypatch.setattr("boto3.client", refuse)
    monkeypatch.setattr("sys.argv", ["smoke", "daily-wins", "--file", str(REPOSITORY / "leaderboards.yaml")])
    with pytest.raises(SystemExit) as ended:
        smoke.main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == "AWS does not say who you are: Unable to locate credentials. Nothing was made.\n"
