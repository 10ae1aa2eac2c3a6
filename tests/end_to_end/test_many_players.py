"""A board that is sized for ten million players: its rebuilder has a processor, and lets a worker process read."""

from __future__ import annotations

from runtime.aws import PROCESSOR_MB
from tests.end_to_end.deployed import deploy_boards
from tests.end_to_end.game import Game, activity
from tests.support.projects import board_yaml, boards_of, project_yaml

TRAFFIC = "{players: 10000000, activities_per_second: {average: 1, peak: 1}, reads_per_second: 1}"


def test_a_worker_process_reads_in_a_deployed_function() -> None:
    """It has the code, the libraries, the settings and the permissions of the function that starts it."""
    boards = boards_of(project_yaml(board_yaml("kills", window="{every: all_time}", traffic=TRAFFIC)))
    assert boards[0].rebuilder.memory_mb >= PROCESSOR_MB
    with deploy_boards(boards) as stack:
        game = Game(stack, "kills")
        game.put_all([activity(f"p{number % 9}", "kill") for number in range(45)])
        game.settle()
        assert {entry["player_id"]: entry["score"] for entry in game.ranking()} == {f"p{n}": 50 for n in range(9)}
