"""What local mode tells of a board's flow is what happened, with the real functions."""

from __future__ import annotations

from generator.local.flows import Flow, Flows
from tests.end_to_end.deployed import wait_until
from tests.end_to_end.game import Game, activity


def read(game: Game, flows: Flows) -> Flow:
    """The flow of a game's board."""
    return next(flow for flow in flows.read() if flow.board == game.name)


def test_what_was_written_is_counted_rejected_or_ignored(kills: Game) -> None:
    flows = Flows(kills.stack)
    kills.settle()
    wait_until(lambda: not read(kills, flows).waiting)
    before = read(kills, flows)
    again = activity("flo", "kill")
    kills.put_all(
        [
            *(activity(f"flow-{number}", "kill") for number in range(20)),
            *(activity("flow-1", "chat") for _ in range(3)),
            *(activity("flow-1", "nonsense") for _ in range(2)),
            activity("flow-1", "boss_kill", mode={"S": "practice"}),
            again,
        ]
    )
    kills.settle()
    # A processor's answer is known a moment after the queue is empty.
    wait_until(lambda: not read(kills, flows).waiting)
    after = read(kills, flows)
    changed = {name: getattr(after, name) - getattr(before, name) for name in ("counted", "rejected", "ignored")}
    assert changed == {"counted": 21, "rejected": 2, "ignored": 4}
    assert after.reasons["unknown_type"] == before.reasons.get("unknown_type", 0) + 2
    assert after.written - before.written == 27
    assert after.written + after.again == after.counted + after.rejected + after.ignored + after.repeated
    assert after.snapshot_seconds is not None
    assert after.snapshot_seconds < 600
