"""What local mode tells of the activities that flow through a board: everything written becomes something."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from generator.local.announcing import suggest_steps
from generator.local.emulator.outcomes import Outcome, Outcomes
from generator.local.flows import Flow, Flows
from generator.local.terminal.welcome import Address, align, make_flow_lines, make_welcome
from generator.operations.activity_item import DraftActivity, parse_fields
from generator.operations.foreseeing import foresee
from runtime.domain.activity import time_of
from tests.support.projects import board_yaml, boards_of, project_yaml


@dataclass
class FakeAws:
    """An embedded AWS: what its functions did, its clock, and a dead-letter queue."""

    outcomes: Outcomes = field(default_factory=Outcomes)
    clock: Any = field(default_factory=lambda: SimpleNamespace(now=lambda: 100_000))
    dead: int = 0
    asked: int = 0

    def client(self, service: str) -> Any:
        """A boto3 client for SQS."""
        assert service == "sqs"
        return self

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803
        """As boto3 does."""
        assert QueueUrl == "dlq"
        self.asked += 1
        return {"Attributes": {AttributeNames[0]: str(self.dead)}}


def make_pipe(written: int, held_back: int = 0, given_up: int = 0) -> Any:
    """A pipe that has carried so much."""
    return SimpleNamespace(written=written, held_back=held_back, given_up=given_up)


def make_flows(pipe: Any, aws: FakeAws) -> tuple[Flows, Any]:
    """The flows of a stack with the one board `wins`, and that stack."""
    functions = {"processor": "arn:aws:lambda:x:1:function:p", "rebuilder": "arn:aws:lambda:x:1:function:r"}
    deployment = SimpleNamespace(functions=functions, dead_letter_queue_url="dlq")
    stack: Any = SimpleNamespace(aws=aws, boards={"wins": SimpleNamespace(carried=pipe, deployment=deployment)})
    return Flows(stack), stack


def tell(aws: FakeAws, acknowledged: int, **counts: int) -> None:
    """A processor's run, with the metrics that it wrote. The rejected ones were late."""
    own = {"service": "board"}
    metrics: list[list[Any]] = [["Leaderboards", f"Activities{name.title()}", own, [n]] for name, n in counts.items()]
    if "rejected" in counts:
        metrics.append(["Leaderboards", "ActivitiesRejectedByReason", {**own, "reason": "late"}, [counts["rejected"]]])
    metrics.append(["Leaderboards", "WindowsMissedByReason", {**own, "reason": "late"}, [7]])
    aws.outcomes.add({"function": "p", "acknowledged": acknowledged, "metrics": metrics})


def assert_adds_up(flow: Flow) -> None:
    """Assert that everything that was written became something."""
    became = flow.counted + flow.rejected + flow.ignored + flow.repeated + flow.waiting + flow.dead
    assert flow.written + flow.again == became, flow


def test_what_was_written_is_counted_rejected_ignored_or_on_its_way() -> None:
    aws = FakeAws()
    flows, _ = make_flows(make_pipe(written=20, held_back=3), aws)
    tell(aws, 5, counted=4, rejected=1)
    # Two of these are the board's own items, of which no metric tells.
    tell(aws, 8, counted=3, ignored=2, duplicate=1)
    [flow] = flows.read()
    assert (flow.written, flow.waiting, flow.counted, flow.rejected, flow.ignored, flow.repeated) == (18, 4, 7, 1, 5, 1)
    assert (flow.again, flow.dead, flow.reasons, flow.snapshot_seconds) == (0, 0, {"late": 1}, None)
    assert_adds_up(flow)


def test_what_is_in_a_dead_letter_queue_is_not_on_its_way() -> None:
    aws = FakeAws(dead=2)
    flows, _ = make_flows(make_pipe(written=9, given_up=1), aws)
    tell(aws, 5, counted=5)
    for _ in range(3):
        [flow] = flows.read()
        assert (flow.waiting, flow.dead) == (1, 3)
        assert_adds_up(flow)
    # The queue is asked once in a while, and not where nothing waits.
    assert aws.asked == 1


