"""Changes that the functions of a running board refuse: nothing is written then, and readers get the last ranks."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from generator.errors import FunctionError
from runtime.config import BoardConfig, Column, Points
from tests.end_to_end.deployed import OperatedGame, write_ready_file
from tests.end_to_end.game import activity, age_answers, get
from tests.runtime.boards import change_board, stream_record
from tests.support.cli import run


def rebuilt_score(game: OperatedGame, player: str, window: str = "") -> float | None:
    """A player's score in a snapshot that is made now."""
    game.rebuild()
    age_answers(game.stack)
    return game.score(player, window)


def forbidden_changes(config: BoardConfig) -> dict[str, BoardConfig]:
    """The configuration with each change that a board with data may not have, one at a time."""
    columns = (*config.columns, Column("time_ms", "ascending"))
    wider = tuple(replace(rule, points=(*rule.points, Points(Decimal(1)))) for rule in config.rules)
    return {
        "aggregate": change_board(config, aggregate="best"),
        "order": replace(config, columns=(replace(config.columns[0], order="ascending"),)),
        "aggregate of a column": replace(config, columns=(replace(config.columns[0], aggregate="best"),)),
        "rank_by": replace(config, columns=columns, rules=wider),
        "decimals": change_board(config, decimals=2),
    }


def rename_and_put_back(game: OperatedGame, folder: Path) -> None:
    """Rename a board's column, read, and put the name back: what was refused meanwhile counts after a redrive.

    `folder` has the YAML of the board.
    """
    stack, name = game.stack, game.name
    game.put_all([activity("ann", "kill"), activity("bob", "kill")])
    stack.drain(name)
    assert rebuilt_score(game, "ann") == 10
    first = game.config
    (own,) = first.columns
    game.redeploy(replace(first, columns=(replace(own, name="kills"),)))
    late = [activity("ann", "kill"), activity("cleo", "kill")]
    assert len(game.process(*late)["batchItemFailures"]) == 2
    with pytest.raises(FunctionError, match="this board's data was made with"):
        game.rebuild()
    age_answers(game.stack)
    for path in ("leaderboard", "players/ann", "players/ann/neighbours", "players?ids=ann,bob", "windows"):
        status, body = get(f"{game.api_url}/v1/{path}")
        assert status == 200, path
        assert body["notice"].startswith("Ranks stand still since ")
        assert [each["name"] for each in body["described_columns"]] == [own.name]
    status, health = get(f"{game.api_url}/v1/health")
    assert (status, health["healthy"]) == (503, False)
    assert game.score("ann") == 10

    # SQS would move them there by itself, after half an hour.
    sqs, queue = stack.aws.client("sqs"), stack.boards[name].deployment.dead_letter_queue_url
    for each in late:
        record = stream_record(each, int(time.time() * 1000))
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(record))
    game.redeploy(first)
    local = ["--ready-file", str(write_ready_file(stack, folder))]
    done = run("redrive", name, "--from", "dead-letters", *local, cwd=folder)
    assert (done.code, done.stdout) == (0, f"nebula/{name}: 2 put back\n2 counted\n")
    assert rebuilt_score(game, "ann") == 20
    assert game.score("cleo") == 10
    assert "notice" not in get(f"{game.api_url}/v1/leaderboard")[1]
