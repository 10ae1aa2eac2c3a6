"""Whether a board is well: what is wrong is found by what is there, with and without an alarm."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from generator.errors import OperationError
from generator.operations.status.fleet import look_at_one
from generator.operations.status.judging import list_unsealed, measure_age, measure_lag
from generator.operations.status.rebuild_cost import estimate_rebuild
from runtime import metrics
from runtime.domain.instants import DAY, HOUR
from runtime.dynamodb.window_items import PROBING
from tests.operations.watched import OTHER, Watched, expect, refuse
from tests.runtime.boards import NOW


@pytest.fixture
def watched() -> Watched:
    """A place where all is well."""
    place = Watched()
    place.play_all()
    return place


def test_all_is_well(watched: Watched) -> None:
    for bundle in watched.bundles:
        status = watched.look(bundle.name)
        assert (status.state, status.problems) == ("well", ())
    kills = watched.look("kills")
    assert kills.facts
    assert (measure_age(kills.facts), measure_lag(kills.facts, kills.measured)) == (4, 5.5)


def test_an_old_snapshot_is_found_without_its_alarm(watched: Watched) -> None:
    """No watch runs in a local run with the fast schedule, so an alarm on what one measures has no data."""
    for name in ("snapshot-age", "oldest-activity", "unhealthy"):
        watched.alarms[f"arcade-kills-{name}"] = ("INSUFFICIENT_DATA", None)
    assert watched.look("kills").is_well
    watched.now += 600_000
    [problem] = watched.look("kills").problems
    assert (problem.what, problem.alarm, problem.since) == ("no new snapshot for 604 s", "snapshot-age", None)
    assert problem.pages
    assert problem.command == "leaderboards rebuild kills"


def test_a_board_without_a_snapshot() -> None:
    status = Watched().look("kills")
    assert [problem.what for problem in status.problems] == ["there is no snapshot yet"]


def test_dead_letters_and_their_alarm_are_one_problem(watched: Watched) -> None:
    watched.depths["arcade-kills-activities-dead-letters"] = (2, 0)
    watched.alarms |= {
        "arcade-kills-activities-dead-letters": ("ALARM", NOW // 1000 - 60),
        "arcade-kills-rejected": ("ALARM", NOW // 1000 - 90),
        "arcade-kills-unhealthy": ("ALARM", NOW // 1000 - 90),
    }
    first, second = watched.look("kills").problems
    assert (first.what, first.since) == ("2 messages in activities-dead-letters", NOW - 60_000)
    assert first.command == "leaderboards redrive kills --from dead-letters"
    assert (second.what, second.since, second.pages) == ("alarm rejected", NOW - 90_000, False)


def test_letters_of_a_schedule_are_no_problem_by_themselves(watched: Watched) -> None:
    """The next rebuild does their work, and they may stay."""
    watched.depths["arcade-kills-schedule-dead-letters"] = (5, 0)
    assert watched.look("kills").is_well
    watched.alarms["arcade-kills-schedule-dead-letters"] = ("ALARM", None)
    assert [each.what for each in watched.look("kills").problems] == ["alarm schedule-dead-letters"]


def test_what_a_feeds_pipe_lost_is_lost_to_its_boards(watched: Watched) -> None:
    watched.depths["arcade-feed-matches-pipe-dead-letters"] = (1, 0)
    [problem] = watched.look("shared").problems
    assert problem.what == "1 message in arcade-feed-matches-pipe-dead-letters"
    assert watched.look("kills").is_well
    [problem] = watched.look("feed-matches").problems
    assert (problem.what, problem.alarm) == ("1 message in pipe-dead-letters", "pipe-dead-letters")


def test_a_watch_that_measures_nothing_is_told_by_the_composite_alarm(watched: Watched) -> None:
    watched.alarms["arcade-kills-unhealthy"] = ("ALARM", NOW // 1000)
    watched.alarms["arcade-kills-oldest-activity"] = ("INSUFFICIENT_DATA", None)
    [problem] = watched.look("kills").problems
    assert (problem.what, problem.alarm, problem.since) == ("alarm oldest-activity", "oldest-activity", NOW)


def test_activities_that_arrive_late(watched: Watched) -> None:
    watched.put("kills", metrics.ARRIVAL_LAG, 301, ago=1)
    [problem] = watched.look("kills").problems
    assert (problem.what, problem.alarm) == ("activities are on their way for 301 s", "oldest-activity")


def test_other_code_and_what_is_missing_is_drift(watched: Watched) -> None:
    watched.codes["arcade-kills-api"] = watched.codes["arcade-kills-processor"] = OTHER
    del watched.codes["arcade-kills-rebuilder"]
    watched.gone.add("arcade-kills-pipe-dead-letters")
    watched.alarms["arcade-kills-throttles"] = (None, None)
    status = watched.look("kills")
    assert status.state == "drifted"
    assert [problem.what for problem in status.problems] == [
        "processor and api run other code than build/nebula/kills",
        "missing: arcade-kills-rebuilder, arcade-kills-pipe-dead-letters and arcade-kills-throttles",
    ]
    assert {problem.command for problem in status.problems} == {"terraform -chdir=build/nebula/kills/terraform apply"}


def test_what_a_local_run_lacks_is_not_applied_by_terraform(watched: Watched) -> None:
    watched.codes["arcade-kills-api"] = OTHER
    watched.gone.add("arcade-kills-pipe-dead-letters")
    [kills] = [bundle for bundle in watched.bundles if bundle.name == "kills"]
    problems = look_at_one(watched.reached, kills, lambda board: replace(expect(board), source="run")).problems
    assert [(problem.what, problem.command) for problem in problems] == [
        ("api runs other code than the YAML; start `leaderboards local` again", None),
        ("missing: arcade-kills-pipe-dead-letters; start `leaderboards local` again", None),
    ]


def test_a_bundle_that_is_not_deployed(watched: Watched) -> None:
    watched.codes = {name: code for name, code in watched.codes.items() if not name.startswith("arcade-kills")}
    assert watched.look("kills").state == "not deployed"
    watched.gone |= {f"arcade-feed-matches-{part}" for part in ("pipe-dead-letters", "strays", "strays-dead-letters")}
    assert watched.look("feed-matches").state == "not deployed"


def test_rejected_by_reason_in_the_last_hour_and_day(watched: Watched) -> None:
    for ago, count, reason in ((60, 3, "late"), (120, 5, "unknown_type"), (7200, 7, "late"), (90_000, 9, "late")):
        watched.put("kills", metrics.REJECTED_BY_REASON, count, ago, reason=reason)
    measured = watched.look("kills").measured
    assert list(measured.reasons_hour.items()) == [("unknown_type", 5), ("late", 3)]
    assert dict(measured.reasons_day) == {"late": 10, "unknown_type": 5}


def test_the_last_rebuild_and_what_it_cost(watched: Watched) -> None:
    from generator.alarms.alarm import Metric

    of = Metric.of("AWS/Lambda", "Duration", {"FunctionName": "arcade-kills-rebuilder"})
    watched.datapoints.put(of, NOW // 1000 - 5, 1250)
    watched.datapoints.put(of, NOW // 1000 - 500, 9999)
    assert watched.look("kills").measured.rebuild_seconds == 1.25
    board = watched.boards["kills"]
    few, many = (estimate_rebuild(board, [players, players], 1) for players in (10, 1_000_000))
    assert Decimal(0) < few < many < 1
    assert estimate_rebuild(board, [10, 10], 60) > few


def test_a_window_on_its_way_to_its_seal(watched: Watched) -> None:
    world, board = watched.worlds["arcade-kills"], watched.boards["kills"]

    def unsealed() -> list[tuple[str, str]]:
        facts = watched.look("kills").facts
        assert facts
        assert facts.board
        found = list_unsealed(board, facts.board.states, facts.now)
        return [(each.state.window.id, each.state.state) for each in found]

    assert unsealed() == [("2026-11-23T23", "open")]
    watched.now += 600_000
    world.rebuild(watched.now)
    assert unsealed() == [("2026-11-23T23", PROBING)]
    # The probes never come through, and nothing rebuilds.
    watched.now = NOW + DAY + 2 * HOUR
    problems = [each.what for each in watched.look("kills").problems]
    assert "2026-11-23T23 is not sealed, 25 hours after its end" in problems


@pytest.mark.parametrize(
    ("service", "operation", "code", "said"),
    [
        ("dynamodb", "get_item", "ResourceNotFoundException", "its table arcade-kills-aggregates is not there"),
        ("s3", "get_object", "NoSuchBucket", "its bucket arcade-kills-bucket is not there"),
    ],
)
def test_a_table_or_a_bucket_that_is_gone_is_named(
    watched: Watched, service: str, operation: str, code: str, said: str
) -> None:
    def fail(**_: str) -> None:
        raise refuse(code)

    reached = watched.reached
    client = SimpleNamespace(**{operation: fail}, exceptions=getattr(reached, service).exceptions)
    clients: dict[str, Any] = {service: client}
    [kills] = [bundle for bundle in watched.bundles if bundle.name == "kills"]
    with pytest.raises(OperationError) as refused:
        look_at_one(replace(reached, **clients), kills, expect)
    assert str(refused.value) == said


def test_what_cannot_be_read_is_an_error(watched: Watched) -> None:
    watched.refused.add("arcade-kills-api")
    with pytest.raises(OperationError, match=r"AWS: .*AccessDeniedException it is"):
        watched.look("kills")
