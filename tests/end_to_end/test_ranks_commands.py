"""What an operator does with ranks and feeds by commands: makes them anew, takes them out, puts back what was lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, deploy_boards, wait_until, write_ready_file
from tests.end_to_end.game import activity, age_answers
from tests.end_to_end.lost import lose_by
from tests.runtime.boards import stream_record
from tests.support.cli import Result, run
from tests.support.projects import board_yaml, boards_of, head

YAML = f"""{head(project="out")}feeds:
  - {{name: matches, team: nebula, types: [kill, lap]}}
boards:
{board_yaml("ranked", window="{every: all_time}")}
{board_yaml("fed", window="{every: all_time}", feed="matches")}
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the boards of this file."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


class Operator:
    """Whoever runs commands on the stack."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        (folder / "leaderboards.yaml").write_text(YAML)
        self.folder = folder
        self.local = ["--ready-file", str(write_ready_file(stack, folder))]

    def run(self, *words: str) -> Result:
        return run(*words, *self.local, cwd=self.folder)


@pytest.fixture
def operator(stack: Stack, tmp_path: Path) -> Operator:
    return Operator(stack, tmp_path)


def test_a_board_is_rebuilt_and_a_window_whose_files_are_gone_is_made_anew(stack: Stack, operator: Operator) -> None:
    game = OperatedGame(stack, "ranked")
    game.put_all([activity("ann", "kill"), activity("ann", "kill"), activity("bob", "kill")])
    before = operator.run("rebuild", "ranked", "--dry-run")
    assert (before.code, before.stdout) == (0, "nebula/ranked: it has no ranks yet\n"), before.stderr
    game.settle()
    done = operator.run("rebuild", "ranked")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("nebula/ranked: rebuilt: 2 players as of 20")
    s3, bucket = stack.aws.client("s3"), stack.boards["ranked"].deployment.bucket
    for each in s3.list_objects_v2(Bucket=bucket, Prefix="snapshots/ranks/")["Contents"]:
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    assert operator.run("rebuild", "ranked").code == 0  # it finds nothing to write
    done = operator.run("rebuild", "ranked", "--window", "all-time", "--why", "deleted by mistake")
    assert done.stdout.startswith("nebula/ranked: the window all-time is made anew: 2 players, in "), done.stderr
    assert [(each["player_id"], each["score"]) for each in game.ranking()] == [("ann", 20), ("bob", 10)]
    deeds = json.loads(operator.run("audit", "ranked", "--json").stdout)["deeds"]
    assert [(each["command"], each["window"], each["reason"]) for each in deeds] == [
        ("rebuild", "all-time", "deleted by mistake"),
        ("rebuild", None, None),
        ("rebuild", None, None),
    ]


def test_ranks_and_activities_are_taken_out_of_a_board_of_a_feed(stack: Stack, operator: Operator) -> None:
    game = OperatedGame(stack, "fed")
    game.put_all([activity("ann", "kill"), activity("ann", "lap"), activity("bob", "kill", mode={"S": "x"})])
    game.settle()
    done = operator.run("export", "fed", "--window", "all_time", "--output", "ranks.csv")
    assert (done.code, done.stdout) == (0, ""), done.stderr
    lines = (operator.folder / "ranks.csv").read_text().splitlines()
    assert [line.split(",")[:2] for line in lines] == [["rank", "player_id"], ["1", "ann"], ["2", "bob"]]
    found = operator.run("export", "fed", "--activities")
    assert found.code == 0, found.stderr
    documents = sorted(map(json.loads, found.stdout.splitlines()), key=lambda each: each["player_id"])
    assert [(each["player_id"], each["type"], each.get("mode"), each["#outcome"]) for each in documents] == [
        ("ann", "kill", None, "counted"),
        ("bob", "kill", "x", "counted"),
    ]
    deeds = json.loads(operator.run("audit", "fed", "--json").stdout)["deeds"]
    assert [(each["command"], each["arguments"]["activities"]) for each in deeds] == [
        ("export", True),
        ("export", False),
    ]


def test_what_a_feed_keeps_and_what_its_pipe_gave_up_is_put_back_and_written_down(
    stack: Stack, operator: Operator
) -> None:
    """The last of this file: the feed's pipe stands still then."""
    game, feed = OperatedGame(stack, "fed"), stack.boards["fed"].feed
    assert feed
    # A stray of a type that the feed has by now.
    record = stream_record(activity("cid", "kill"), int(time.time() * 1000))
    stack.aws.client("sqs").send_message(QueueUrl=feed.deployment.strays_queue_url, MessageBody=json.dumps(record))
    done = operator.run("strays", "matches", "--redrive", "--why", "the type is there now")
    assert (done.code, done.stdout) == (0, "nebula/feed-matches: 1 put on the bus\n"), done.stderr
    lose_by(
        game,
        feed.deployment.pipe,
        feed.pipe,
        [activity("dan", "kill"), activity("x", "lap")],
        [activity("eve", "kill")],
    )
    refused = operator.run("redrive", "fed", "--from", "pipe")
    assert "write `leaderboards redrive feed-matches --from pipe`" in refused.stderr
    seen = operator.run("redrive", "feed-matches", "--from", "pipe", "--dry-run")
    assert " dead letters of the pipe\n" in seen.stdout, seen.stderr
    done = operator.run("redrive", "feed-matches", "--from", "pipe", "--why", "it stood still")
    assert done.code == 0, done.stderr
    assert done.stdout.endswith(" put back\n")

    def are_all_ranked() -> bool:
        assert operator.run("rebuild", "fed").code == 0
        age_answers(stack)
        return {"ann", "bob", "cid", "dan", "eve"} == {each["player_id"] for each in game.ranking()}

    wait_until(are_all_ranked)
    assert {each["score"] for each in game.ranking()} == {10}
    again = operator.run("redrive", "feed-matches", "--from", "pipe")
    assert again.stdout == "nebula/feed-matches: 0 put back\n"
    deeds = json.loads(operator.run("audit", "feed-matches", "--json").stdout)["deeds"]
    assert [(each["command"], each["reason"], each["state"]) for each in deeds] == [
        ("redrive", None, "done"),
        ("redrive", "it stood still", "done"),
        ("strays", "the type is there now", "done"),
    ]
    assert deeds[2]["outcome"] == {"put_back": 1, "came_back": 0}
    told = operator.run("record", "fed", "--player", "ann", "--type", "kil", "--force")
    assert (
        "no board of the feed matches counts that type: it is kept for 14 days, see `leaderboards strays matches`, so "
        "there is nothing to wait for\n"
    ) in told.stderr
