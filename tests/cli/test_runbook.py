"""`leaderboards runbook`: what an alarm means and what to do, by either of its names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Result, run
from tests.support.paths import GOLDEN

REJECTED = """\
rejected
  goes off  10 % or more of the activities are rejected, and at least 25 in 5 minutes, twice in a
            row, without those that are over_limit
  players   some of what they do does not count
  ends      fewer are rejected
  first     see which are rejected and why: mostly a game server has a new version. They are kept
            for 14 days: once the rules or the server are right, redrive them with --from rejected

    leaderboards rejected arena --env prod --totals
"""


@pytest.mark.parametrize("name", ["rejected", "arcade-prod-arena-rejected"])
def test_an_alarm_is_known_by_both_of_its_names(name: str) -> None:
    result = run("runbook", "arena", name, cwd=GOLDEN / "every-feature")
    assert (result.code, result.stdout) == (0, REJECTED)


def test_it_says_which_page_where_somebody_is_paged() -> None:
    every = GOLDEN / "every-feature"
    assert run("runbook", "arena", "snapshot-age", cwd=every).stdout.startswith("snapshot-age, which pages\n")
    assert run("runbook", "partners", "snapshot-age", cwd=every).stdout.startswith("snapshot-age\n")


def test_all_alarms_are_told_at_once() -> None:
    """Also by the name of the alarm that is on with any other, which is the one that people see first."""
    shared = GOLDEN / "shared-feed"
    result = run("runbook", "kills", "--json", cwd=shared)
    document = json.loads(result.stdout)
    assert document["board"] == "kills"
    assert [each["alarm"] for each in document["alarms"]][:2] == ["activities-dead-letters", "feed-dead-letters"]
    assert {each["severity"] for each in document["alarms"]} == {"page", "notify"}
    assert document["alarms"][0]["name"] == "fleet-kills-activities-dead-letters"
    assert run("runbook", "kills", "fleet-kills-unhealthy", "--json", cwd=shared).stdout == result.stdout
    assert run("runbook", "feed-matches", "strays", cwd=shared).stdout.startswith("strays\n  goes off  ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("arena", "snapshot-aeg"), 'ALARM: arena has no alarm "snapshot-aeg". Did you mean "snapshot-age"?\n'),
        (("arean",), 'BOARD: there is no "arean" in leaderboards.yaml. Did you mean "arena"?\n'),
        (
            ("arena", "\x1b[2J"),
            'ALARM: arena has no alarm "\\x1b[2J". Write activities-dead-letters, pipe-dead-letters, '
            "schedule-dead-letters, oldest-activity, snapshot-age, rebuild-overrun, pipe-failures, processing-errors, "
            "rejected, throttles, api-errors, api-latency or unhealthy.\n",
        ),
    ],
    ids=["alarm", "board", "control"],
)
def test_a_wrong_name_is_refused_with_the_nearest(words: tuple[str, ...], message: str) -> None:
    result = run("runbook", *words, cwd=GOLDEN / "every-feature")
    assert (result.code, result.stdout) == (2, "")
    assert f"\n{result.stderr}".endswith(f"\n{message}")


def test_a_board_of_several_environments_is_named_with_its_own(tmp_path: Path) -> None:
    text = (GOLDEN / "smallest" / "leaderboards.yaml").read_text(encoding="utf-8")
    text = text.replace("teams:", "environments: {dev: {}, prod: {}}\nteams:")
    (tmp_path / "leaderboards.yaml").write_text(text, encoding="utf-8")
    result = run("runbook", "wins", "rejected", cwd=tmp_path)
    assert result == Result(2, "", "--env: wins is in dev and prod; name one.\n")
    assert "leaderboards rejected wins --env dev" in run("runbook", "wins", "--env", "dev", cwd=tmp_path).stdout
