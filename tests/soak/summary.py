"""What a soak says in the end."""

from __future__ import annotations

from tests.soak.boards import TROUBLED
from tests.soak.memory import EMULATOR, describe
from tests.soak.soak import Outcome


def is_judged(name: str) -> bool:
    """Whether the memory of a process must be flat.

    Not that of the embedded AWS, which keeps what was written, as AWS would; nor that of functions that are killed.
    """
    return name != EMULATOR and f"-{TROUBLED}-" not in name


def find_growth(outcome: Outcome) -> list[str]:
    """The names of the processes whose memory grows."""
    return [name for name, series in outcome.memory.items() if is_judged(name) and not series.is_flat]


def describe_outcome(outcome: Outcome) -> str:
    """The figures, the memory, and what is wrong."""
    found, seconds = outcome.found, outcome.seconds
    troubles = ", ".join(f"{what}: {times}" for what, times in sorted(outcome.done.items()))
    judged = frozenset(filter(is_judged, outcome.memory))
    return "\n".join(
        [
            f"{outcome.written:,} activities in {seconds / 60:.1f} minutes, {outcome.written / seconds:.0f} a second",
            f"the rate was {outcome.rate:.0f} a second; writing paused for {outcome.paused:.0f} seconds",
            f"{troubles or 'no trouble'}; {outcome.redriven} dead letters put back",
            f"{found.answers:,} answers read, of {found.snapshots:,} snapshots",
            *describe(sorted(outcome.memory.items()), judged),
            *(f"wrong: {fault}" for fault in outcome.faults),
            *(f"wrong: the memory of {name} grows" for name in find_growth(outcome)),
            *([] if outcome.faults else ["nothing lost, nothing counted twice, every answer consistent"]),
        ]
    )
