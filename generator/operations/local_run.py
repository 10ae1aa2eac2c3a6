"""Finds a run of `leaderboards local` by its ready file, makes clients that reach it, and sends commands to it."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config

from generator.aws.sessions import make_clean_session
from generator.board.board import Board
from generator.diagnostics.wording import join_words
from generator.errors import InputError, LeaderboardsError, OperationError
from runtime.domain.instants import parse_rfc3339

READY_FILE = Path(".leaderboards_cache", "local.json")
"""Where the ready file is by default, from the folder of leaderboards.yaml."""

CONNECT_SECONDS = 5
"""Seconds that a run may take to accept a connection."""

COMMAND_SECONDS = 900.0
"""Seconds that a command may take by default: rehearsing a window's end takes some minutes at the most."""

_KEYS = ("access_key_id", "secret_access_key")


@dataclass(frozen=True)
class LocalRun:
    """A run of `leaderboards local`: what its ready file says. Credentials are a pair of id and secret."""

    file: Path
    endpoint: str
    region: str
    operator: tuple[str, str]
    game_server: tuple[str, str]
    """May only PutItem and BatchWriteItem, on the activities tables."""
    control_url: str
    control_token: str
    boards: Mapping[str, Mapping[str, Any]]
    """By name: activities_table, aggregates_table, queue_url, dead_letter_queue_url, bucket, api_url, page_url."""

    def find(self, board: Board, *keys: str) -> Mapping[str, Any]:
        """What the ready file says of a board, with a text for each of these keys at least.

        Raises InputError if the board does not run there.
        """
        found = self.boards.get(board.name, {})
        if found.get("activities_table") != board.activities_table:
            names = join_words(sorted(self.boards) or ["none"], "and")
            raise InputError(f"--local: {board.names.prefix} is not among the boards that run there: {names}")
        if not all(isinstance(found.get(key), str) for key in keys):
            raise _refuse(self.file)
        return found

    def client(self, service: str, credentials: tuple[str, str] | None = None, **options: Any) -> Any:
        """A boto3 client for the embedded AWS, with the operator's credentials unless others are given.

        Raises InputError if the ready file has no address that boto3 takes.
        """
        identifier, secret = credentials or self.operator
        try:
            return make_clean_session().client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint,
                aws_access_key_id=identifier,
                aws_secret_access_key=secret,
                config=Config(proxies={}, connect_timeout=CONNECT_SECONDS, **options),
            )
        except ValueError:
            raise _refuse(self.file) from None

    def call(self, command: str, arguments: Mapping[str, Any], seconds: float = COMMAND_SECONDS) -> dict[str, Any]:
        """Let the run do a command, and return its result. `arguments` and result are objects of JSON.

        Raises InputError or OperationError, with the text of the error, where the run cannot do it.
        """
        request = urllib.request.Request(  # noqa: S310  # read_local_run takes http only
            f"{self.control_url}/{command}",
            data=json.dumps(arguments).encode(),
            headers={"Authorization": f"Bearer {self.control_token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=seconds) as answer:
                result = json.load(answer)
        except urllib.error.HTTPError as error:
            raise _read_error(error) from None
        except (OSError, ValueError) as error:
            why = error.reason if isinstance(error, urllib.error.URLError) else error
            raise OperationError(f"the run of `leaderboards local` does not answer: {why}") from None
        if not isinstance(result, dict):
            raise _refuse_answer()
        return result

    def now(self) -> int:
        """The present instant by the run's clock, in milliseconds since 1970."""
        try:
            return parse_rfc3339(self.call("now", {})["now"])
        except (KeyError, TypeError, ValueError):
            raise _refuse_answer() from None


def default_ready_file(main: Path) -> Path:
    """Where `leaderboards local` writes its ready file if nothing else is said. `main`: leaderboards.yaml."""
    return main.parent / READY_FILE


def options_of_run(main: Path, ready_file: Path) -> list[str]:
    """The options by which a command finds the run of a ready file. `main`: leaderboards.yaml."""
    return ["--local"] if ready_file == default_ready_file(main) else ["--ready-file", str(ready_file)]


def read_local_run(file: Path) -> LocalRun:
    """Read the ready file of a run that lives. Raises InputError if there is none, or it says something else."""
    try:
        ready = json.loads(file.read_text(encoding="utf-8"))
        boards = {name: dict(board) for name, board in ready["boards"].items()}
        game_server, control = ready["game_server"], ready["control"]
        found = LocalRun(
            file,
            ready["endpoint"],
            ready["region"],
            (ready[_KEYS[0]], ready[_KEYS[1]]),
            (game_server[_KEYS[0]], game_server[_KEYS[1]]),
            control["url"],
            control["token"],
            boards,
        )
        texts = (found.endpoint, found.region, *found.operator, *found.game_server, control["url"], control["token"])
        if not all(isinstance(text, str) and text.isprintable() for text in texts):
            raise TypeError("not a text")
        places = [_read_address(url) for url in (found.endpoint, found.control_url)]
    except OSError as error:
        raise InputError(
            f"--local: {file} cannot be read: {error.strerror}. Start `leaderboards local` and wait for its pages, "
            "or name its file with --ready-file."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refuse(file) from None
    for place in places:  # of a run that was just killed, the embedded AWS may live a moment longer
        _raise_if_over(file, place)
    return found


def _read_address(url: str) -> tuple[str, int]:
    """The host and port of a URL of a run. Raises ValueError for any other: the operator's keys go there."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port:
        raise ValueError("no address of a run")
    return parts.hostname, parts.port


def _raise_if_over(file: Path, address: tuple[str, int]) -> None:
    """Raise InputError if nothing listens at the address: a run that was killed could not remove its file."""
    try:
        socket.create_connection(address, CONNECT_SECONDS).close()
    except (OSError, ValueError):
        raise InputError(
            f"--local: nothing answers at {address[0]}:{address[1]}, which {file} names: that run of "
            "`leaderboards local` has ended. Start it again."
        ) from None


def _refuse_answer() -> OperationError:
    return OperationError("the run of `leaderboards local` answers what this version does not know")


def _refuse(file: Path) -> InputError:
    return InputError(f"--local: {file} is not what `leaderboards local` writes")


def _read_error(error: urllib.error.HTTPError) -> LeaderboardsError:
    """The error that a command ended with, from the answer that tells of it."""
    try:
        document = json.load(error)
        text, code = str(document["error"]), document["exit_code"]
    except (OSError, ValueError, KeyError, TypeError):
        return OperationError(f"the run of `leaderboards local` refuses: {error.code} {error.reason}")
    return InputError(text) if code == InputError.exit_code else OperationError(text)