def test_nothing_is_asked_where_nothing_waits() -> None:
    aws = FakeAws(dead=2)
    flows, _ = make_flows(make_pipe(written=5), aws)
    tell(aws, 5, counted=5)
    assert flows.read()[0].dead == 0
    assert aws.asked == 0


def test_what_was_put_back_is_told_apart() -> None:
    aws = FakeAws()
    flows, _ = make_flows(make_pipe(written=5), aws)
    tell(aws, 5, counted=3, rejected=2)
    tell(aws, 2, counted=2)
    [flow] = flows.read()
    assert (flow.written, flow.again, flow.counted, flow.rejected) == (5, 2, 5, 2)
    assert_adds_up(flow)


def test_a_pipe_that_is_deployed_anew_goes_on_counting() -> None:
    aws = FakeAws()
    flows, stack = make_flows(make_pipe(written=5, held_back=1), aws)
    flows.read()
    stack.boards["wins"].carried = make_pipe(written=2)
    tell(aws, 6, counted=6)
    for _ in range(2):
        [flow] = flows.read()
        assert (flow.written, flow.ignored, flow.waiting, flow.again) == (7, 1, 0, 0)


def test_the_age_of_a_snapshot_is_that_of_the_boards_clock() -> None:
    aws = FakeAws()
    flows, _ = make_flows(make_pipe(written=0), aws)
    aws.outcomes.add({"function": "r", "as_of": 98_000, "published": True})
    assert (flows.read()[0].snapshot_seconds, flows.read()[0].is_snapshot_current) == (2.0, False)
    aws.outcomes.add({"function": "r", "as_of": 98_000, "published": False})
    assert flows.read()[0].is_snapshot_current


def make_flow(board: str, **values: Any) -> Flow:
    """A flow in which nothing happened but these values."""
    numbers = dict.fromkeys(("written", "again", "waiting", "counted", "rejected", "ignored", "repeated", "dead"), 0)
    defaults: dict[str, Any] = {**numbers, "reasons": {}, "snapshot_seconds": 2.0, "is_snapshot_current": False}
    return Flow(board=board, **{**defaults, **values})


def test_the_table_of_flows_fits_the_terminal() -> None:
    flows = [
        make_flow("weekly-kills", written=1234, counted=1200, rejected=34, reasons={"late": 30, "sealed": 4}),
        make_flow("wins", snapshot_seconds=None),
        make_flow("quiet", snapshot_seconds=240.0, is_snapshot_current=True),
    ]
    assert [line.text for line in make_flow_lines(flows, 100, 24)] == [
        "              written  in queue  counted  rejected  ignored  last snapshot",
        "weekly-kills    1,234         0    1,200        34        0  2 s ago",
        "wins                0         0        0         0        0  none yet",
        "quiet               0         0        0         0        0  4 min ago, no change since",
        "rejected: weekly-kills: 30 late, 4 sealed",
    ]
    assert [line.text for line in make_flow_lines(flows, 40, 8)] == [
        "              written  counted",
        "weekly-kills    1,234    1,200",
        "wins                0        0",
        "and 1 more board",
        "rejected: weekly-kills: 30 late, 4",
        "sealed",
    ]
    [*_, told] = make_flow_lines(flows, 120, 24, simulated=True)
    assert told.text == "rejected: weekly-kills: 30 late, 4 sealed (the simulator makes some mistakes on purpose)"
    many = make_flow("laps", rejected=9, reasons={"late": 3, "unknown_type": 3, "over_limit": 3})
    wrapped = [line.text for line in make_flow_lines([many], 40, 24)][-2:]
    assert wrapped == ["rejected: laps: 3 late, 3 unknown_type,", "3 over_limit"]
    put_back = make_flow_lines([make_flow("wins", again=2, dead=1, repeated=3)], 120, 24)
    assert put_back[0].text.split("  ")[-4:] == ["put back", "repeated", "dead letters", "last snapshot"]


