"""`make smoke BOARD=NAME`: tries one board in your AWS account, with your credentials, and destroys it again.

It asks before it makes anything. It costs some cents and takes about 20 minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from generator.board.board import Board
from generator.pipeline import validate
from generator.source import inputs
from tests.smoke.board import find_principal, make_trial_board
from tests.smoke.trial import Get, Trial
from tests.support.bundles import bundle_of
from tests.terraform.workspace import Workspace

FOLDER = Path(".smoke")
"""Where the bundle and its state lie, in case that something is left."""


class RealAws:
    """AWS itself, with the credentials that boto3 finds."""

    def __init__(self, board: Board) -> None:
        self._session = boto3.Session(region_name=board.region)
        self._signed = not board.public

    def client(self, service: str) -> Any:
        """A boto3 client."""
        return self._session.client(service)  # type: ignore[call-overload]

    @contextmanager
    def open_api(self, state: Mapping[str, Mapping[str, Any]], outputs: Mapping[str, str]) -> Iterator[Get]:
        """The API at its own address; requests are signed where nobody may ask without."""

        def get(path: str) -> tuple[int, bytes]:
            url = outputs["api_url"].rstrip("/") + path
            request = AWSRequest("GET", url)
            credentials = self._session.get_credentials() if self._signed else None
            if credentials:
                SigV4Auth(credentials, "lambda", self._session.region_name).add_auth(request)
            asked = urllib.request.Request(url, headers=dict(request.headers))
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read()

        yield get


def main() -> None:
    """Ask, try, tell. Exit code 1 if something differed, 2 if it was not begun, 3 if AWS does not know who asks."""
    parser = argparse.ArgumentParser(prog="make smoke BOARD=NAME ARGS=...", description=__doc__)
    parser.add_argument("board", help="a board of leaderboards.yaml")
    parser.add_argument("--env", help="its environment, if there are several")
    parser.add_argument("--file", type=Path, default=Path("leaderboards.yaml"))
    parser.add_argument("--terraform", default="terraform", metavar="PROGRAM")
    parser.add_argument("--account", help="the account's number: needed with --yes")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args()
    board = find_board(arguments.file, arguments.board, arguments.env)
    try:
        caller = boto3.client("sts", region_name=board.region).get_caller_identity()
        # Nobody is named on a public board, so nobody needs leave to look at a role there.
        principal = caller["Arn"] if board.public else find_principal(caller["Arn"], boto3.client("iam"))
    except (BotoCoreError, ClientError) as error:
        print(f"AWS does not say who you are: {error}. Nothing was made.", file=sys.stderr)
        sys.exit(3)
    trial_board = make_trial_board(board, caller["Account"], principal)
    if reason := refuse(board, caller["Account"], arguments.account, arguments.yes):
        print(reason, file=sys.stderr)
        sys.exit(2)
    folder = FOLDER / trial_board.names.prefix
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)

    workspace = Workspace(folder, bundle_of(trial_board), arguments.terraform)
    differed = Trial(trial_board, workspace, RealAws(trial_board), say).run()
    for each in differed:
        print(f"- {each}")
    print(f"{len(differed)} differed" if differed else "nothing differed")
    sys.exit(bool(differed))


def find_board(file: Path, name: str, environment: str | None) -> Board:
    """The board of a file. Ends the program if there is none, or several."""
    read = inputs.read_files(file)
    result = validate(read.files, read.main)
    found = [each for each in result.boards if each.name == name and environment in (None, each.environment)]
    if len(found) != 1:
        sys.exit(f"{file} has {len(found)} boards {name}: name one, and its --env")
    return found[0]


def refuse(board: Board, account: str, named: str | None, yes: bool) -> str:
    """Why the trial does not begin, after asking where that is needed; empty if it does."""
    if board.account_id not in (None, account):
        return f"your credentials are of account {account}, the board belongs into {board.account_id}"
    if named not in (None, account):
        return f"your credentials are of account {account}, not of {named}"
    if yes:
        return "" if named else "--yes needs --account, so that nobody tries it in another one"
    if not sys.stdin.isatty():
        return "nobody can be asked here: say --yes --account NUMBER"
    print(f"A copy of {board.name} will be made in account {account}, {board.region}, and destroyed again.")
    print(f"{board.owner} gets a message that asks to confirm a subscription. It costs some cents.")
    return "" if input("Type the account's number to go on: ").strip() == account else "not begun"


if __name__ == "__main__":
    main()
