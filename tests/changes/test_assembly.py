"""What an edit of `traffic.players` does to a board that runs, where one function is no more enough, or again."""

from __future__ import annotations

from generator.board.deployment import describe_deployment
from generator.changes.edits import Kind
from generator.changes.parts.operating import compare_operating
from generator.pipeline import validate
from tests.support.projects import board_yaml, project_yaml


def describe(players: int) -> dict[str, object]:
    """The deployment of a board with so many players."""
    text = project_yaml(board_yaml(traffic=f"{{players: {players}}}"))
    [board] = validate({"leaderboards.yaml": text.encode()}).boards
    return describe_deployment(board)


def test_a_state_machine_comes_and_goes() -> None:
    few, more, most = map(describe, (34_000_000, 35_000_000, 60_000_000))
    comes = list(compare_operating(few, more))
    assert [(each.what, each.kind) for each in comes] == [
        ("windows of more than 34,133,333 players", Kind.IN_PLACE),
        ("traffic.players 34,000,000 -> 35,000,000", Kind.IN_PLACE),
    ]
    goes = list(compare_operating(most, few))
    assert [(each.what, each.kind) for each in goes] == [
        ("no windows of more than 34,133,333 players any more", Kind.ATTENTION),
        ("traffic.players 60,000,000 -> 34,000,000", Kind.IN_PLACE),
    ]
    assert "the state machine goes with what it has under way" in goes[0].then
    assert [each.what for each in compare_operating(more, most)] == ["traffic.players 35,000,000 -> 60,000,000"]
