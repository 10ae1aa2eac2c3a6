"""What is done to a board that runs, in AWS or on this machine: play, list what was rejected, put activities back.

`reach` finds the board's tables and queues; the others do one thing each with them.
"""

from __future__ import annotations

from generator.errors import OperationError, PlaceError
from generator.operations.reach import Reach, in_aws, on_this_machine
from generator.operations.redriving import Redriven, redrive_dead_letters, redrive_rejected
from generator.operations.rejections import Rejected, rejected
from generator.operations.simulating import simulate

__all__ = [
    "OperationError",
    "PlaceError",
    "Reach",
    "Redriven",
    "Rejected",
    "in_aws",
    "on_this_machine",
    "redrive_dead_letters",
    "redrive_rejected",
    "rejected",
    "simulate",
]
