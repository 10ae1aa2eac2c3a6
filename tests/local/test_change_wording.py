"""What is said of a change that was saved."""

from __future__ import annotations

import pytest

from generator.board.board import Board
from generator.local.saving.wording import describe_change
from tests.support.projects import board_yaml, boards_of, project_yaml

RULES = "rules: [{activity: kill, points: 10}]"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"scoring": "{rules: [{activity: kill, points: 20}]}"},
            "new rules from the next activity on; scores so far stay",
        ),
        (
            {"scoring": f"{{{RULES}, limits: {{activities_per_minute: 30}}}}", "title": "All kills"},
            "new rules from the next activity on; scores so far stay; the page shows it when it is loaded again",
        ),
        (
            {"scoring": f"{{{RULES}, attach: [photo]}}"},
            "new attached fields from the next activity on; those left out are no longer shown",
        ),
        (
            {"scoring": f"{{{RULES}, attach: [{{field: photo, link: true}}]}}"},
            "new attached fields from the next activity on; those left out are no longer shown",
        ),
        ({"window": "[{every: week}, {every: day}]"}, "window day from the next activity on"),
        (
            {"window": "{every: week, grace: 1h}"},
            "window week: 3600 seconds of grace, also for the window that is open",
        ),
        ({"window": "{every: week, keep: 3}"}, "window week: 3 are kept"),
        ({"window": "{every: week, starts: sunday}"}, "window week: the new reset holds from the next window on"),
        (
            {"window": "{every: all_time}"},
            "window all_time from the next activity on; without window week, whose scores stay if you put it back",
        ),
        ({"rebuild": "rate(5 minutes)"}, "rebuilt by rate(5 minutes); here every two seconds"),
        ({"alarms": "{rejected_percent: 7}"}, "what changed matters in AWS only"),
    ],
    ids=str,
)
def test_a_change_is_said_in_a_line(changes: dict[str, str], said: str) -> None:
    [old] = boards_of(project_yaml(board_yaml()))
    [new] = boards_of(project_yaml(board_yaml(**changes)))
    assert old != new
    assert describe_change(old, new, rebuilds_here=True) == said


def test_where_the_schedule_holds_nothing_else_is_said() -> None:
    [old] = boards_of(project_yaml(board_yaml()))
    [new] = boards_of(project_yaml(board_yaml(rebuild="rate(5 minutes)")))
    assert describe_change(old, new, rebuilds_here=False) == "rebuilt by rate(5 minutes)"


def test_another_source_of_activities_is_said_with_what_aws_thinks_of_it() -> None:
    [own] = boards_of(project_yaml(board_yaml()))

    def on(feed: str) -> Board:
        feeds = f"feeds: [{{name: {feed}, team: nebula, types: [kill]}}]\nboards:"
        [board] = boards_of(project_yaml(board_yaml(feed=feed)).replace("boards:", feeds))
        return board

    here, there = on("plays"), on("races")
    end = "; scores so far stay, and `generate` refuses this where the board is deployed"
    assert {
        describe_change(old, new, rebuilds_here=True).removesuffix(end)
        for old, new in ((own, here), (here, there), (there, own))
    } == {
        "its activities come from the feed plays from now on, and no longer from a table of its own",
        "its activities come from the feed races from now on, and no longer from the feed plays",
        "its activities come from a table of its own from now on, and no longer from the feed races",
    }