def test_the_welcome_is_an_aligned_table_and_three_steps() -> None:
    [board] = boards_of(project_yaml(board_yaml()))
    steps = suggest_steps([board], "leaderboards", ["--local"])
    boards = [
        Address("wins", "http://h:1/t/wins/", "http://h:1/t/wins"),
        Address("closed-board", None, "http://h:1/t/closed-board"),
    ]
    lines = [line.text for line in make_welcome("http://h:1/", boards, 55.6, steps)]
    assert lines[1] == "2 boards run on this machine, after 56 s. Ctrl-C stops everything."
    assert lines[3:7] == [
        "  board         page",
        "  all boards    http://h:1/",
        "  wins          http://h:1/t/wins/",
        "  closed-board  http://h:1/t/closed-board/v1/leaderboard",
    ]
    assert len(steps) == 3
    assert max(map(len, lines)) < 80


@pytest.mark.parametrize(
    "when", ['{mode: ["a b", c]}', "{ranked: true, level: ['7', '8']}", "{a: 'true', b: '\"q\"', c: 7.5, d: \"it's\"}"]
)
def test_a_step_writes_an_activity_that_the_board_counts(when: str) -> None:
    rules = f"{{rules: [{{activity: win, per: {{field: damage, points: 2}}, when: {when}}}]}}"
    [board] = boards_of(project_yaml(board_yaml(scoring=rules)))
    (_, words), *_ = suggest_steps([board], ".venv/bin/leaderboards", ["--local"])
    command, record, name, _, player, _, kind, *fields, local = shlex.split(words)
    assert (command, record, name, local) == (".venv/bin/leaderboards", "record", "kills", "--local")
    draft = DraftActivity(player, "0197f5a4-0000-7000-8000-000000000000", kind, fields=parse_fields(fields))
    assert foresee(board.config, draft, time_of(draft.activity_id)).problems == ()


def test_the_steps_reset_a_board_that_has_a_window_that_ends() -> None:
    endless = board_yaml("for-ever", window="{every: all_time}")
    weekly, hourly = (board_yaml(f"{every}ly", window=f"{{every: {every}}}") for every in ("week", "hour"))
    boards = boards_of(project_yaml(endless, weekly, hourly))
    assert "advance --to-reset --board hourly" in suggest_steps(boards, "leaderboards", ["--local"])[2][1]
    [board] = boards_of(project_yaml(endless))
    assert suggest_steps([board], "leaderboards", ["--ready-file", "a b"])[2][1] == (
        "leaderboards rejected for-ever --ready-file 'a b'"
    )


@pytest.mark.parametrize("rows", [[("a", "b")], [("日本", "1"), ("x", "22")]])
def test_columns_are_aligned_by_what_they_take_on_a_terminal(rows: list[tuple[str, str]]) -> None:
    assert align(rows, right=[1]) in (["a  b"], ["日本   1", "x     22"])


def test_a_pipe_is_counted_once_by_two_threads_that_read_while_its_board_is_deployed_anew() -> None:
    """A terminal is drawn each second, and whenever a step of a save begins or ends."""
    aws = FakeAws()
    flows, stack = make_flows(make_pipe(written=5), aws)
    old, find = stack.boards["wins"], aws.outcomes.of
    other = threading.Thread(target=flows.read)

    def deploy_anew(function: str) -> Outcome:
        if stack.boards["wins"] is old:
            stack.boards["wins"] = SimpleNamespace(carried=make_pipe(written=2), deployment=old.deployment)
            other.start()
            other.join(0.5)
        return find(function)

    aws.outcomes.of = deploy_anew  # type: ignore[method-assign]
    flows.read()
    other.join(60)
    assert flows.read()[0].written == 7
