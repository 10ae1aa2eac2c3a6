"""What local mode changes in a board's bundle."""

from __future__ import annotations

import re

from generator.local.stack import PROCESSOR_SECONDS, generate_local_bundle
from tests.support.projects import board_yaml, boards_of, project_yaml


def test_what_a_killed_processor_had_comes_back_in_a_time_that_a_person_waits() -> None:
    [board] = boards_of(project_yaml(board_yaml()))
    files = generate_local_bundle(board)
    [visibility] = re.findall(r"visibility_timeout_seconds *= (\d+)", files["terraform/queues.tf"].decode())
    # As in AWS: six timeouts and the wait for a batch.
    assert int(visibility) == 6 * PROCESSOR_SECONDS + 1 == 91
