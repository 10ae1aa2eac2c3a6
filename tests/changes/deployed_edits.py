"""What happens to a board that runs as each edit is deployed: what is said of the edit, seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runtime.domain.instants import DAY, HOUR
from runtime.queries import ProblemError
from tests.changes.edited import REFUSED, TAKEN
from tests.changes.running import RunningBoard
from tests.runtime.world import scores


def change_points(it: RunningBoard) -> None:
    it.deploy(TAKEN["points"])
    it.rebuild()
    assert it.scores() == {"ann": 20, "bob": 10}
    it.play("ann")
    it.rebuild()
    assert it.scores() == {"ann": 35, "bob": 10}


def rename_the_season(it: RunningBoard) -> None:
    """It goes on to its end, and the new one has no scores and never begins, as it would have ended."""
    it.deploy(REFUSED["season-renamed"])
    it.play("ann")
    it.rebuild()
    assert it.page("season")["window"]["id"] == "autumn"
    assert it.scores("autumn") == {"ann": 30, "bob": 10}
    with pytest.raises(ProblemError):
        it.page("fall")
    assert it.page("season")["next_reset_at"] == "2026-11-30T23:00:00.000Z"
    it.rebuild(5 * DAY)
    assert it.page("season")["window"]["id"] == "winter"


def remove_the_season(it: RunningBoard) -> None:
    it.deploy(REFUSED["season-removed"])
    it.play("ann")
    it.rebuild()
    assert it.scores("season") == {"ann": 30, "bob": 10}
    assert it.page("season")["next_reset_at"] == "2026-11-30T23:00:00.000Z"


def end_the_season_yesterday(it: RunningBoard) -> None:
    it.deploy([("ends: 2026-12-01", "ends: 2026-11-26"), ("winter, starts: 2026-12-01", "winter, starts: 2026-11-26")])
    it.play("ann")
    it.rebuild()
    assert (it.page("season")["window"]["id"], it.scores("season")) == ("autumn", {"ann": 30, "bob": 10})
    assert it.page("season")["next_reset_at"] == "2026-11-30T23:00:00.000Z"


def make_the_season_longer(it: RunningBoard) -> None:
    it.deploy(TAKEN["season-extended"])
    it.rebuild()
    it.rebuild(10 * DAY)
    it.play("ann")
    it.rebuild()
    assert (it.page("season")["window"]["id"], it.scores("season")) == ("autumn", {"ann": 30, "bob": 10})
    assert it.page("season")["next_reset_at"] == "2026-12-07T23:00:00.000Z"


def make_the_season_shorter(it: RunningBoard) -> None:
    it.deploy(TAKEN["season-shortened"])
    it.rebuild()
    it.rebuild(2 * DAY)
    assert it.play("ann").missed == {"no_window": 1}
    it.rebuild()
    assert it.scores("autumn") == {"ann": 20, "bob": 10}
    assert it.page("autumn")["window"]["ends_at"] == "2026-11-28T23:00:00.000Z"


def add_a_season(it: RunningBoard) -> None:
    it.deploy(TAKEN["season-added"])
    it.rebuild(94 * DAY)
    it.play("ann")
    it.rebuild()
    assert (it.page("season")["window"]["id"], it.scores("season")) == ("spring", {"ann": 10})
    assert it.page("season")["window"]["starts_at"] == "2027-02-28T23:00:00.000Z"


def move_the_reset(it: RunningBoard) -> None:
    """The running week ends on Monday at 04:00 in Berlin, and the next one a week later at 06:00 in London."""
    it.deploy(TAKEN["reset-moved"])
    it.rebuild()
    assert it.page("week")["next_reset_at"] == "2026-11-30T03:00:00.000Z"
    it.rebuild(3 * DAY)
    edges = it.page("week")["window"]
    assert (edges["starts_at"], edges["ends_at"]) == ("2026-11-30T03:00:00.000Z", "2026-12-07T06:00:00.000Z")


def add_a_window(it: RunningBoard) -> None:
    it.deploy(TAKEN["window-added"])
    it.rebuild()
    assert it.scores("day") == {}
    it.play("ann")
    it.rebuild()
    assert (it.scores("day"), it.scores("all_time")) == ({"ann": 3}, {"ann": 3, "bob": 3})


def remove_a_window(it: RunningBoard) -> None:
    """Its ranks can't be read, and its scores are there until 62 days after the day that they are of."""
    it.deploy(TAKEN["window-removed"])
    it.rebuild()
    with pytest.raises(ProblemError):
        it.page("rolling")
    left = []
    for _ in range(64):
        left.append(any(window.startswith("rolling") for window, _ in scores(it.world.aws)))
        it.rebuild(DAY)
    assert left == [True] * 63 + [False]


def change_days(it: RunningBoard) -> None:
    it.rebuild(8 * DAY)
    it.play("bob")
    it.rebuild()
    assert it.scores("rolling") == {"bob": 10}
    it.deploy(TAKEN["rolling-days"])
    it.rebuild()
    with pytest.raises(ProblemError):
        it.page("rolling-7d")
    # The day that had left is not deleted yet here.
    assert it.scores("rolling") == it.scores("rolling-14d") == {"ann": 20, "bob": 20}


def sealed(it: RunningBoard) -> list[str]:
    """The windows whose ranks are final, the newest first."""
    return [each["id"] for each in it.world.api.windows(it.now).body["windows"] if each["sealed"]]


