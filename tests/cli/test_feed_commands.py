"""Commands on a feed: what is refused before AWS is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.operations.feeds import strays as command
from tests.operations.strayed import Aws, record
from tests.support.cli import Result, run
from tests.support.projects import board_yaml, project_yaml

FEED = "[{name: matches, team: nebula, types: [kill]}]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("redrive", "feed-matches", "--from", "rejected"),
            "--from rejected: a feed has only --from pipe. What its bus could not deliver lies with the board that was "
            "to get it; activities that no board counts: `leaderboards strays matches`.\n",
        ),
        (
            ("redrive", "feed-matches", "--from", "pipe", "--reason", "late"),
            "--reason: it goes with --from rejected; to say why you do this write --why.\n",
        ),
        (
            ("redrive", "kills", "--from", "pipe"),
            "--from pipe: kills counts the feed matches, whose pipe serves all its boards: write `leaderboards redrive "
            "feed-matches --from pipe`. What it could not deliver to this board: --from dead-letters.\n",
        ),
        (("strays", "matches", "--why", "x"), "--why: it goes with --redrive.\n"),
    ],
    ids=["source", "reason", "board", "strays"],
)
def test_what_a_feed_does_not_have_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("kills", feed="matches"), feeds=FEED))
    assert run(*words, cwd=tmp_path) == Result(2, "", said)


def test_strays_that_another_look_has_taken_are_not_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look hides what it reads, so two at once each see a part; and what a killed one took is back in two minutes."""
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("kills", feed="matches"), feeds=FEED))
    aws = Aws(record(1, {"S": "kil"}))
    monkeypatch.setattr(command, "find_feed_in_aws", lambda _feed, _place: aws.feed)
    aws.receive_message(MaxNumberOfMessages=10)
    said = "1 stray more, hidden for up to 120 seconds by another look or by one that was killed: run this again then\n"
    assert run("strays", "matches", cwd=tmp_path) == Result(0, "", said)
    listed = json.loads(run("strays", "matches", "--json", cwd=tmp_path).stdout)
    assert listed == {"feed": "matches", "types": [], "more": False, "hidden": 1}