def keep_fewer(it: RunningBoard) -> None:
    for _ in range(3 * 7 * 4):
        it.play("ann")
        it.rebuild(6 * HOUR)
    weeks = [each for each in sealed(it) if "-W" in each]
    assert len(weeks) == 3
    it.deploy(TAKEN["keep-lowered"])
    for _ in range(3):
        it.rebuild()
    assert [each for each in sealed(it) if "-W" in each] == weeks[:2]
    assert not {window for window, _ in scores(it.world.aws)} & {*weeks[2:]}
    for week in weeks[2:]:
        with pytest.raises(ProblemError):
            it.page(week)


def change_the_title(it: RunningBoard) -> None:
    """It has not been rebuilt yet."""
    assert it.page()["title"] == "Kills"
    it.deploy(TAKEN["title"])
    assert it.page()["title"].startswith("Kills | <b>")


def change_milestones(it: RunningBoard) -> None:
    """From [1000, 5000] to [500, 5000]: cid is past 500, and dan past 1000, of which there was an event."""
    it.play("cid", "cid", "dan", "dan", "dan", what="boss")
    first = [("dan", 1000)] * 2  # in the week, and in the season
    assert it.milestones() == first
    it.deploy(TAKEN["ties-and-milestones"])
    it.rebuild()
    assert it.milestones() == first
    it.play("ann", "bob", "cid", "dan")
    assert it.milestones() == sorted([*first, *[("cid", 500)] * 2])
    it.play("ann", "ann", what="boss")
    assert it.milestones() == sorted([*first, *[("ann", 500), ("cid", 500)] * 2])


def share_ranks(it: RunningBoard) -> None:
    it.play("bob")
    it.rebuild()
    assert [each["rank"] for each in it.page()["entries"]] == [1, 2]
    it.deploy(TAKEN["ties-and-milestones"])
    it.rebuild()
    assert [each["rank"] for each in it.page()["entries"]] == [1, 1]
    assert it.scores() == {"ann": 20, "bob": 20}


def forget_a_type(it: RunningBoard) -> None:
    it.deploy(TAKEN["type-forgotten"])
    batch = it.play("ann", what="boss")
    assert batch.reasons == {"unknown_type": 1}
    it.rebuild()
    assert it.scores() == {"ann": 20, "bob": 10}


THEN: dict[str, list[Callable[[RunningBoard], None]]] = {
    "points": [change_points],
    "season-renamed": [rename_the_season],
    "season-removed": [remove_the_season],
    "season-ended-yesterday": [end_the_season_yesterday],
    "season-extended": [make_the_season_longer],
    "season-shortened": [make_the_season_shorter],
    "season-added": [add_a_season],
    "reset-moved": [move_the_reset],
    "window-added": [add_a_window],
    "window-removed": [remove_a_window],
    "rolling-days": [change_days],
    "keep-lowered": [keep_fewer],
    "title": [change_the_title],
    "ties-and-milestones": [change_milestones, share_ranks],
    "type-forgotten": [forget_a_type],
}
"""What is seen of the edits, by their names."""


def remove_a_rule(it: RunningBoard) -> None:
    assert it.play("ann").reasons == {"unknown_type": 1}


def add_a_rule(it: RunningBoard) -> None:
    it.play("ann", mode="duel")
    it.rebuild()
    assert it.scores() == {"ann": 31, "bob": 10}


def ignore_kills(it: RunningBoard) -> None:
    assert it.play("ann").counts["Counted"] == 0
    it.deploy()
    it.play("ann")
    it.rebuild()
    assert it.scores() == {"ann": 30, "bob": 10}, "those ignored before do not count"


def limit_points(it: RunningBoard) -> None:
    assert it.play("ann", what="boss").reasons == {"over_limit": 1}


def rank_by_country(it: RunningBoard) -> None:
    with pytest.raises(ProblemError, match="nobody is in country"):
        it.world.page(it.now, segment="country:BR")
    it.play("ann", country="BR")
    it.rebuild()
    (entry,) = it.world.page(it.now, segment="country:BR")["entries"]
    assert (entry["player_id"], entry["score"]) == ("ann", 30)


def read_a_field(it: RunningBoard) -> None:
    assert it.play("ann").reasons == {"bad_field": 1}


def name_another_first(it: RunningBoard) -> None:
    assert it.page()["window"]["every"] == "rolling"


MORE: dict[str, tuple[list[tuple[str, str]], str, Callable[[RunningBoard], None]]] = {
    "rule removed": (
        [("        - {activity: kill, points: 10}\n", "")],
        "each is rejected where a person can see and redrive it",
        remove_a_rule,
    ),
    "rule added": (
        [("points: 10}\n", "points: 10}\n        - {activity: kill, points: 1, when: {mode: duel}}\n")],
        "scores so far stay, and the new points count from now on",
        add_a_rule,
    ),
    "type ignored": (
        [("        - {activity: kill, points: 10}\n", ""), ("ignore: [chat]", "ignore: [chat, kill]")],
        "they are left out before they are counted; scores so far stay",
        ignore_kills,
    ),
    "limit": (
        [("ignore: [chat]", "limits: {points: {max: 100}}\n      ignore: [chat]")],
        "what is beyond it is rejected from now on; scores so far stay",
        limit_points,
    ),
    "segment": (
        [("    protect: true\n", "    protect: true\n    segments: [{name: country, field: country}]\n")],
        "players are in it from their next activity on",
        rank_by_country,
    ),
    "field": (
        [("{activity: kill, points: 10}", "{activity: kill, points: 10, per: {field: bonus, points: 1}}")],
        "an activity without bonus is rejected, so game servers must write it first",
        read_a_field,
    ),
    "first window": (
        [
            ("      - {every: rolling, days: 7}\n", ""),
            ("    window:\n", "    window:\n      - {every: rolling, days: 7}\n"),
        ],
        "who reads the board without naming a window sees rolling",
        name_another_first,
    ),
}
"""More edits: what to replace, what is said of it, and what is seen."""
